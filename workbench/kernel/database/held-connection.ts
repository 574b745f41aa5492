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
  /** Gives the present connection back, once however often it is called. */
  let giveBack: (() => void) | null = null;
  let stopped = false;
  let wait = FIRST_WAIT_MS;

  async function connect(again: boolean): Promise<void> {
    const client = await pool.connect();
    let given = false;
    const release = () => {
      if (given) return;
      given = true;
      if (giveBack === release) giveBack = null;
      client.release(true);
    };
    client.once('error', () => {
      // The error of a connection that was given back, as when the server ends first, is nobody's concern.
      if (given) return;
      release();
      later();
    });
    try {
      await prepare(client, again);
    } catch (error) {
      release();
      throw error;
    }
    if (given) return;
    if (stopped) release();
    else giveBack = release;
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
      giveBack?.();
    },
  };
}
