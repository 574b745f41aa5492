// Which workers are alive: each holds a lock that ends with its connection, however its process ended. What dead ones had
// taken is given back at once; the queue alone would wait four hours, and block a named queue as long.
import type { Pool } from 'pg';
import { type HeldConnection, holdConnection } from '../database/held-connection.ts';
import type { DatabaseLog } from '../database/log.ts';

// Any number, but the same in every Ward: the class of its advisory locks for workers.
const LOCK_CLASS = 8100155;
const LOOK_EVERY_MS = 15_000;
/** A worker that has just started may take a job before its lock: who is gone is gone at a second look. */
const SECOND_LOOK_MS = 500;

/** What becomes of a job whose process ended while it ran. docs/decisions/007. */
export interface CutRules {
  /** So often it is given back; then it is given up, since it may be what ends the process. */
  readonly most: number;
  /** So many cuts it is run again at once; from then on it waits, twice as long each time. */
  readonly atOnce: number;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
}

// About twenty minutes from the first cut to the last, in most of which everything else goes on.
const CUT_RULES: CutRules = { most: 25, atOnce: 3, firstWaitSeconds: 2, longestWaitSeconds: 60 };

/** Given-up jobs are kept so long for whoever looks. */
const KEEP_GIVEN_UP_DAYS = 30;

// A cut does not count as an attempt: it says nothing of the job. It is counted beside the attempts, in the library's column
// for marks of our own, so that the number is there as long as the job. A job that was replaced by a newer one of its key
// while it ran (the library then uses up its attempts) is not run again: the newer one is there.
const GIVE_BACK = `
  with cut as (
    select j.id, j.attempts >= j.max_attempts and j.updated_at > j.locked_at as replaced,
      coalesce((j.flags->>'cuts')::int, 0) + 1 as cuts
    from graphile_worker._private_jobs j where j.locked_by = any($1::text[]) for update
  ), replaced as (
    delete from graphile_worker._private_jobs j using cut c where j.id = c.id and c.replaced
  )
  update graphile_worker._private_jobs j set locked_at = null, locked_by = null,
    flags = coalesce(j.flags, '{}') || jsonb_build_object('cuts', c.cuts),
    attempts = case when c.cuts < $2 then greatest(j.attempts - 1, 0) else j.max_attempts end,
    last_error = case when c.cuts < $2 then j.last_error else 'its process ended ' || c.cuts || ' times while it ran' end,
    run_at = case when c.cuts <= $3 then j.run_at
      -- never two at the same moment again: one of them may be what ended the process of both
      else greatest(j.run_at, now() + least($4 * power(2, least(c.cuts - $3 - 1, 20)), $5) * (0.5 + random()) * interval '1 second') end
  from cut c, graphile_worker._private_tasks t
  where j.id = c.id and not c.replaced and t.id = j.task_id
  returning j.id::text as job, t.identifier as task, c.cuts, c.cuts >= $2 as given_up`;

const HOLDERS_THAT_ARE_GONE = `
  with holder as (
    select locked_by from graphile_worker._private_jobs where locked_by is not null
    union select locked_by from graphile_worker._private_job_queues where locked_by is not null
  ), alive as (
    select objid::bigint as number from pg_locks
    where locktype = 'advisory' and classid = ${LOCK_CLASS} and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database())
  )
  select locked_by from holder
  where (hashtext(locked_by)::bigint & 4294967295) not in (select number from alive)`;

export interface WorkerLease {
  stop(): void;
}

/** Settles when the worker's lock is held. From then on, jobs of workers that are gone are given back. */
export async function holdWorkerLease(
  pool: Pool,
  workerId: string,
  log: DatabaseLog,
  rules: CutRules = CUT_RULES,
): Promise<WorkerLease> {
  const connection: HeldConnection = await holdConnection(
    pool,
    async (client) => {
      await client.query(`select pg_advisory_lock(${LOCK_CLASS}, hashtext($1))`, [workerId]);
    },
    log,
  );
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    // The database may be away: the next look tells.
    const { workers, jobs } = await freeJobsOfTheGone(pool, { rules }).catch(() => NOTHING_FREED);
    if (workers.length > 0) log.warn({ workers, jobs }, 'Jobs of a worker that is gone are given back');
    for (const job of jobs)
      if (job.given_up) log.warn({ ...job }, 'A job is given up: its process ended each time while it ran');
    if (!stopped) timer = setTimeout(look, LOOK_EVERY_MS).unref();
  };
  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      connection.stop();
    },
  };
}

export interface CutJob {
  readonly job: string;
  readonly task: string;
  readonly cuts: number;
  readonly given_up: boolean;
}

export interface Freed {
  readonly workers: readonly string[];
  readonly jobs: readonly CutJob[];
}

const NOTHING_FREED: Freed = { workers: [], jobs: [] };

/** Gives back what workers had taken that are gone, however they ended. Safe to be called by several at once. */
export async function freeJobsOfTheGone(
  pool: Pool,
  { rules = CUT_RULES, secondLookMs = SECOND_LOOK_MS }: { rules?: CutRules; secondLookMs?: number } = {},
): Promise<Freed> {
  const first = await holdersThatAreGone(pool);
  if (first.length === 0) return NOTHING_FREED;
  await new Promise((resolve) => setTimeout(resolve, secondLookMs));
  const second = await holdersThatAreGone(pool);
  const workers = first.filter((worker) => second.includes(worker));
  if (workers.length === 0) return NOTHING_FREED;
  const { most, atOnce, firstWaitSeconds, longestWaitSeconds } = rules;
  const { rows } = await pool.query<CutJob>(GIVE_BACK, [
    workers,
    most,
    atOnce,
    firstWaitSeconds,
    longestWaitSeconds,
  ]);
  // Their queues, and a notice to the workers that live.
  await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [workers]);
  await pool.query(`select pg_notify('jobs:insert', '{"count":1}')`);
  return { workers, jobs: rows };
}

/** Takes rows away of jobs that were given up long ago: they are not run again, and each feed that failed would leave one. */
export async function sweepGivenUp(pool: Pool): Promise<void> {
  await pool.query(
    `delete from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null
      and greatest(run_at, updated_at) < now() - make_interval(days => $1)`,
    [KEEP_GIVEN_UP_DAYS],
  );
}

async function holdersThatAreGone(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ locked_by: string }>(HOLDERS_THAT_ARE_GONE);
  return rows.map((row) => row.locked_by);
}
