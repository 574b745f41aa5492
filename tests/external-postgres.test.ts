// The same program over a PostgreSQL that Ward did not bring: Debian's PostgreSQL 15, two web processes, two workers.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAdministrator, type Visitor } from '../bench/visitor.ts';
import { ensureBuilt, freePort, startWard, type WardProcess } from '../bench/ward-process.ts';

const BIN = '/usr/lib/postgresql/15/bin';
const isThere = existsSync(join(BIN, 'postgres'));
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

let base: string;
let url: string;
let stopServer: () => Promise<void>;
let webs: WardProcess[];
let workers: WardProcess[];
let pool: pg.Pool;

describe.skipIf(!isThere)(
  isThere
    ? 'over PostgreSQL 15 of Debian, two web processes and two workers'
    : `skipped because ${BIN} holds no PostgreSQL`,
  () => {
    beforeAll(async () => {
      ensureBuilt();
      base = await mkdtemp(join(tmpdir(), 'ward-external-'));
      await chmod(base, 0o755);
      ({ url, stop: stopServer } = await startCluster(join(base, 'cluster')));
      pool = new pg.Pool({ connectionString: url, max: 2 });
      const env = { DATABASE_URL: url, WARD_SECRETS: join(base, 'secrets.json') };
      const begin = async (args: readonly string[], n: number) =>
        startWard({ data: join(base, `ward-${n}`), env, args });
      const ports = [await freePort(), await freePort()];
      // All at once, on an empty database: everyone wants to make the schema.
      const all = await Promise.all([
        ...ports.map((port, n) => begin(['--web', '--port', String(port)], n)),
        begin(['--worker'], 2),
        begin(['--worker'], 3),
      ]);
      webs = all.slice(0, 2);
      workers = all.slice(2);
    }, 180_000);
    afterAll(async () => {
      for (const ward of [...(webs ?? []), ...(workers ?? [])]) await ward.interrupt();
      await pool?.end();
      await stopServer?.();
      await rm(base, { recursive: true, force: true });
    }, 60_000);

    test('the schema was made once by the four that started together', async () => {
      const { rows } = await pool.query(
        'select (select count(*)::int from installation) as houses, count(*)::int as steps, count(distinct id)::int as kinds from ward_migration',
      );

      expect(rows[0].houses).toBe(1);
      expect(rows[0].steps).toBe(rows[0].kinds);
      expect(rows[0].steps).toBeGreaterThan(3);
    });

    test('what one process writes the other shows at once, and tells its listeners', async () => {
      // Each process printed a link; the last one made is the one that works.
      const [here, there] = await signedInAtBoth();
      const events = await listen(there);

      const { body: made } = await here.post('/api/records', {
        kind: 'product',
        productId: null,
        body: { name: 'Seen by both' },
      });
      const heard = await events.until('event: change');

      expect(heard).toMatch(/"seq":\d+/);
      expect((await there.get(`/api/records/${made.key}`)).body).toMatchObject({ title: 'Seen by both' });
      await events.stop();
    });

    test('of a hundred jobs each runs once, whichever worker takes it', async () => {
      await pool.query(`create table ran (job bigint, n int)`);
      await pool.query(`create function note_run() returns trigger language plpgsql as $$
        begin insert into ran values (old.id, old.attempts); return old; end $$`);
      await pool.query(
        'create trigger note_run after delete on graphile_worker._private_jobs for each row execute function note_run()',
      );
      await pool.query(`select graphile_worker.add_job('reconsider-release', '{"release":"0190a000-0000-7000-8000-000000000000"}')
        from generate_series(1, 100)`);

      const done = async () => (await pool.query('select count(*)::int as n from ran')).rows[0].n;
      for (const until = Date.now() + 30_000; Date.now() < until && (await done()) < 100; ) await delay(50);

      const { rows } = await pool.query(
        'select count(*)::int as n, count(distinct job)::int as jobs, max(n) as attempts from ran',
      );
      expect(rows[0]).toEqual({ n: 100, jobs: 100, attempts: 1 });
    });

    test('a worker that is killed leaves its job to the other', async () => {
      await pool.query(
        `select graphile_worker.add_job('reconsider-release', '{"release":"0190a000-0000-7000-8000-000000000000"}', run_at := now() + interval '1 hour')`,
      );
      await pool.query(
        `update graphile_worker._private_jobs set locked_by = 'pool-of-a-killed-one', locked_at = now(), run_at = now()
          where task_id = (select id from graphile_worker._private_tasks where identifier = 'reconsider-release')`,
      );
      process.kill(workers[0]?.pid as number, 'SIGKILL');

      const left = async () =>
        (
          await pool.query(
            `select count(*)::int as n from graphile_worker.jobs where task_identifier = 'reconsider-release'`,
          )
        ).rows[0].n;
      for (const until = Date.now() + 45_000; Date.now() < until && (await left()) > 0; ) await delay(100);

      expect(await left()).toBe(0);
    });

    test('all stop in order and quietly', async () => {
      for (const ward of [...webs, workers[1] as WardProcess]) {
        const stopped = await ward.interrupt();
        expect(stopped.code).toBe(0);
        expect(stopped.stderr.replace(/^.*given back.*\n/gm, '')).toMatch(/^(Node\.js .*\n)?$/);
      }
    });
  },
);

async function startCluster(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  await mkdir(folder);
  if (NOBODY.uid !== undefined) await chown(folder, NOBODY.uid, NOBODY.gid);
  const options = {
    ...NOBODY,
    cwd: '/',
    encoding: 'utf8' as const,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  };
  const init = spawnSync(
    join(BIN, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'ward', '-A', 'trust', '-E', 'UTF8'],
    options,
  );
  if (init.status !== 0) throw new Error(`initdb: ${init.stderr}`);
  const port = await freePort();
  const server = spawn(
    join(BIN, 'postgres'),
    ['-D', join(folder, 'data'), '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
    { ...NOBODY, cwd: '/', stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGINT');
    await ended;
  };
  const at = (database: string) => `postgresql://ward@127.0.0.1:${port}/${database}`;
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client(at('postgres'));
    try {
      await client.connect();
      await client.query('create database ward');
      await client.end();
      return { url: at('ward'), stop };
    } catch (error) {
      if (attempt > 100) {
        await stop();
        throw error;
      }
      await delay(100);
    }
  }
}

/** One person, signed in at both processes by one cookie: they share their secrets and their database. */
async function signedInAtBoth(): Promise<[Visitor, Visitor]> {
  const [here, there] = webs.map((ward) => ward.url as string) as [string, string];
  let admin: Visitor | undefined;
  for (const { link } of webs) admin ??= await makeAdministrator(here, link as string).catch(() => undefined);
  if (!admin) throw new Error('neither link made the administrator');
  return [admin, admin.at(there)];
}

async function listen(visitor: Visitor) {
  const stop = new AbortController();
  const answer = await fetch(`${visitor.url}/api/live`, {
    headers: { cookie: visitor.cookie },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]),
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = decoder.decode((await reader.read()).value);
  return {
    async until(wanted: string): Promise<string> {
      while (!text.includes(wanted)) text += decoder.decode((await reader.read()).value);
      return text;
    },
    async stop() {
      stop.abort();
    },
  };
}
