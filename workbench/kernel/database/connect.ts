// The pool over which all of Ward talks to PostgreSQL, and Kysely on top of it.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { refuse } from './errors.ts';
import { type DatabaseLog, silentLog } from './log.ts';

export interface PoolOptions {
  /** A URL, or the `config` of the embedded server. */
  readonly database: string | pg.PoolConfig;
  /** Shown in `pg_stat_activity`, e.g. `ward web`. */
  readonly applicationName?: string;
  readonly max?: number;
  /** Longest time for one statement; 0 switches the limit off. */
  readonly statementTimeoutMs?: number;
  readonly log?: DatabaseLog;
}

/** Opens lazily: nothing is connected until the first query. */
export function openPool(options: PoolOptions): pg.Pool {
  const database =
    typeof options.database === 'string' ? { connectionString: options.database } : options.database;
  const log = options.log ?? silentLog;
  const pool = new pg.Pool({
    ...database,
    application_name: options.applicationName ?? 'ward',
    max: options.max ?? 10,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    // A transaction that waits for its client holds locks and keeps old rows alive.
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without listeners a connection that the server closes, idle or between two queries, ends the whole process.
  const lost = (error: Error): void => {
    // `end()` does not wait for the server's side: one that stops right after still speaks to connections that are going.
    if (!pool.ending) log.warn({ error: error.message }, 'A database connection was lost');
  };
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** Kysely over a pool; destroying it ends the pool. */
export function createDatabase<DB>(pool: pg.Pool): Kysely<DB> {
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

/** Makes sure that the database answers and is new enough. Refuses with `database.not-reachable`, `database.too-old`. */
export async function checkDatabase(pool: pg.Pool): Promise<void> {
  let version: number;
  try {
    const answer = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    version = Math.floor(Number(answer.rows[0]?.version) / 10_000);
  } catch (cause) {
    // The driver's message names host and port, never the password.
    const words = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw refuse('database.not-reachable', `The database does not answer: ${words}.`, { cause });
  }
  if (version < 15)
    throw refuse('database.too-old', `The database is PostgreSQL ${version}; Ward needs 15 or newer.`);
}
