// Where the gateway for units is open now, for the commands that tell units.
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../../kernel/database/schema.ts';

const NAME = 'fleet.gateway';
const Place = z.object({ host: z.string(), port: z.number(), url: z.string() });
export type GatewayPlace = z.infer<typeof Place>;

export async function setGatewayPlace(db: Kysely<Tables>, place: GatewayPlace): Promise<void> {
  const value = JSON.stringify(place);
  await db
    .insertInto('setting')
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Null when none was opened yet. It may have been closed since. */
export async function readGatewayPlace(db: Kysely<Tables>): Promise<GatewayPlace | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', NAME).executeTakeFirst();
  return row ? (Place.safeParse(row.value).data ?? null) : null;
}
