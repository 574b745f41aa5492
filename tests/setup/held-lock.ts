// Holds an advisory lock as another transaction would, so that what waits for it is met half-way.
import type pg from 'pg';

/** Of the ledger: every change takes it last. */
export const LEDGER = 8100151;

export interface HeldLock {
  /** Comes back when this many transactions wait for any advisory lock. */
  untilWaiting(count: number): Promise<void>;
  release(): Promise<void>;
}

export async function holdLock(pool: pg.Pool, key: number): Promise<HeldLock> {
  const client = await pool.connect();
  await client.query('select pg_advisory_lock($1)', [key]);
  return {
    async untilWaiting(count) {
      for (;;) {
        const { rows } = await client.query<{ n: number }>(
          `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`,
        );
        if (rows[0]!.n >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async release() {
      await client.query('select pg_advisory_unlock($1)', [key]);
      client.release();
    },
  };
}
