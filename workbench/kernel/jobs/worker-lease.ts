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
export async function holdWorkerLease(pool: Pool, workerId: string, log: DatabaseLog): Promise<WorkerLease> {
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
    const freed = await freeJobsOfTheGone(pool).catch(() => []); // the database is away: the next look tells
    if (freed.length > 0) log.warn({ workers: freed }, 'Jobs of a worker that is gone are given back');
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

/** Gives the workers whose jobs were given back. */
export async function freeJobsOfTheGone(pool: Pool, secondLookMs = SECOND_LOOK_MS): Promise<string[]> {
  const first = await holdersThatAreGone(pool);
  if (first.length === 0) return [];
  await new Promise((resolve) => setTimeout(resolve, secondLookMs));
  const second = await holdersThatAreGone(pool);
  const gone = first.filter((worker) => second.includes(worker));
  if (gone.length > 0) await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [gone]);
  return gone;
}

async function holdersThatAreGone(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ locked_by: string }>(HOLDERS_THAT_ARE_GONE);
  return rows.map((row) => row.locked_by);
}
