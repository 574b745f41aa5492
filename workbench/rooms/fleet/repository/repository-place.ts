// Where the static repository lies and where units find it.
import type { Kysely } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import { refuseFleet } from '../errors.ts';

const NAME = 'fleet.repository';

export async function setRepository(db: Kysely<Tables>, folder: string): Promise<void> {
  const value = JSON.stringify({ folder });
  await db
    .insertInto('setting')
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

export async function findRepository(db: Kysely<Tables>): Promise<string | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', NAME).executeTakeFirst();
  return (row?.value as { folder?: string } | undefined)?.folder ?? null;
}

/** Refuses `fleet.no-repository`. */
export async function requireRepository(db: Kysely<Tables>): Promise<string> {
  const folder = await findRepository(db);
  if (folder === null) throw refuseFleet('fleet.no-repository', 'There is no repository of updates yet.');
  return folder;
}
