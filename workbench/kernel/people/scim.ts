// People and groups kept by another system over SCIM 2.0 (RFC 7643, RFC 7644): what a resource looks like here, and the
// changes. Disabling goes the way of the administrator's button: sessions and tokens end at once.
import { sql } from 'kysely';
import { z } from 'zod';
import { note, type PeopleContext, type Tx } from './context.ts';
import { disablePersonIn, enablePersonIn, ensurePerson } from './directory.ts';
import { syncGroupRoles } from './group-roles.ts';
import { refuseScim } from './scim-errors.ts';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const oneLine = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !/\p{Cc}/u.test(text), 'one line only');

const UserName = oneLine(254)
  .pipe(z.email())
  .transform((text) => text.toLowerCase());

/** Providers send `"True"` as well. */
const Active = z.union([
  z.boolean(),
  z.enum(['true', 'True', 'false', 'False']).transform((text) => text.toLowerCase() === 'true'),
]);

/** Other attributes are taken and forgotten, as RFC 7644 3.3 allows. */
export const UserInput = z.object({
  userName: UserName,
  externalId: oneLine(300).optional(),
  displayName: oneLine(200).optional(),
  name: z
    .object({
      formatted: oneLine(200).optional(),
      givenName: oneLine(100).optional(),
      familyName: oneLine(100).optional(),
    })
    .optional(),
  active: Active.default(true),
});
export type UserInput = z.infer<typeof UserInput>;

export const GroupInput = z.object({
  displayName: oneLine(300),
  externalId: oneLine(300).optional(),
  members: z
    .array(z.object({ value: z.uuid() }))
    .max(10_000)
    .default([]),
});
export type GroupInput = z.infer<typeof GroupInput>;

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly disabled_at: Date | null;
  readonly external_id: string | null;
}

export function userView(row: UserRow, base: string) {
  return {
    schemas: [USER],
    id: row.id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    userName: row.email,
    displayName: row.name,
    name: { formatted: row.name },
    emails: [{ value: row.email, primary: true }],
    active: row.disabled_at === null,
    meta: {
      resourceType: 'User',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location: `${base}/Users/${row.id}`,
    },
  };
}

const users = (tx: Tx | PeopleContext['db']) =>
  tx
    .selectFrom('person as p')
    .leftJoin('scim_user as s', 's.person_id', 'p.id')
    .where('s.deleted_at', 'is', null)
    .select(['p.id', 'p.name', 'p.email', 'p.created_at', 'p.updated_at', 'p.disabled_at', 's.external_id']);

/** Refuses `scim.not-found`. */
export async function readUser(tx: Tx | PeopleContext['db'], id: string): Promise<UserRow> {
  return foundUser(await userQuery(tx, id)?.executeTakeFirst());
}

/**
 * As `readUser`, and until the transaction ends nobody else changes the person. Locked first and read by a second statement:
 * one statement would show the row beside it as it was before the wait.
 */
async function lockUser(tx: Tx, id: string): Promise<UserRow> {
  if (z.uuid().safeParse(id).success)
    await tx.selectFrom('person').select('id').where('id', '=', id).forNoKeyUpdate().execute();
  return readUser(tx, id);
}

const userQuery = (tx: Tx | PeopleContext['db'], id: string) =>
  z.uuid().safeParse(id).success ? users(tx).where('p.id', '=', id) : undefined;

function foundUser(row: UserRow | undefined): UserRow {
  if (!row) throw refuseScim('scim.not-found', 'There is no such user.');
  return row;
}

export interface Filter {
  readonly attribute: string;
  readonly value: string;
}

/** RFC 7644 3.4.2.2, of which `attribute eq "value"` is understood. Refuses `scim.filter`. */
export function readFilter(text: string | undefined, attributes: readonly string[]): Filter | null {
  if (text === undefined || text.trim() === '') return null;
  const found = /^\s*([A-Za-z]+)\s+eq\s+("(?:[^"\\]|\\.){0,400}")\s*$/i.exec(text.slice(0, 1_000));
  const attribute = attributes.find((known) => known.toLowerCase() === found?.[1]?.toLowerCase());
  if (!found || !attribute)
    throw refuseScim(
      'scim.filter',
      `A filter can be: ${attributes.map((known) => `${known} eq "…"`).join(', ')}.`,
    );
  try {
    return { attribute, value: z.string().parse(JSON.parse(found[2] ?? '')) };
  } catch {
    throw refuseScim('scim.filter', 'The value of the filter is not a JSON string.');
  }
}

export interface Page {
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

export async function listUsers(context: PeopleContext, filter: Filter | null, page: Page) {
  let query = users(context.db);
  if (filter?.attribute === 'userName') query = query.where('p.email', '=', filter.value.toLowerCase());
  if (filter?.attribute === 'externalId') query = query.where('s.external_id', '=', filter.value);
  const { total } = await query
    .clearSelect()
    .select(sql<number>`count(*)::integer`.as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .orderBy('p.id')
    .offset(page.startIndex - 1)
    .limit(page.count)
    .execute();
  return { total, rows };
}

/** Refuses `scim.conflict` for a user name that somebody has. */
export async function createUser(
  context: PeopleContext,
  input: UserInput,
  actorId: string,
): Promise<UserRow> {
  return context.db.transaction().execute(async (tx) => {
    const before = await tx
      .selectFrom('person as p')
      .leftJoin('scim_user as s', 's.person_id', 'p.id')
      .select(['p.id', 'p.disabled_at', 's.deleted_at'])
      .where('p.email', '=', input.userName)
      .executeTakeFirst();
    if (before && !before.deleted_at)
      throw refuseScim('scim.conflict', `A user with the name ${input.userName} is here already.`);
    const id = await ensurePerson(tx, context, { name: nameOf(input), email: input.userName });
    await tx
      .insertInto('scim_user')
      .values({ person_id: id, external_id: input.externalId ?? null })
      .onConflict((conflict) =>
        conflict.column('person_id').doUpdateSet({ external_id: input.externalId ?? null, deleted_at: null }),
      )
      .execute();
    await note(tx, context, 'people.scim-created', actorId, { person: id });
    if (before?.disabled_at && input.active) await enablePersonIn(tx, context, id, actorId);
    if (!before?.disabled_at && !input.active) await disablePersonIn(tx, context, id, actorId);
    return readUser(tx, id);
  });
}

function nameOf(input: UserInput): string {
  const parts = [input.name?.givenName, input.name?.familyName]
    .filter((part) => part !== undefined)
    .join(' ');
  return input.displayName ?? input.name?.formatted ?? (parts === '' ? input.userName : parts);
}

/**
 * Puts the user as given; a patch says it from what the user is when its turn has come. Refuses `scim.not-found`, `scim.conflict`, `people.last-administrator`.
 */
export async function putUser(
  context: PeopleContext,
  id: string,
  given: UserInput | ((before: UserRow) => UserInput),
  actorId: string,
): Promise<UserRow> {
  return context.db.transaction().execute(async (tx) => {
    const before = await lockUser(tx, id);
    const input = typeof given === 'function' ? given(before) : given;
    const taken = await tx
      .selectFrom('person')
      .select('id')
      .where('email', '=', input.userName)
      .where('id', '<>', id)
      .executeTakeFirst();
    if (taken) throw refuseScim('scim.conflict', `Another user has the name ${input.userName}.`);
    const name = nameOf(input);
    if (name !== before.name || input.userName !== before.email) {
      await tx
        .updateTable('person')
        .set({ name, email: input.userName, email_verified: false, updated_at: context.now() })
        .where('id', '=', id)
        .execute();
      await note(tx, context, 'people.scim-changed', actorId, { person: id });
    }
    await tx
      .insertInto('scim_user')
      .values({ person_id: id, external_id: input.externalId ?? null })
      .onConflict((conflict) =>
        conflict.column('person_id').doUpdateSet({ external_id: input.externalId ?? null }),
      )
      .execute();
    await setActive(tx, context, before, input.active, actorId);
    return readUser(tx, id);
  });
}

async function setActive(
  tx: Tx,
  context: PeopleContext,
  before: UserRow,
  active: boolean,
  actorId: string,
): Promise<void> {
  if (active && before.disabled_at) await enablePersonIn(tx, context, before.id, actorId);
  if (!active && !before.disabled_at) await disablePersonIn(tx, context, before.id, actorId);
}

/** The person leaves and the resource is gone; records and signatures stay. Refuses like `putUser`. */
export async function deleteUser(context: PeopleContext, id: string, actorId: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const before = await lockUser(tx, id);
    await setActive(tx, context, before, false, actorId);
    const now = context.now();
    await tx
      .insertInto('scim_user')
      .values({ person_id: id, external_id: null, deleted_at: now })
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ deleted_at: now }))
      .execute();
    await tx.deleteFrom('scim_member').where('person_id', '=', id).execute();
    await syncGroupRoles(tx, context, id);
  });
}

const Operation = z.object({
  op: z
    .string()
    .max(20)
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['add', 'replace', 'remove'])),
  path: z.string().max(400).optional(),
  value: z.unknown().optional(),
});
export const Patch = z.object({ Operations: z.array(Operation).min(1).max(1_000) });
export type Patch = z.infer<typeof Patch>;

/** What a user would be after the operations; attributes that Ward does not keep are passed over. */
export function patchedUser(before: UserRow, patch: Patch): UserInput {
  let draft: Record<string, unknown> = {
    userName: before.email,
    displayName: before.name,
    active: before.disabled_at === null,
    ...(before.external_id === null ? {} : { externalId: before.external_id }),
  };
  for (const { op, path, value } of patch.Operations) {
    const attributes = path === undefined ? value : { [path]: op === 'remove' ? undefined : value };
    if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes))
      throw refuseScim('scim.malformed', 'An operation without a path needs an object as its value.');
    for (const [name, given] of Object.entries(attributes)) {
      const known = {
        username: 'userName',
        displayname: 'displayName',
        active: 'active',
        externalid: 'externalId',
      };
      const own = known[name.toLowerCase() as keyof typeof known];
      if (own) draft = { ...draft, [own]: given };
      else if (name.toLowerCase() === 'name.formatted') draft = { ...draft, displayName: given };
    }
  }
  if (draft.displayName === undefined) draft.displayName = before.name;
  return parse(UserInput, draft);
}

/** Refuses `scim.malformed` naming the place. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refuseScim(
    'scim.malformed',
    `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'not right'}.`,
  );
}

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly external_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly members: readonly { readonly id: string; readonly name: string }[];
}

export function groupView(row: GroupRow, base: string, withMembers = true) {
  return {
    schemas: [GROUP],
    id: row.id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    displayName: row.name,
    ...(withMembers
      ? {
          members: row.members.map(({ id, name }) => ({
            value: id,
            display: name,
            $ref: `${base}/Users/${id}`,
          })),
        }
      : {}),
    meta: {
      resourceType: 'Group',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location: `${base}/Groups/${row.id}`,
    },
  };
}

const groups = (tx: Tx | PeopleContext['db']) =>
  tx
    .selectFrom('scim_group as g')
    .selectAll('g')
    .select(
      sql<GroupRow['members']>`coalesce((
      select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) order by p.id)
      from scim_member m join person p on p.id = m.person_id where m.group_id = g.id), '[]'::jsonb)`.as(
        'members',
      ),
    );

/** Refuses `scim.not-found`. */
export async function readGroup(tx: Tx | PeopleContext['db'], id: string): Promise<GroupRow> {
  const row = z.uuid().safeParse(id).success
    ? await groups(tx).where('g.id', '=', id).executeTakeFirst()
    : undefined;
  if (!row) throw refuseScim('scim.not-found', 'There is no such group.');
  return row;
}

/** As `readGroup`, and until the transaction ends nobody else changes it. Locked first: members are read as they are then. */
async function lockGroup(tx: Tx, id: string): Promise<GroupRow> {
  if (z.uuid().safeParse(id).success)
    await tx.selectFrom('scim_group').select('id').where('id', '=', id).forUpdate().execute();
  return readGroup(tx, id);
}

export async function listGroups(context: PeopleContext, filter: Filter | null, page: Page) {
  let query = groups(context.db);
  if (filter?.attribute === 'displayName') query = query.where('g.name', '=', filter.value);
  if (filter?.attribute === 'externalId') query = query.where('g.external_id', '=', filter.value);
  const { total } = await query
    .clearSelect()
    .select(sql<number>`count(*)::integer`.as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .orderBy('g.id')
    .offset(page.startIndex - 1)
    .limit(page.count)
    .execute();
  return { total, rows };
}

/**
 * Makes the group (`id` null) or puts it as given, and gives and ends the roles of everybody it concerns.
 * Refuses `scim.not-found`, `scim.conflict`, `scim.malformed` for a member who is not here.
 */
export async function putGroup(
  context: PeopleContext,
  id: string | null,
  given: GroupInput | ((before: GroupRow) => GroupInput),
  actorId: string,
): Promise<GroupRow> {
  return context.db.transaction().execute(async (tx) => {
    const before = id === null ? null : await lockGroup(tx, id);
    const input = typeof given === 'function' ? given(before as GroupRow) : given;
    const groupId = id ?? context.newId();
    const taken = await tx
      .selectFrom('scim_group')
      .select('id')
      .where('name', '=', input.displayName)
      .where('id', '<>', groupId)
      .executeTakeFirst();
    if (taken)
      throw refuseScim('scim.conflict', `A group with the name ${input.displayName} is here already.`);
    const wanted = [...new Set(input.members.map((member) => member.value))];
    if (wanted.length > 0) {
      const known = await users(tx).where('p.id', 'in', wanted).execute();
      if (known.length !== wanted.length)
        throw refuseScim('scim.malformed', 'members: one of them is not a user here.');
    }
    const now = context.now();
    const row = { name: input.displayName, external_id: input.externalId ?? null, updated_at: now };
    await tx
      .insertInto('scim_group')
      .values({ id: groupId, ...row, created_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    await tx.deleteFrom('scim_member').where('group_id', '=', groupId).execute();
    if (wanted.length > 0)
      await tx
        .insertInto('scim_member')
        .values(wanted.map((person_id) => ({ group_id: groupId, person_id })))
        .execute();
    await note(tx, context, 'people.scim-group', actorId, { group: groupId, members: wanted.length });
    const concerned = new Set([...wanted, ...(before?.members ?? []).map((member) => member.id)]);
    for (const person of [...concerned].sort()) await syncGroupRoles(tx, context, person);
    return readGroup(tx, groupId);
  });
}

/** The roles that the group gave end. Refuses `scim.not-found`. */
export async function deleteGroup(context: PeopleContext, id: string, actorId: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const before = await lockGroup(tx, id);
    await tx.deleteFrom('scim_group').where('id', '=', id).execute();
    await note(tx, context, 'people.scim-group-deleted', actorId, { group: id });
    for (const { id: person } of before.members) await syncGroupRoles(tx, context, person);
  });
}

/** What a group would be after the operations (RFC 7644 3.5.2). */
export function patchedGroup(before: GroupRow, patch: Patch): GroupInput {
  let name: unknown = before.name;
  let externalId: unknown = before.external_id ?? undefined;
  let members = new Set(before.members.map((member) => member.id));
  const idsOf = (value: unknown) =>
    parse(z.array(z.object({ value: z.uuid() })).max(10_000), Array.isArray(value) ? value : [value]).map(
      (member) => member.value,
    );
  for (const { op, path, value } of patch.Operations) {
    const given = path === undefined ? value : { [path]: value };
    if (typeof given !== 'object' || given === null)
      throw refuseScim('scim.malformed', 'An operation without a path needs an object as its value.');
    for (const [attribute, content] of Object.entries(given)) {
      const one = /^members\[\s*value\s+eq\s+"([0-9a-f-]{36})"\s*\]$/i.exec(attribute)?.[1];
      if (one && op === 'remove') members.delete(one);
      else if (attribute === 'members' && op === 'add') for (const id of idsOf(content)) members.add(id);
      else if (attribute === 'members' && op === 'replace') members = new Set(idsOf(content));
      else if (attribute === 'members' && content === undefined) members.clear();
      else if (attribute === 'members') for (const id of idsOf(content)) members.delete(id);
      else if (attribute === 'displayName') name = content;
      else if (attribute === 'externalId') externalId = content;
    }
  }
  return parse(GroupInput, {
    displayName: name,
    externalId,
    members: [...members].map((value) => ({ value })),
  });
}
