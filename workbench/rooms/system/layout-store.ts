// Reads and writes where the objects of a model stand. One row per model; a write changes only the places that it names.
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { LAYOUT_MAX, type Layout, type LayoutChange } from './layout-model.ts';
import { systemModel } from './model.ts';
import './tables.ts';

/** A system model that the principal may read; refuses `record.not-found`. */
export async function readModelRecord(
  db: Kysely<Tables>,
  principal: Principal,
  key: string,
): Promise<WardRecord> {
  const record = await readRecord(db, principal, key);
  if (record.kind !== systemModel.kind)
    throw refuseRecord('record.not-found', `${record.key} is not a system model.`);
  return record;
}

/** Empty where nobody has drawn the model yet. */
export async function readLayout(db: Kysely<Tables>, recordId: string): Promise<Layout> {
  const row = await db
    .selectFrom('system_layout')
    .select('places')
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  return row?.places ?? {};
}

/**
 * Needs the right to edit the model. Names of objects are not checked against the model: a drawing may be ahead of the
 * revision that is saved after it.
 */
export async function changeLayout(
  db: Kysely<Tables>,
  principal: Principal,
  key: string,
  change: LayoutChange,
  at = new Date(),
): Promise<Layout> {
  const record = await readModelRecord(db, principal, key);
  requireRole(principal, systemModel.rights.edit, record.productId, `arrange ${record.key}`);
  await writeLayout(db, record.id, change, principal.personId, at);
  return readLayout(db, record.id);
}

/** For who has asked the rights already (an import). In one statement, so that two writers lose nothing of each other. */
export async function writeLayout(
  db: Kysely<Tables>,
  recordId: string,
  change: LayoutChange,
  by: string | null,
  at: Date,
): Promise<void> {
  const set = JSON.stringify(
    Object.fromEntries(Object.entries(change).filter(([, place]) => place !== null)),
  );
  const gone = Object.keys(change).filter((id) => change[id] === null);
  await sql`
    insert into system_layout (record_id, places, changed_at, changed_by)
    values (${recordId}, ${set}::jsonb, ${at}, ${by})
    on conflict (record_id) do update set
      places = case
        when (select count(*) from jsonb_object_keys(system_layout.places)) > ${LAYOUT_MAX * 2} then ${set}::jsonb
        else (system_layout.places - ${gone}::text[]) || ${set}::jsonb
      end,
      changed_at = ${at}, changed_by = ${by}`.execute(db);
}
