// What of a database belongs into a backup, and how it is emptied of rules while rows are loaded.
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import type { SavedSequence } from './manifest.ts';

export interface TableShape {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

// The rows of these are written by the schema steps themselves.
const writtenBySteps = ['public.ward_migration', 'graphile_worker.migrations'];
const own = `nspname !~ '^pg_' AND nspname <> 'information_schema'`;

export function qualified(table: { readonly schema: string; readonly name: string }): string {
  return `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
}

/** Ways in that were open at that moment: a restore gives none of them back, and a stolen backup holds none. */
const endsWithTheProcess = [
  'public.session',
  'public.one_time_token',
  'public.verification',
  'public.sign_in_attempt',
];

/** Tables with rows of their own (partitions, not their parents), with the columns that are not computed. */
export async function tablesToSave(client: PoolClient): Promise<readonly TableShape[]> {
  const found = await client.query<TableShape>(`
    SELECT nspname AS schema, relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     WHERE relkind = 'r' AND relpersistence = 'p' AND ${own}
     GROUP BY 1, 2 ORDER BY 1, 2`);
  const left = [...writtenBySteps, ...endsWithTheProcess];
  return found.rows.filter((table) => !left.includes(`${table.schema}.${table.name}`));
}

/** Sequences are outside transactions: read last, they are never behind the rows. */
export async function sequencesToSave(client: PoolClient): Promise<readonly SavedSequence[]> {
  const found = await client.query<{ schema: string; name: string }>(`
    SELECT nspname AS schema, relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind = 'S' AND ${own} ORDER BY 1, 2`);
  const sequences: SavedSequence[] = [];
  for (const sequence of found.rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${qualified(sequence)}`,
    );
    sequences.push({ ...sequence, ...state.rows[0]! });
  }
  return sequences;
}

export async function isEmptyDatabase(client: PoolClient): Promise<boolean> {
  const found = await client.query(`
    SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND ${own} LIMIT 1`);
  return found.rowCount === 0;
}

export async function ownSchemas(client: Pool | PoolClient): Promise<readonly string[]> {
  const found = await client.query<{ nspname: string }>(`SELECT nspname FROM pg_namespace WHERE ${own}`);
  return found.rows.map((row) => row.nspname);
}

/**
 * Takes foreign keys and triggers away, empties the tables, and gives back what puts both on again: needs no more than
 * the owner's rights, and a foreign key that comes back checks every row.
 */
export async function suspendRules(
  client: PoolClient,
  tables: readonly TableShape[],
): Promise<() => Promise<void>> {
  const keys = await client.query<{ place: string; name: string; definition: string }>(`
    SELECT conrelid::regclass::text AS place, quote_ident(conname) AS name, pg_get_constraintdef(k.oid) AS definition
      FROM pg_constraint k JOIN pg_namespace n ON n.oid = connamespace
     WHERE contype = 'f' AND conparentid = 0 AND ${own}`);
  const triggers = await client.query<{ place: string; name: string; state: string }>(`
    SELECT tgrelid::regclass::text AS place, quote_ident(tgname) AS name, tgenabled AS state
      FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
     WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled <> 'D' AND ${own}`);

  for (const key of keys.rows) await client.query(`ALTER TABLE ${key.place} DROP CONSTRAINT ${key.name}`);
  for (const trigger of triggers.rows)
    await client.query(`ALTER TABLE ${trigger.place} DISABLE TRIGGER ${trigger.name}`);
  if (tables.length > 0) await client.query(`TRUNCATE ${tables.map(qualified).join(', ')}`);

  return async () => {
    for (const key of keys.rows)
      await client.query(`ALTER TABLE ${key.place} ADD CONSTRAINT ${key.name} ${key.definition}`);
    for (const trigger of triggers.rows) {
      const when =
        trigger.state === 'A' ? 'ENABLE ALWAYS' : trigger.state === 'R' ? 'ENABLE REPLICA' : 'ENABLE';
      await client.query(`ALTER TABLE ${trigger.place} ${when} TRIGGER ${trigger.name}`);
    }
  };
}
