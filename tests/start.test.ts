// The built program as people start, stop and misuse it.
import { spawn, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADMINISTRATOR, makeAdministrator, Visitor } from '../bench/visitor.ts';
import {
  databaseProcesses,
  ensureBuilt,
  freePort,
  killWard,
  program,
  runWard,
  startWard,
  type WardProcess,
  type WardProcessOptions,
} from '../bench/ward-process.ts';
import { freshDatabase } from './setup/fresh-database.ts';

const isRoot = process.getuid?.() === 0;
/** What Node.js 20 is told about itself is no noise of a start. */
const OLD_NODE = /^Node\.js \S+ is out of support.*\n/;

let base: string;
let started: WardProcess[];
beforeAll(() => ensureBuilt(), 180_000);
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ward-start-'));
  await chmod(base, 0o755);
  started = [];
});
afterEach(async () => {
  for (const ward of started) await ward.interrupt();
  await rm(base, { recursive: true, force: true });
});

async function start(data: string, options: Partial<WardProcessOptions> = {}): Promise<WardProcess> {
  const args = options.args ?? ['--no-example', '--port', String(await freePort())];
  const ward = await startWard({ data, ...options, args });
  started.push(ward);
  return ward;
}

const refused = async (data: string, options: Partial<WardProcessOptions> = {}) => {
  const args = options.args ?? ['--no-example', '--port', String(await freePort())];
  return runWard(['start', ...args, '--data', data], options);
};

describe('a start', () => {
  test('on a new folder prints address and one-time link; the page answers, and stopping is quick and quiet', async () => {
    const data = join(base, 'two words', 'data');
    const ward = await start(data);
    const page = await new Visitor(ward.url as string).get('/');
    const admin = await makeAdministrator(ward.url as string, ward.link as string);
    const live = await fetch(`${ward.url}/api/live`, { headers: { cookie: admin.cookie } });

    const stopped = await ward.interrupt();

    expect(ward.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/welcome#[\w-]{43}$/);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>Ward</title>') });
    expect(live.status).toBe(200);
    expect(stopped).toMatchObject({ code: 0, stderr: expect.stringMatching(/^(Node\.js .*\n)?$/) });
    expect(stopped.ms).toBeLessThan(3_000);
    expect(databaseProcesses(data)).toEqual([]);
  });

  test('keeps everything over kill -9 of the program and of its database', async () => {
    const data = join(base, 'data');
    const first = await start(data);
    const admin = await makeAdministrator(first.url as string, first.link as string);
    const { body: product } = await admin.post('/api/records', {
      kind: 'product',
      productId: null,
      body: { name: 'Kept' },
    });
    killWard(first, data, 'both');
    await first.ended;

    const second = await start(data);
    const again = new Visitor(second.url as string);
    await again.post('/api/session', ADMINISTRATOR);

    expect((await again.get(`/api/records/${product.key}`)).body).toMatchObject({
      title: 'Kept',
      revision: 1,
    });
  });

  test('that is stopped before it is done leaves no database behind', async () => {
    const data = join(base, 'data');
    const args = ['start', '--no-example', '--port', String(await freePort()), '--data', data];
    const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (databaseProcesses(data).length === 0 && child.exitCode === null) await delay(5);

    child.kill('SIGINT');

    expect(await ended).toBe(0);
    expect(databaseProcesses(data)).toEqual([]);
    expect((await start(data)).url).toBeDefined();
  });

  test.skipIf(!isRoot)('as an ordinary user works with that user’s own folder', async () => {
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o700 });
    await chown(home, 65_534, 65_534);

    const ward = await start(join(home, 'data'), { uid: 65_534, gid: 65_534, env: { HOME: home }, cwd: '/' });

    expect((await new Visitor(ward.url as string).get('/healthz')).body.status).toBe('ok');
    expect((await ward.interrupt()).code).toBe(0);
  });
});

describe('a start is refused in plain words', () => {
  test('where another one runs on the same folder, and says where', async () => {
    const data = join(base, 'data');
    const first = await start(data);

    const second = await refused(data);

    expect(second.code).toBe(2);
    expect(second.stderr).toContain(first.url);
    expect((await new Visitor(first.url as string).get('/healthz')).status).toBe(200);
  });

  test('where the port is taken, and leaves nothing running', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };

    const outcome = await refused(join(base, 'data'), { args: ['--no-example', '--port', String(port)] });
    holder.close();

    expect(outcome.code).toBe(2);
    expect(outcome.stderr.replace(OLD_NODE, '')).toMatch(
      new RegExp(`^Port ${port} on 127.0.0.1 is used by another program`),
    );
    expect(databaseProcesses(join(base, 'data'))).toEqual([]);
  });

  test.each(['abc', '70000', '-1', '1.5'])('for --port %s', async (port) => {
    const outcome = await refused(join(base, 'data'), { args: ['--no-example', `--port=${port}`] });

    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('--port');
  });

  test('for a folder of a newer Ward, which stays as it is', async () => {
    const data = join(base, 'data');
    await mkdir(data);
    await writeFile(join(data, 'ward-data.json'), '{"format":99,"postgres":18}');

    const outcome = await refused(data);

    expect(outcome.code).toBeGreaterThan(0);
    expect(outcome.stderr).toContain('format 99');
    expect(outcome.stderr).not.toContain('    at ');
  });

  test.skipIf(!isRoot)('where the disk is full', async () => {
    const disk = join(base, 'disk');
    await mkdir(disk);
    const mounted =
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=30m,mode=755', 'tmpfs', disk]).status === 0;
    if (!mounted)
      return console.warn('Skipped: this machine allows no tmpfs mount, so no disk could be filled.');
    try {
      const outcome = await refused(join(disk, 'data'));

      expect(outcome.code).toBeGreaterThan(0);
      expect(outcome.stderr.replace(OLD_NODE, '')).toMatch(/space/);
      expect(outcome.stderr).not.toContain('    at ');
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});

test('pages and jobs run as two processes over one database', async () => {
  const database = await freshDatabase([]);
  try {
    const env = { DATABASE_URL: database.url, WARD_SECRETS: join(base, 'secrets.json') };
    const web = await start(join(base, 'web'), { args: ['--web', '--port', String(await freePort())], env });
    const admin = await makeAdministrator(web.url as string, web.link as string);
    await database.pool.query(
      'select graphile_worker.add_job(\'reconsider-release\', \'{"release":"0190a000-0000-7000-8000-000000000000"}\')',
    );
    const waiting = async () =>
      Number(
        (await database.pool.query('select count(*) as n from graphile_worker._private_jobs')).rows[0].n,
      );
    expect(await waiting()).toBe(1);

    const worker = await start(join(base, 'worker'), { args: ['--worker'], env });
    for (const until = Date.now() + 20_000; Date.now() < until && (await waiting()) > 0; ) await pause();

    expect(worker.url).toBeNull();
    expect(await waiting()).toBe(0);
    expect((await admin.get('/api/session')).body.person.name).toBe(ADMINISTRATOR.name);
    for (const ward of [worker, web]) {
      expect(await ward.interrupt()).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^(Node\.js .*\n)?$/),
      });
    }
  } finally {
    for (const ward of started.splice(0)) await ward.interrupt();
    await database.drop();
  }
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
