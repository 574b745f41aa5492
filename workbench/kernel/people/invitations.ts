// Invitations: a link, shown once to the inviter, with which a named person sets the first password.
import { note, type PeopleContext, type Visitor } from './context.ts';
import { findAccount, PASSWORD_PROVIDER } from './credential.ts';
import { ensurePerson, storePassword } from './directory.ts';
import { refuse } from './errors.ts';
import { withSlash } from './first-run.ts';
import { requireOwnWay } from './own-way.ts';
import { hashPassword } from './password-hash.ts';
import { checkNewPassword } from './password-rules.ts';
import { randomToken, tokenHash } from './secrets.ts';
import type { LoadAuth, SetCookies } from './sessions.ts';
import { enter } from './sign-in.ts';
import type { SuggestedRole } from './tables.ts';

export const INVITATION_MS = 7 * 24 * 3_600_000;

export interface InvitationListed {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly suggested: readonly SuggestedRole[];
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * Invites a person, new or named before without a way to sign in; an earlier open invitation stops working.
 * Refuses `people.already-member`.
 */
export async function invite(
  context: PeopleContext,
  input: { readonly name: string; readonly email: string; readonly suggested: readonly SuggestedRole[] },
  inviterId: string,
): Promise<{
  readonly id: string;
  readonly personId: string;
  readonly url: string;
  readonly expiresAt: Date;
}> {
  const token = randomToken();
  const now = context.now();
  const expiresAt = new Date(now.getTime() + INVITATION_MS);
  const id = context.newId();
  const personId = await context.db.transaction().execute(async (tx) => {
    const person = await ensurePerson(tx, context, input);
    const account = await findAccount(tx, { id: person });
    if (account?.password)
      throw refuse('people.already-member', `${input.email} has an account already.`, { at: '$.email' });
    // Else an invitation would put a password beside the provider, for whoever holds the link.
    const linked = await tx
      .selectFrom('account')
      .select('id')
      .where('person_id', '=', person)
      .where('provider_id', '<>', PASSWORD_PROVIDER)
      .executeTakeFirst();
    if (linked)
      throw refuse('people.already-member', `${input.email} signs in by the provider already.`, {
        at: '$.email',
      });
    if (account?.disabled)
      throw refuse('people.already-member', `${input.email} belongs to a person who was disabled.`, {
        at: '$.email',
        remedy: 'Enable the person first.',
      });
    await tx
      .updateTable('invitation')
      .set({ revoked_at: now })
      .where('person_id', '=', person)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .execute();
    await tx
      .insertInto('invitation')
      .values({
        id,
        person_id: person,
        hash: tokenHash(token),
        suggested: JSON.stringify(input.suggested),
        invited_by: inviterId,
        created_at: now,
        expires_at: expiresAt,
      })
      .execute();
    await note(tx, context, 'people.invited', inviterId, { person, invitation: id });
    return person;
  });
  const url = new URL('invitation', withSlash(context.baseUrl));
  url.hash = token;
  return { id, personId, url: url.href, expiresAt };
}

/** The open ones, the latest first. */
export async function listInvitations(context: PeopleContext): Promise<InvitationListed[]> {
  const rows = await context.db
    .selectFrom('invitation as i')
    .innerJoin('person as p', 'p.id', 'i.person_id')
    .select(['i.id', 'i.person_id', 'i.suggested', 'i.invited_by', 'i.created_at', 'i.expires_at'])
    .select(['p.name', 'p.email'])
    .where('i.accepted_at', 'is', null)
    .where('i.revoked_at', 'is', null)
    .where('i.expires_at', '>', context.now())
    .orderBy('i.created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    name: row.name,
    email: row.email,
    suggested: row.suggested,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Refuses `people.invitation-unknown`. */
export async function revokeInvitation(context: PeopleContext, id: string, actorId: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('invitation')
      .set({ revoked_at: context.now() })
      .where('id', '=', id)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning('person_id')
      .executeTakeFirst();
    if (!row) throw refuse('people.invitation-unknown', 'There is no such open invitation.');
    await note(tx, context, 'people.invitation-revoked', actorId, { person: row.person_id, invitation: id });
  });
}

/** Sets the password and signs in. Refuses `people.link-over`, `people.provider-only` and the `people.password-*` codes. */
export async function acceptInvitation(
  context: PeopleContext,
  auth: LoadAuth,
  input: { readonly token: string; readonly password: string },
  visitor: Visitor,
): Promise<{ readonly personId: string; readonly cookies: SetCookies }> {
  const hash = tokenHash(input.token);
  const open = await context.db
    .selectFrom('invitation as i')
    .innerJoin('person as p', 'p.id', 'i.person_id')
    .select(['i.id', 'p.id as personId', 'p.name', 'p.email'])
    .where('i.hash', '=', hash)
    .where('i.accepted_at', 'is', null)
    .where('i.revoked_at', 'is', null)
    .where('i.expires_at', '>', context.now())
    .where('p.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!open) throw over();
  await requireOwnWay(context, open.personId);
  await checkNewPassword(input.password, [open.name, open.email]);
  const passwordHash = await hashPassword(input.password);

  await context.db.transaction().execute(async (tx) => {
    const now = context.now();
    const taken = await tx
      .updateTable('invitation')
      .set({ accepted_at: now })
      .where('id', '=', open.id)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!taken) throw over();
    await storePassword(tx, context, open.personId, passwordHash);
    await note(tx, context, 'people.invitation-accepted', open.personId, {
      person: open.personId,
      invitation: open.id,
    });
  });
  return {
    personId: open.personId,
    cookies: await enter(context, auth, open.personId, visitor, 'invitation'),
  };
}

function over() {
  return refuse('people.link-over', 'This invitation was used, revoked, or is older than seven days.', {
    remedy: 'Ask the person who invited you for a new one.',
  });
}
