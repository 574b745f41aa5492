// Separation of duties around roles, checked in the transaction that changes an assignment.
// Rules sod-admin-self and sod-auditor of the role table (after IEC 81001-5-1 4.1.2, 4.1.4, 5.7.5).
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { Change } from '../records/record.ts';
import type { Tx } from './context.ts';
import { PASSWORD_PROVIDER } from './credential.ts';
import { refuse } from './errors.ts';
import { ROLE_ASSIGNMENT, RoleAssignment } from './role-assignment.ts';
import { type Grant, MAKER_ROLES, type Principal, type Role, roleTitle } from './roles.ts';

/** Any constant: it must only be the same in every process. */
const ROLE_LOCK = 8100152;

export interface GuardContext {
  readonly principal: Principal;
  readonly now: Date;
}

/**
 * Checks one change of a role assignment; lets every other change pass. Changes of roles wait for each other, so that
 * two at the same moment cannot break a rule together.
 * Refuses `people.role-self`, `people.role-auditor`, `people.role-held`, `people.role-scope`, `people.role-fixed`,
 * `people.role-session`, `people.person-unknown`, `people.last-administrator`.
 */
export async function checkRoleAssignment(
  tx: Tx,
  change: Change,
  { principal }: GuardContext,
): Promise<void> {
  switch (change.type) {
    case 'create':
      if (change.kind === ROLE_ASSIGNMENT) {
        await lockRoles(tx, principal);
        await checkGiving(tx, RoleAssignment.parse(change.body), change.productId, principal);
      }
      return;
    case 'edit':
      if (change.record.kind === ROLE_ASSIGNMENT) {
        await lockRoles(tx, principal);
        checkEditing(RoleAssignment.parse(change.record.body), RoleAssignment.parse(change.body), principal);
      }
      return;
    case 'transition':
      if (change.record.kind === ROLE_ASSIGNMENT && change.to === 'ended') {
        await lockRoles(tx, principal);
        if (RoleAssignment.parse(change.record.body).role === 'administrator')
          await checkAdministratorRemains(tx, { recordId: change.record.id });
      }
      return;
    default:
  }
}

async function lockRoles(tx: Tx, principal: Principal): Promise<void> {
  if (principal.via === 'token')
    throw refuse('people.role-session', 'An API token cannot change who may do what.');
  await sql`select pg_advisory_xact_lock(${ROLE_LOCK})`.execute(tx);
}

async function checkGiving(
  tx: Tx,
  { person, role }: RoleAssignment,
  productId: string | null,
  principal: Principal,
): Promise<void> {
  if (principal.personId === person)
    throw refuse('people.role-self', 'You cannot give a role to yourself (rule sod-admin-self).', {
      at: '$.person',
    });
  if (role === 'administrator' && productId !== null)
    throw refuse('people.role-scope', 'An administrator runs the whole of Ward, not one product.', {
      at: '$.role',
    });
  const known = await tx
    .selectFrom('person')
    .select('name')
    .where('id', '=', person)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!known)
    throw refuse(
      'people.person-unknown',
      'The role is for a person whom Ward does not know, or who has left.',
      {
        at: '$.person',
      },
    );

  const held = await activeGrants(tx, person);
  if (held.some((grant) => grant.role === role && grant.productId === productId))
    throw refuse('people.role-held', `${known.name} is ${roleTitle(role)} there already.`, { at: '$.role' });
  const clash = held.find((grant) => overlaps(grant.productId, productId) && exclude(grant.role, role));
  if (clash)
    throw refuse(
      'people.role-auditor',
      `${known.name} is ${roleTitle(clash.role)} for the same product and so cannot be ${roleTitle(role)} (rule sod-auditor).`,
      { at: '$.role' },
    );
}

/** An organisation-wide role holds on every product. */
function overlaps(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}

function exclude(one: Role, other: Role): boolean {
  return (
    (one === 'auditor' && MAKER_ROLES.includes(other)) || (other === 'auditor' && MAKER_ROLES.includes(one))
  );
}

function checkEditing(before: RoleAssignment, after: RoleAssignment, principal: Principal): void {
  if (before.person !== after.person || before.role !== after.role)
    throw refuse('people.role-fixed', 'An edit can change training and independence, not person or role.', {
      at: before.person !== after.person ? '$.person' : '$.role',
    });
  if (principal.personId === before.person)
    throw refuse('people.role-self', 'Somebody else has to change what your own assignment rests on.', {
      at: '$.person',
    });
}

async function activeGrants(tx: Tx, person: string): Promise<Grant[]> {
  const { rows } = await sql<Grant>`
    select body->>'role' as role, product_id as "productId" from record
    where kind = ${ROLE_ASSIGNMENT} and state = 'active' and body->>'person' = ${person}
  `.execute(tx);
  return rows;
}

/**
 * Refuses `people.last-administrator` when nobody else could still run Ward: an assignment in force, held by a person
 * who can sign in.
 */
export async function checkAdministratorRemains(
  tx: Tx,
  without: { readonly recordId?: string; readonly personId?: string },
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ROLE_LOCK})`.execute(tx);
  const remaining = await administrators(tx);
  const others = remaining.filter(
    (held) => held.recordId !== without.recordId && held.personId !== without.personId,
  );
  if (others.length === 0)
    throw refuse('people.last-administrator', 'This would leave Ward without an administrator.');
}

/** Administrators who can sign in, the first appointed first. */
export async function administrators(tx: Kysely<Tables>): Promise<{ personId: string; recordId: string }[]> {
  const { rows } = await sql<{ personId: string; recordId: string }>`
    select p.id as "personId", r.id as "recordId"
    from record r
    join person p on p.id::text = r.body->>'person' and p.disabled_at is null
    join account a on a.person_id = p.id and (a.provider_id <> ${PASSWORD_PROVIDER} or a.password is not null)
    where r.kind = ${ROLE_ASSIGNMENT} and r.state = 'active' and r.body->>'role' = 'administrator'
    order by r.number
  `.execute(tx);
  return rows;
}
