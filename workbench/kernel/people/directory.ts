// Who there is: finding, naming, listing and disabling people.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { note, type PeopleContext, type Tx } from './context.ts';
import { PASSWORD_PROVIDER } from './credential.ts';
import { refuse } from './errors.ts';
import type { PersonSummary } from './people.ts';
import { checkAdministratorRemains } from './role-guard.ts';
import type { Grant, Role } from './roles.ts';
import { endAllSessions, grantsOf } from './sessions.ts';

export interface RefusedRoleListed {
  readonly group: string;
  readonly role: string;
  readonly product: string;
  readonly message: string;
}

export interface PersonListed extends PersonSummary {
  readonly disabled: boolean;
  readonly secondFactor: boolean;
  readonly password: boolean;
  readonly passkeys: number;
  readonly provider: boolean;
  /** What a group would give and a rule refused. */
  readonly refusedRoles: readonly RefusedRoleListed[];
  readonly roles: readonly Grant[];
}

/** A person can sign in who has an account (a password, single sign-on) and is not disabled. */
export const canSignIn = sql<boolean>`(p.disabled_at is null and exists (
  select 1 from account a where a.person_id = p.id and (a.provider_id <> ${PASSWORD_PROVIDER} or a.password is not null)
))`;

/** How a person can sign in, as columns. */
const ways = [
  sql<boolean>`exists (select 1 from second_factor f
    where f.person_id = p.id and f.confirmed_at is not null)`.as('secondFactor'),
  sql<boolean>`exists (select 1 from account a where a.person_id = p.id
    and a.provider_id = ${PASSWORD_PROVIDER} and a.password is not null)`.as('password'),
  sql<number>`(select count(*)::integer from passkey k where k.person_id = p.id)`.as('passkeys'),
] as const;

export function waysOf(db: Kysely<Tables>, personId: string) {
  return db
    .selectFrom('person as p')
    .select([...ways])
    .where('p.id', '=', personId)
    .executeTakeFirstOrThrow();
}

export async function findPeople(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PersonSummary>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('person as p')
    .select(['p.id', 'p.name', 'p.email', canSignIn.as('canSignIn')])
    .where(sql<boolean>`p.id = any(${wanted}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** See `People.holders`; only people who can sign in. */
export async function findHolders(
  db: Kysely<Tables>,
  roles: readonly Role[],
  productId: string | null,
  except: readonly string[],
): Promise<PersonSummary[]> {
  return db
    .selectFrom('person as p')
    .select(['p.id', 'p.name', 'p.email', canSignIn.as('canSignIn')])
    .where(canSignIn)
    .where(sql<boolean>`p.id <> all(${[...except]}::uuid[])`)
    .where(
      sql<boolean>`exists (
        select 1 from record r
        where r.kind = 'role-assignment' and r.state = 'active' and r.body->>'person' = p.id::text
          and r.body->>'role' = any(${[...roles]}::text[])
          and (r.product_id is null or r.product_id = ${productId}::uuid))`,
    )
    .orderBy(sql`lower(p.name)`)
    .orderBy('p.id')
    .limit(500)
    .execute();
}

/** A page of people by name; `after` is the id of the last one of the page before. */
export async function listPeople(
  db: Kysely<Tables>,
  after: string | null,
  limit: number,
): Promise<PersonListed[]> {
  const rows = await db
    .selectFrom('person as p')
    .select(['p.id', 'p.name', 'p.email', canSignIn.as('canSignIn')])
    .select([
      sql<boolean>`p.disabled_at is not null`.as('disabled'),
      ...ways,
      sql<boolean>`exists (select 1 from account a
        where a.person_id = p.id and a.provider_id <> ${PASSWORD_PROVIDER})`.as('provider'),
      sql<RefusedRoleListed[]>`coalesce((
        select jsonb_agg(jsonb_build_object('group', f.group_name, 'role', f.role, 'product', f.product,
          'message', f.message) order by f.role, f.product)
        from refused_role f where f.person_id = p.id), '[]'::jsonb)`.as('refusedRoles'),
      grantsOf('p.id').as('roles'),
    ])
    .where(
      sql<boolean>`${after}::uuid is null or (lower(p.name), p.id) >
        (select lower(b.name), b.id from person b where b.id = ${after}::uuid)`,
    )
    .orderBy(sql`lower(p.name)`)
    .orderBy('p.id')
    .limit(limit)
    .execute();
  return rows;
}

/** The person with this address, made without a way to sign in when there is none. Gives the id. */
export async function ensurePerson(
  tx: Kysely<Tables>,
  context: Pick<PeopleContext, 'now' | 'newId'>,
  person: { readonly name: string; readonly email: string },
): Promise<string> {
  const email = person.email.toLowerCase();
  const now = context.now();
  const made = await tx
    .insertInto('person')
    .values({ id: context.newId(), name: person.name, email, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) return made.id;
  const found = await tx
    .selectFrom('person')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  return found.id;
}

/** Sets the password, by which a person without one becomes able to sign in. The caller has checked it. */
export async function storePassword(
  tx: Kysely<Tables>,
  context: Pick<PeopleContext, 'now' | 'newId'>,
  personId: string,
  hash: string,
): Promise<void> {
  const now = context.now();
  await tx
    .insertInto('account')
    .values({
      id: context.newId(),
      account_id: personId,
      provider_id: PASSWORD_PROVIDER,
      person_id: personId,
      password: hash,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['provider_id', 'account_id']).doUpdateSet({ password: hash, updated_at: now }),
    )
    .execute();
}

/**
 * Takes sign-in, sessions, tokens and open invitations away at once; roles and history stay.
 * Refuses `people.person-unknown`, `people.last-administrator`.
 */
export function disablePerson(context: PeopleContext, personId: string, actorId: string): Promise<void> {
  return context.db.transaction().execute((tx) => disablePersonIn(tx, context, personId, actorId));
}

/** As `disablePerson`, inside the caller's transaction. */
export async function disablePersonIn(
  tx: Tx,
  context: PeopleContext,
  personId: string,
  actorId: string,
): Promise<void> {
  await checkAdministratorRemains(tx, { personId });
  const now = context.now();
  const row = await tx
    .updateTable('person')
    .set({ disabled_at: now, disabled_by: actorId, updated_at: now })
    .where('id', '=', personId)
    .returning('id')
    .executeTakeFirst();
  if (!row) throw refuse('people.person-unknown', 'There is no such person.');
  await endAllSessions(tx, personId);
  await tx
    .updateTable('api_token')
    .set({ revoked_at: now })
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .execute();
  await tx
    .updateTable('invitation')
    .set({ revoked_at: now })
    .where('person_id', '=', personId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  await note(tx, context, 'people.disabled', actorId, { person: personId });
}

/** Lets a disabled person sign in again; tokens stay revoked. Refuses `people.person-unknown`. */
export function enablePerson(context: PeopleContext, personId: string, actorId: string): Promise<void> {
  return context.db.transaction().execute((tx) => enablePersonIn(tx, context, personId, actorId));
}

/** As `enablePerson`, inside the caller's transaction. */
export async function enablePersonIn(
  tx: Tx,
  context: PeopleContext,
  personId: string,
  actorId: string,
): Promise<void> {
  const row = await tx
    .updateTable('person')
    .set({ disabled_at: null, disabled_by: null, updated_at: context.now() })
    .where('id', '=', personId)
    .returning('id')
    .executeTakeFirst();
  if (!row) throw refuse('people.person-unknown', 'There is no such person.');
  await note(tx, context, 'people.enabled', actorId, { person: personId });
}
