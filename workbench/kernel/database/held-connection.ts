// One connection that is kept for itself (LISTEN, session locks) and made again when it is lost.
import type { Pool, PoolClient } from 'pg';
import type { DatabaseLog } from './log.ts';

export interface HeldConnection {
  /** Closes it for good. */
  stop(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Settles when the connection is there and prepared; throws when the first attempt fails. Afterwards it is tried again
 * until it is there, for as long as it takes; `prepare` runs each time.
 */
export async function holdConnection(
  pool: Pool,
  prepare: (client: PoolClient, again: boolean) => Promise<void>,
  log: DatabaseLog,
): Promise<HeldConnection> {
  let client: PoolClient | null = null;
  let stopped = false;
  let wait = FIRST_WAIT_MS;

  async function connect(again: boolean): Promise<void> {
    const mine = await pool.connect();
    let over = false;
    mine.once('error', () => {
      if (over) return;
      over = true;
      if (client === mine) client = null;
      mine.release(true);
      later();
    });
    try {
      await prepare(mine, again);
    } catch (error) {
      if (!over) mine.release(true);
      over = true;
      throw error;
    }
    if (over) return;
    if (stopped) mine.release(true);
    else client = mine;
    wait = FIRST_WAIT_MS;
  }

  function later(): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      if (stopped) return;
      connect(true).catch((error: unknown) => {
        log.info({ error: String(error) }, 'A kept connection cannot be made yet');
        later();
      });
    }, wait);
    timer.unref();
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  await connect(false);
  return {
    stop() {
      stopped = true;
      client?.release(true);
      client = null;
    },
  };
}
