// Who can be told: people who can sign in, with the roles that they hold now, and what they chose.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { canSignIn } from '../people/directory.ts';
import type { Principal } from '../people/roles.ts';
import { grantsOf } from '../people/sessions.ts';
import type {} from './tables.ts';
import type { Choice } from './topics.ts';

export interface Recipient {
  readonly principal: Principal & { readonly personId: string };
  readonly email: string;
  readonly choices: readonly Choice[];
}

/** Of these people, or of all, those who can sign in and hold a role. */
export async function findRecipients(
  db: Kysely<Tables>,
  ids: readonly string[] | null = null,
): Promise<Recipient[]> {
  const rows = await db
    .selectFrom('person as p')
    .select(['p.id', 'p.name', 'p.email', grantsOf('p.id').as('grants')])
    .select(
      sql<
        Choice[]
      >`(select coalesce(jsonb_agg(jsonb_build_object('productId', s.product_id, 'topic', s.topic, 'how', s.how)), '[]')
        from subscription s where s.person_id = p.id)`.as('choices'),
    )
    .where(canSignIn)
    .$if(ids !== null, (query) => query.where(sql<boolean>`p.id = any(${[...(ids ?? [])]}::uuid[])`))
    .orderBy('p.id')
    .limit(10_000)
    .execute();
  return rows
    .filter((row) => row.grants.length > 0)
    .map((row) => ({
      principal: {
        via: 'session',
        personId: row.id,
        name: row.name,
        grants: row.grants,
        scopes: null,
        tokenProductId: null,
      },
      email: row.email,
      choices: row.choices,
    }));
}
