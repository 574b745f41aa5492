import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../tests/setup/fresh-database.ts';
import { createDatabase } from '../database/index.ts';
import type { Tables } from '../database/schema.ts';
import { ChangeFeed } from '../http/live.ts';
import { Jobs } from './jobs.ts';
import { freeJobsOfTheGone, holdWorkerLease, sweepGivenUp } from './worker-lease.ts';

const log = pino({ level: 'silent' });
const AT_ONCE = { secondLookMs: 1 };
let database: FreshDatabase;
let db: ReturnType<typeof createDatabase<Tables>>;
let jobs: Jobs;
let ran: number[];

beforeAll(async () => {
  database = await freshDatabase();
  db = createDatabase<Tables>(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  ran = [];
  jobs = new Jobs(database.pool, log);
  await jobs.migrate();
  await database.pool.query('delete from graphile_worker._private_jobs');
  await database.pool.query('delete from graphile_worker._private_job_queues');
  jobs.task('count', async (payload) => {
    ran.push(payload.n as number);
  });
});

/** As a worker leaves it that was killed in the middle of a job. */
async function takenBy(worker: string): Promise<void> {
  await database.pool.query(
    'update graphile_worker._private_jobs set locked_by = $1, locked_at = now(), attempts = 1',
    [worker],
  );
  await database.pool.query(
    'update graphile_worker._private_job_queues set locked_by = $1, locked_at = now()',
    [worker],
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen within ten seconds');
    await delay(20);
  }
}

const countOf = async (text: string): Promise<number> =>
  Number((await database.pool.query<{ n: string }>(text)).rows[0]?.n);

describe('a job', () => {
  test('whose worker was killed is run by the next one, and its queue goes on', async () => {
    await jobs.add(db, 'count', { n: 1 }, { queue: 'one' });
    await jobs.add(db, 'count', { n: 2 }, { queue: 'one' });
    await takenBy('pool-killed');

    await jobs.start(2);
    await until(() => ran.length === 2);
    await jobs.stop();

    expect([...ran].sort()).toEqual([1, 2]);
    expect(await countOf('select count(*) as n from graphile_worker._private_jobs')).toBe(0);
  });

  test('of a worker that lives is left to it', async () => {
    const lease = await holdWorkerLease(database.pool, 'pool-alive', log);
    await jobs.add(db, 'count', { n: 1 });
    await takenBy('pool-alive');

    expect(await freeJobsOfTheGone(database.pool, AT_ONCE)).toEqual({ workers: [], jobs: [] });

    lease.stop();
    await until(async () => (await freeJobsOfTheGone(database.pool, AT_ONCE)).workers.includes('pool-alive'));
  });

  test('runs after every connection was lost, with workers and schedules going on', async () => {
    await jobs.start(2);
    await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await jobs.add(db, 'count', { n: 7 });
    await until(() => ran.includes(7));
    await until(
      async () =>
        (await countOf(
          `select count(*) as n from pg_locks where locktype = 'advisory' and classid = 8100155 and granted
            and database = (select oid from pg_database where datname = current_database())`,
        )) === 1,
    );

    await jobs.stop();
  });
});

describe('a job that was cut off', () => {
  const rowOf = async (): Promise<Record<string, unknown>> =>
    (
      await database.pool.query(
        `select attempts, max_attempts, flags, last_error, locked_by, run_at > now() as waits from graphile_worker._private_jobs`,
      )
    ).rows[0];

  test('has not used up its attempt, even if it is tried once only', async () => {
    await jobs.add(db, 'count', { n: 1 }, { maxAttempts: 1 });
    await takenBy('pool-killed');

    const { jobs: freed } = await freeJobsOfTheGone(database.pool, AT_ONCE);

    expect(freed).toMatchObject([{ task: 'count', cuts: 1, given_up: false }]);
    expect(await rowOf()).toMatchObject({ attempts: 0, flags: { cuts: 1 }, locked_by: null, waits: false });
    await jobs.start(1);
    await until(() => ran.length === 1);
    await jobs.stop();
  });

  test('is counted once, however many look', async () => {
    await jobs.add(db, 'count', { n: 1 });
    await takenBy('pool-killed');

    await Promise.all([1, 2, 3].map(() => freeJobsOfTheGone(database.pool, AT_ONCE)));

    expect(await rowOf()).toMatchObject({ attempts: 0, flags: { cuts: 1 } });
  });

  test('waits longer after each cut from the fourth on, and is given up after the last', async () => {
    await jobs.add(db, 'count', { n: 1 });
    const waits: unknown[] = [];
    for (let cut = 1; cut <= 25; cut += 1) {
      await takenBy('pool-killed');
      const { jobs: freed } = await freeJobsOfTheGone(database.pool, AT_ONCE);
      expect(freed).toMatchObject([{ cuts: cut, given_up: cut === 25 }]);
      waits.push((await rowOf()).waits);
    }

    expect(waits.slice(0, 4)).toEqual([false, false, false, true]);
    expect(await rowOf()).toMatchObject({
      attempts: 12,
      last_error: 'its process ended 25 times while it ran',
      locked_by: null,
    });
  });

  test('is dropped when a newer one of its key has taken its place', async () => {
    await jobs.add(db, 'count', { n: 1 }, { key: 'one', maxAttempts: 1 });
    await takenBy('pool-killed');
    await jobs.add(db, 'count', { n: 2 }, { key: 'one', maxAttempts: 1 });

    await jobs.start(1);
    await until(() => ran.length === 1);
    await until(async () => (await countOf('select count(*) as n from graphile_worker._private_jobs')) === 0);
    await jobs.stop();

    expect(ran).toEqual([2]);
  });

  test('and given up leaves its row for a month', async () => {
    await jobs.add(db, 'count', { n: 1 });
    const given = (days: number) =>
      database.pool.query(
        `update graphile_worker._private_jobs set attempts = max_attempts, updated_at = now() - make_interval(days => $1),
          run_at = now() - make_interval(days => $1)`,
        [days],
      );

    await given(29);
    await sweepGivenUp(database.pool);
    expect(await rowOf()).toBeDefined();
    await given(31);
    await sweepGivenUp(database.pool);
    expect(await rowOf()).toBeUndefined();
  });
});

describe('jobs of one queue', () => {
  test('follow one another without a pause, although the end of each is written beside the next look', async () => {
    const began = performance.now();
    for (let n = 0; n < 20; n += 1) await jobs.add(db, 'count', { n }, { queue: 'one' });
    await jobs.start(2);
    await until(() => ran.length === 20);
    await jobs.stop();

    // Two seconds each is what the poll alone would take.
    expect(performance.now() - began).toBeLessThan(9_000);
  });
});

describe('jobs that are added together', () => {
  test('run in their order, and of several with one key the last', async () => {
    await jobs.addMany(db, [
      { task: 'count', payload: { n: 1 }, options: { queue: 'one' } },
      { task: 'count', payload: { n: 2 }, options: { queue: 'one', key: 'same' } },
      { task: 'count', payload: { n: 3 }, options: { queue: 'one' } },
      { task: 'count', payload: { n: 4 }, options: { queue: 'one', key: 'same' } },
    ]);
    await jobs.addMany(db, []);
    await jobs.start(2);
    await until(() => ran.length === 3);
    await jobs.stop();

    expect(ran).toEqual([1, 3, 4]);
  });

  test('are none when one of them has no task', async () => {
    await expect(
      jobs.addMany(db, [
        { task: 'count', payload: { n: 1 } },
        { task: 'nobody', payload: {} },
      ]),
    ).rejects.toThrow('no task is called nobody');

    expect(await countOf('select count(*) as n from graphile_worker._private_jobs')).toBe(0);
  });

  test('are told to whoever subscribed to the events of a change', async () => {
    jobs.on('pump.made', 'count', ({ n }) => ({ queue: 'one', key: `pump ${String(n)}` }));
    await jobs.emit(db, [
      { type: 'pump.made', payload: { n: 1 } },
      { type: 'pump.sold', payload: { n: 9 } },
      { type: 'pump.made', payload: { n: 2 } },
    ]);
    await jobs.start(1);
    await until(() => ran.length === 2);
    await jobs.stop();

    expect(ran).toEqual([1, 2]);
  });
});

describe('a job that ends as the database goes away', () => {
  test('ends no process, and is run again when the database is back', async () => {
    const { pool } = database;
    const connect = pool.connect;
    let away = false;
    // What a dead server does to whoever asks for a connection, at exactly the moment between a task and its end.
    pool.connect = ((...given: unknown[]) =>
      away && given.length === 0
        ? Promise.reject(new Error('Connection terminated unexpectedly'))
        : Reflect.apply(connect, pool, given)) as typeof pool.connect;
    const refused: unknown[] = [];
    const note = (reason: unknown) => refused.push(reason);
    process.on('unhandledRejection', note);
    jobs.task('cut', async () => {
      ran.push(ran.length);
      away = ran.length === 1;
    });
    try {
      await jobs.start(1);
      await jobs.add(db, 'cut', {});
      await until(() => ran.length === 1);
      await delay(200);
      away = false;
      await until(() => ran.length === 2);
      await until(
        async () => (await countOf('select count(*) as n from graphile_worker._private_jobs')) === 0,
      );
      expect(refused).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
      pool.connect = connect;
      await jobs.stop();
    }
  });
});

describe('live updates', () => {
  test('are heard again after the connection was lost, and what was missed is told', async () => {
    const feed = new ChangeFeed(database.pool, log);
    const heard: (number | null)[] = [];
    feed.subscribe((seq) => heard.push(seq));
    await feed.start();

    await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await until(() => heard.includes(0)); // nothing is in the ledger yet
    await database.pool.query("select pg_notify('ward_change', '9')");
    await until(() => heard.includes(9));

    feed.stop();
  });
});
