// Brings a database to the schema of this Ward, step by step, once, however many processes start together.
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { refuse } from './errors.ts';
import { type DatabaseLog, silentLog } from './log.ts';

export interface Migration {
  /** `NNNN-name`; the number gives the order. */
  readonly id: string;
  readonly sql: string;
}

interface Applied {
  readonly id: string;
  readonly checksum: string;
}

// 'ward' in ASCII and the purpose; any constant does, it must only be the same in every process.
const migrationLock = 0x7761726401;

/**
 * Runs what is missing, each step in a transaction of its own; gives back the ids that ran.
 * When it throws, every finished step is kept and the failed one has left nothing.
 * Refuses with `database.newer-ward`, `database.migration-changed`, `database.migration-order`, `database.migration-failed`.
 */
export async function migrate(
  pool: Pool,
  list: readonly Migration[],
  log: DatabaseLog = silentLog,
): Promise<readonly string[]> {
  const ran: string[] = [];
  for (;;) {
    const client = await pool.connect();
    try {
      const step = await inTransaction(client, () => applyNext(client, list));
      if (step === undefined) return ran;
      log.info({ migration: step.id }, 'Schema step done');
      ran.push(step.id);
    } finally {
      client.release();
    }
  }
}

/** Runs all missing steps within the caller's transaction. Same refusals as `migrate`. */
export async function migrateInTransaction(client: PoolClient, list: readonly Migration[]): Promise<void> {
  while ((await applyNext(client, list)) !== undefined) {}
}

/** The steps that this database has had, oldest first; empty for a new one. */
export async function appliedMigrations(client: Pool | PoolClient): Promise<readonly Applied[]> {
  const known = await client.query<{ known: boolean }>(
    "SELECT to_regclass('public.ward_migration') IS NOT NULL AS known",
  );
  if (!known.rows[0]?.known) return [];
  const applied = await client.query<Applied>(
    'SELECT id, checksum FROM public.ward_migration ORDER BY id COLLATE "C"',
  );
  return applied.rows;
}

/** What the database would need, decided without touching it. Refuses like `migrate`. */
export function missingMigrations(
  list: readonly Migration[],
  applied: readonly Applied[],
): readonly Migration[] {
  checkOrder(list);
  const newer = applied.filter((step) => !list.some((known) => known.id === step.id));
  if (newer.length > 0) {
    throw refuse(
      'database.newer-ward',
      `The database has had steps that this Ward does not know: ${newer.map((step) => step.id).join(', ')}.`,
    );
  }
  for (const [place, step] of applied.entries()) {
    const known = list[place];
    if (known?.id !== step.id) {
      throw refuse(
        'database.migration-order',
        `Step ${known?.id} would have to run before ${step.id}, which has run already.`,
        { at: known?.id },
      );
    }
    if (checksumOf(known) !== step.checksum) {
      throw refuse(
        'database.migration-changed',
        `The text of step ${step.id} differs from the one that ran.`,
        { at: step.id },
      );
    }
  }
  return list.slice(applied.length);
}

/** SHA-256 over the text with plain line ends, so that a checkout on Windows is the same step. */
export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex');
}

async function applyNext(client: PoolClient, list: readonly Migration[]): Promise<Migration | undefined> {
  // Held until the end of the transaction: another process waits here and then finds the step done.
  await client.query('SET LOCAL statement_timeout = 0');
  await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
  const next = missingMigrations(list, await appliedMigrations(client))[0];
  if (next === undefined) return undefined;

  await client.query(`
    CREATE TABLE IF NOT EXISTS public.ward_migration (
      id text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  try {
    await client.query(next.sql);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw refuse('database.migration-failed', `Step ${next.id} failed: ${words}.`, { at: next.id, cause });
  }
  await client.query('INSERT INTO public.ward_migration (id, checksum) VALUES ($1, $2)', [
    next.id,
    checksumOf(next),
  ]);
  return next;
}

function checkOrder(list: readonly Migration[]): void {
  for (const [place, step] of list.entries()) {
    const before = list[place - 1];
    if (!/^\d{4}-[a-z0-9-]+$/.test(step.id) || (before && before.id >= step.id)) {
      throw refuse(
        'database.migration-order',
        `Step ${step.id} does not follow ${before?.id ?? 'the form NNNN-name'}.`,
        { at: step.id },
      );
    }
  }
}

async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
