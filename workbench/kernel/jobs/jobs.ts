// Background work: tasks by name, events that start them. A job is added in the transaction of the change that caused
// it (outbox), so it runs if and only if the change was committed. Runs on graphile-worker, at least once: tasks must
// be repeatable.
import { EventEmitter } from 'node:events';
import type { Runner, WorkerPool } from 'graphile-worker';
import { run, runMigrations, Logger as WorkerLogger } from 'graphile-worker';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Tables } from '../database/schema.ts';
import type { DomainEvent, JsonObject } from '../records/record.ts';
import { type CutRules, holdWorkerLease, sweepGivenUp, type WorkerLease } from './worker-lease.ts';

export type Task = (
  payload: JsonObject,
  helpers: { readonly attempt: number; readonly signal: AbortSignal | null },
) => Promise<void>;

export interface JobOptions {
  /** Jobs with the same key that have not started yet are merged into one. */
  readonly key?: string;
  /** Jobs of one queue run one after the other. */
  readonly queue?: string;
  readonly maxAttempts?: number;
  readonly runAt?: Date;
}

type Tx = Transaction<Tables> | Kysely<Tables>;

const RESTART_AFTER_MS = 1_000;
const SWEEP = 'sweep-given-up-jobs';
/** After a job of a queue: its end is written while the worker looks for the next one, which is then still held back. */
const LOOK_AGAIN_AFTER_MS = [10, 60, 300];

export class Jobs {
  readonly #tasks = new Map<string, Task>();
  readonly #subscriptions = new Map<
    string,
    { task: string; options: (payload: JsonObject) => JobOptions }[]
  >();
  readonly #crontab: string[] = [];
  #runner: Runner | null = null;
  #lease: WorkerLease | null = null;
  #stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly log: Logger,
    private readonly cuts?: CutRules,
  ) {
    this.task(SWEEP, () => sweepGivenUp(pool));
    this.schedule('40 3 * * *', SWEEP);
  }

  /** Throws a plain Error when two tasks share a name. */
  task(name: string, task: Task): void {
    if (this.#tasks.has(name)) throw new Error(`two tasks are called ${name}`);
    this.#tasks.set(name, task);
  }

  /** The task runs once for each event of the type. */
  on(eventType: string, task: string, options: (payload: JsonObject) => JobOptions = () => ({})): void {
    this.#subscriptions.set(eventType, [...(this.#subscriptions.get(eventType) ?? []), { task, options }]);
  }

  /** `pattern` as cron has it, UTC: `0 3 * * *`. */
  schedule(pattern: string, task: string): void {
    this.#crontab.push(`${pattern} ${task}`);
  }

  /** Adds a job inside the caller's transaction. */
  add(tx: Tx, task: string, payload: JsonObject, options: JobOptions = {}): Promise<void> {
    return this.addMany(tx, [{ task, payload, options }]);
  }

  /** Adds jobs in their order, in one statement; of several with one key the last one stands. */
  async addMany(
    tx: Tx,
    jobs: readonly {
      readonly task: string;
      readonly payload: JsonObject;
      readonly options?: JobOptions;
    }[],
  ): Promise<void> {
    const wanted = new Map<unknown, JsonObject>();
    for (const [index, { task, payload, options = {} }] of jobs.entries()) {
      if (!this.#tasks.has(task)) throw new Error(`no task is called ${task}`);
      const { key, queue, maxAttempts = 12, runAt } = options;
      const mark = key ?? index;
      wanted.delete(mark);
      wanted.set(mark, {
        task,
        payload,
        queue: queue ?? null,
        attempts: maxAttempts,
        key: key ?? null,
        run_at: runAt?.toISOString() ?? null,
      });
    }
    if (wanted.size === 0) return;
    // The library joins them with its tables in any order; jobs run by their time.
    await sql`
      select from graphile_worker.add_jobs(array(
        select row(j.task, j.payload, j.queue, coalesce(j.run_at, now() + j.place * interval '1 microsecond'), j.attempts, j.key,
          null, null)::graphile_worker.job_spec
        from rows from (json_to_recordset(${JSON.stringify([...wanted.values()])}::json)
          as (task text, payload json, queue text, attempts smallint, key text, run_at timestamptz))
          with ordinality as j(task, payload, queue, attempts, key, run_at, place)
        order by j.place))`.execute(tx);
  }

  /** Writes events for all who subscribed, in the transaction of the change. */
  emit(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    return this.addMany(
      tx,
      events.flatMap(({ type, payload }) =>
        (this.#subscriptions.get(type) ?? []).map(({ task, options }) => ({
          task,
          payload,
          options: options(payload),
        })),
      ),
    );
  }

  /** Makes or upgrades the worker's own tables. */
  async migrate(): Promise<void> {
    await runMigrations({ pgPool: this.pool, logger: this.#workerLogger() });
  }

  async start(concurrency: number): Promise<void> {
    const taskList = Object.fromEntries(
      [...this.#tasks].map(([name, task]) => [
        name,
        async (payload: unknown, helpers: { job: { attempts: number }; abortSignal?: AbortSignal }) => {
          await task(payload as JsonObject, {
            attempt: helpers.job.attempts,
            signal: helpers.abortSignal ?? null,
          });
        },
      ]),
    );
    const events = new EventEmitter();
    const poolMade = new Promise<string>((resolve) => {
      events.once('pool:create', ({ workerPool }: { workerPool: WorkerPool }) => {
        goOnWithQueues(events, workerPool);
        resolve(workerPool.id);
      });
    });
    this.#stopped = false;
    const runner = await run({
      pgPool: this.pool,
      taskList,
      concurrency,
      crontab: this.#crontab.join('\n'),
      noHandleSignals: true,
      // Without a batch the library does not wait for the answer, and a database that goes away meanwhile ends the process;
      // with one the runner ends and is started again below.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: this.#workerLogger(),
      events,
    });
    try {
      this.#lease = await holdWorkerLease(this.pool, await poolMade, this.log, this.cuts);
    } catch (error) {
      runner.promise.catch(() => undefined);
      await runner.stop().catch(() => undefined);
      throw error;
    }
    this.#runner = runner;
    runner.promise.then(
      () => this.#startAgain(concurrency),
      () => this.#startAgain(concurrency),
    );
  }

  /** The runner ends by itself when the database was away in the wrong moment; jobs must go on when it is back. */
  #startAgain(concurrency: number): void {
    if (this.#stopped) return;
    this.#lease?.stop();
    this.#lease = null;
    setTimeout(() => {
      if (this.#stopped) return;
      this.log.warn({}, 'The job runner ended and is started again');
      this.start(concurrency).catch((error: unknown) => {
        this.log.warn({ error: String(error) }, 'The job runner cannot start yet');
        this.#startAgain(concurrency);
      });
    }, RESTART_AFTER_MS).unref();
  }

  /** Waits for the running jobs, then stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    // The runner refuses to be stopped when it has just ended by itself.
    await this.#runner?.stop().catch(() => undefined);
    this.#runner = null;
    this.#lease?.stop();
    this.#lease = null;
  }

  /** Runs what is due until nothing is left; for tests and for commands that wait. */
  async drain(): Promise<void> {
    for (;;) {
      const { rows } = await this.pool.query<{ n: string }>(
        // One that runs its last attempt has used it up already.
        `select count(*) as n from graphile_worker._private_jobs
          where run_at <= now() and (attempts < max_attempts or locked_at is not null)`,
      );
      if (rows[0]?.n === '0') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #workerLogger(): WorkerLogger {
    return new WorkerLogger(() => (level, message, meta) => {
      const data = { worker: true, error: meta && 'error' in meta ? String(meta.error) : undefined };
      if (level === 'error') this.log.error(data, message);
      else if (level === 'warning') this.log.warn(data, message);
      else this.log.debug(data, message);
    });
  }
}

/** Without this, a queue would go on at the next poll only: two seconds for each of its jobs, however short. */
function goOnWithQueues(events: EventEmitter, workerPool: WorkerPool): void {
  events.on('job:complete', ({ job }: { job: { job_queue_id: number | null } }) => {
    if (job.job_queue_id === null) return;
    for (const wait of LOOK_AGAIN_AFTER_MS)
      setTimeout(() => {
        if (workerPool._active) workerPool.nudge(1);
      }, wait).unref();
  });
}
