// Jobs in a process that dies: what is cut off from outside is done in the end, what ends its process comes to an end itself.
// docs/decisions/007.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../workbench/kernel/database/index.ts';
import type { Tables } from '../workbench/kernel/database/schema.ts';
import { Jobs } from '../workbench/kernel/jobs/jobs.ts';
import type { CutRules } from '../workbench/kernel/jobs/worker-lease.ts';
import { type FreshDatabase, freshDatabase } from './setup/fresh-database.ts';
import { ROOT } from './setup/source-files.ts';

const bundle = join(ROOT, 'node_modules/.cache/ward-run', `work-process-${process.pid}.mjs`);
const children: ChildProcess[] = [];
let database: FreshDatabase;
let jobs: Jobs;
let db: ReturnType<typeof createDatabase<Tables>>;

beforeAll(async () => {
  database = await freshDatabase();
  db = createDatabase<Tables>(database.pool);
  jobs = new Jobs(database.pool, pino({ level: 'silent' }));
  await jobs.migrate();
  for (const task of ['poison', 'slow', 'failing']) jobs.task(task, async () => undefined);
  await build({
    entryPoints: [join(ROOT, 'tests/jobs/work-process.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await database.pool.query('delete from graphile_worker._private_jobs');
});
afterAll(async () => {
  await database.drop();
  await rm(bundle, { force: true });
});

const PATIENT: CutRules = { most: 6, atOnce: 6, firstWaitSeconds: 1, longestWaitSeconds: 1 };

function work(rules: CutRules, waitMs: number): ChildProcess {
  const child = spawn(process.execPath, [bundle], {
    env: { ...process.env, WARD_TEST_WORK: JSON.stringify({ url: database.url, rules, waitMs }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen within forty seconds');
    await delay(25);
  }
}

const rows = async (): Promise<
  { task: string; attempts: number; cuts: number | null; error: string | null }[]
> =>
  (
    await database.pool.query(`select t.identifier as task, j.attempts::int, (j.flags->>'cuts')::int as cuts, j.last_error as error
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by 1`)
  ).rows;

test('a job that is killed from outside more often than it has attempts is done when it is left alone', async () => {
  await jobs.add(db, 'slow', {}, { maxAttempts: 2, queue: 'one' });
  for (let kill = 0; kill < 4; kill += 1) {
    const child = work(PATIENT, 60_000);
    while (!String((await once(child.stdout!, 'data'))[0]).includes('slow')) {}
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  expect(await rows()).toMatchObject([{ task: 'slow', attempts: 1, cuts: 3 }]);

  work(PATIENT, 1);
  await until(async () => (await rows()).length === 0);
}, 120_000);

test('a job that kills its process is given up at its bound, and the next one of its queue is done', async () => {
  await jobs.add(db, 'poison', {}, { queue: 'one' });
  await jobs.add(db, 'slow', {}, { queue: 'one' });
  let deaths = 0;
  for (; deaths < 10; deaths += 1) {
    const child = work({ ...PATIENT, most: 3 }, 1);
    const dead = () => child.signalCode !== null;
    await until(async () => dead() || (await rows()).every(({ task }) => task === 'poison'));
    if (!dead()) break;
  }

  expect(deaths).toBe(3);
  expect(await rows()).toEqual([
    { task: 'poison', attempts: 12, cuts: 3, error: 'its process ended 3 times while it ran' },
  ]);
}, 120_000);

test('a job that fails by itself counts its attempts as before', async () => {
  await jobs.add(db, 'failing', {}, { maxAttempts: 1 });
  work(PATIENT, 1);
  await until(async () => (await rows())[0]?.error != null);

  expect(await rows()).toEqual([{ task: 'failing', attempts: 1, cuts: null, error: 'as always' }]);
}, 60_000);
