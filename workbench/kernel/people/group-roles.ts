// Groups of a provider become role assignments: records like any other, made and ended by Ward with the reason, and held
// to the same rules of separation. What a rule refuses is kept for people to see.
import { sql } from 'kysely';
import { isWardError } from '../errors.ts';
import { commitChanges } from '../records/commit.ts';
import { toRecord } from '../records/read.ts';
import type { Change, WardRecord } from '../records/record.ts';
import { note, type PeopleContext, type Tx } from './context.ts';
import { refuse } from './errors.ts';
import { ROLE_ASSIGNMENT, RoleAssignment } from './role-assignment.ts';
import { checkRoleAssignment } from './role-guard.ts';
import { MAKER_ROLES, type Role, roleTitle, SYSTEM } from './roles.ts';
import type { GroupRoles } from './sign-in-settings.ts';

export const EVERY_PRODUCT = 'all';

export interface WantedRole {
  readonly role: Role;
  /** A product's key, or `all`. */
  readonly product: string;
  readonly group: string;
}

/**
 * What the groups give. Administrators run Ward and cannot approve: where one group makes a person administrator and
 * another lets the same person write and decide, the administrator is left out, unless a single group is mapped to
 * both in so many words.
 */
export function wantedRoles(
  groups: readonly string[],
  mapping: GroupRoles,
): { readonly wanted: readonly WantedRole[]; readonly together: readonly WantedRole[] } {
  const found = new Map<string, WantedRole>();
  let saidTogether = false;
  for (const group of [...groups].sort()) {
    const gives = Object.hasOwn(mapping, group) ? (mapping[group] ?? []) : [];
    const roles = gives.map((one) => one.role);
    saidTogether ||= roles.includes('administrator') && roles.some((role) => MAKER_ROLES.includes(role));
    for (const { role, product } of gives) {
      const key = `${role} ${product}`;
      if (!found.has(key)) found.set(key, { role, product, group });
    }
  }
  const all = [...found.values()];
  const decides = all.some(({ role }) => MAKER_ROLES.includes(role));
  const left = (one: WantedRole) => one.role === 'administrator' && decides && !saidTogether;
  return { wanted: all.filter((one) => !left(one)), together: all.filter(left) };
}

export interface RefusedRole {
  readonly group: string;
  readonly role: string;
  readonly product: string;
  readonly code: string;
  readonly message: string;
}

/** Groups by which this person's roles are decided: of the last sign-in by the provider, and those kept by SCIM. */
async function groupsOfPerson(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select group_name as name from provider_group where person_id = ${personId}
    union
    select g.name from scim_group g join scim_member m on m.group_id = g.id where m.person_id = ${personId}
  `.execute(tx);
  return rows.map((row) => row.name);
}

/** The groups that the provider names now; null leaves them as they were. */
export async function setProviderGroups(
  tx: Tx,
  personId: string,
  groups: readonly string[] | null,
): Promise<void> {
  if (groups === null) return;
  await tx.deleteFrom('provider_group').where('person_id', '=', personId).execute();
  if (groups.length === 0) return;
  await tx
    .insertInto('provider_group')
    .values(groups.map((group_name) => ({ person_id: personId, group_name })))
    .execute();
}

/**
 * Makes and ends what the groups give and do not give any more; assignments that people made stay untouched. Ends come
 * first, so that a change from maker to auditor passes the rules.
 */
export async function syncGroupRoles(tx: Tx, context: PeopleContext, personId: string): Promise<void> {
  const groups = await groupsOfPerson(tx, personId);
  const { wanted, together } = wantedRoles(groups, context.signIn.groupRoles);
  const products = await productIds(tx, wanted);
  const refused: RefusedRole[] = together.map((one) =>
    refusalOf(
      one,
      refuse(
        'people.mapping-together',
        `${roleTitle(one.role)} and a role that decides come from different groups.`,
      ),
    ),
  );

  const held = await mappedRecords(tx, personId);
  for (const record of held) {
    const { role } = RoleAssignment.parse(record.body);
    const stays = wanted.some((one) => one.role === role && productOf(one, products) === record.productId);
    if (stays) continue;
    const reason = 'No group of the person gives this role any more.';
    const change: Change = {
      type: 'transition',
      record,
      transition: 'end',
      to: 'ended',
      reason,
      signature: null,
    };
    const refusal = await attempt(tx, context, change);
    if (refusal) refused.push({ ...refusal, group: '', role, product: record.productId ?? EVERY_PRODUCT });
    else await tx.deleteFrom('mapped_role').where('record_id', '=', record.id).execute();
  }

  for (const one of wanted) {
    const productId = productOf(one, products);
    if (productId === undefined) {
      refused.push(refusalOf(one, refuse('people.mapping-product', `There is no product ${one.product}.`)));
      continue;
    }
    if (await holds(tx, personId, one.role, productId)) continue;
    if (one.role === 'administrator' && !saidByOneGroup(one, context) && (await decides(tx, personId))) {
      refused.push(
        refusalOf(
          one,
          refuse(
            'people.mapping-together',
            'The person holds a role that decides, which nobody gave by the same group.',
          ),
        ),
      );
      continue;
    }
    const id = context.newId();
    const body = RoleAssignment.parse({ person: personId, role: one.role });
    const reason = `Member of the group "${one.group}".`;
    const change: Change = {
      type: 'create',
      id,
      kind: ROLE_ASSIGNMENT,
      productId,
      title: one.role,
      body,
      state: 'active',
      reason,
    };
    const refusal = await attempt(tx, context, change);
    if (refusal) refused.push({ ...refusal, group: one.group, role: one.role, product: one.product });
    else await tx.insertInto('mapped_role').values({ record_id: id, person_id: personId }).execute();
  }
  await keepRefused(tx, context, personId, refused);
}

function saidByOneGroup(one: WantedRole, { signIn }: PeopleContext): boolean {
  const gives = signIn.groupRoles[one.group] ?? [];
  return gives.some(({ role }) => MAKER_ROLES.includes(role));
}

async function attempt(
  tx: Tx,
  context: PeopleContext,
  change: Change,
): Promise<{ readonly code: string; readonly message: string } | null> {
  const now = context.now();
  try {
    await checkRoleAssignment(tx, change, { principal: SYSTEM, now });
  } catch (error) {
    if (!isWardError(error)) throw error;
    return { code: error.code, message: error.message };
  }
  await commitChanges(tx, [change], { kinds: context.kinds, actorId: null, now });
  return null;
}

const refusalOf = (one: WantedRole, error: { readonly code: string; readonly message: string }) => ({
  group: one.group,
  role: one.role,
  product: one.product,
  code: error.code,
  message: error.message,
});

async function productIds(tx: Tx, wanted: readonly WantedRole[]): Promise<ReadonlyMap<string, string>> {
  const keys = [...new Set(wanted.map((one) => one.product))].filter((key) => key !== EVERY_PRODUCT);
  if (keys.length === 0) return new Map();
  const rows = await tx
    .selectFrom('record')
    .select(['id', 'key'])
    .where('kind', '=', 'product')
    .where('key', 'in', keys)
    .execute();
  return new Map(rows.map((row) => [row.key, row.id]));
}

/** Undefined for a product that there is not. */
function productOf(one: WantedRole, products: ReadonlyMap<string, string>): string | null | undefined {
  return one.product === EVERY_PRODUCT ? null : products.get(one.product);
}

async function mappedRecords(tx: Tx, personId: string): Promise<WardRecord[]> {
  const rows = await tx
    .selectFrom('record as r')
    .innerJoin('mapped_role as m', 'm.record_id', 'r.id')
    .selectAll('r')
    .where('m.person_id', '=', personId)
    .where('r.state', '=', 'active')
    .orderBy('r.number')
    .execute();
  return rows.map(toRecord);
}

async function holds(tx: Tx, personId: string, role: Role, productId: string | null): Promise<boolean> {
  const { rows } = await sql`
    select 1 from record where kind = ${ROLE_ASSIGNMENT} and state = 'active' and body->>'person' = ${personId}
      and body->>'role' = ${role} and product_id is not distinct from ${productId}::uuid
  `.execute(tx);
  return rows.length > 0;
}

async function decides(tx: Tx, personId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from record where kind = ${ROLE_ASSIGNMENT} and state = 'active' and body->>'person' = ${personId}
      and body->>'role' = any(${[...MAKER_ROLES]}::text[]) limit 1
  `.execute(tx);
  return rows.length > 0;
}

/** The ledger hears of a refusal once, not at every sign-in. */
async function keepRefused(
  tx: Tx,
  context: PeopleContext,
  personId: string,
  refused: readonly RefusedRole[],
): Promise<void> {
  const keyOf = (one: { readonly role: string; readonly product: string }) => `${one.role} ${one.product}`;
  const before = await tx
    .deleteFrom('refused_role')
    .where('person_id', '=', personId)
    .returningAll()
    .execute();
  const distinct = [...new Map(refused.map((one) => [keyOf(one), one])).values()];
  if (distinct.length === 0) return;
  const now = context.now();
  await tx
    .insertInto('refused_role')
    .values(
      distinct.map(({ group, ...one }) => ({
        ...one,
        person_id: personId,
        group_name: group,
        refused_at: now,
      })),
    )
    .execute();
  for (const one of distinct) {
    if (before.some((row) => keyOf(row) === keyOf(one) && row.code === one.code)) continue;
    context.log.warn(
      { person: personId, role: one.role, code: one.code },
      'a group gives a role that is refused',
    );
    await note(tx, context, 'people.role-mapping-refused', null, {
      person: personId,
      role: one.role,
      product: one.product,
      code: one.code,
    });
  }
}
