// A forgotten password: an administrator makes a link, once, good for a day. It changes the password and ends what was opened
// with the old one: sessions and API tokens. The second factor stays, nobody is signed in by it, and the person is told at the next
// sign-in (decision 005).
import { endAllTokens } from './api-tokens.ts';
import { note, type PeopleContext } from './context.ts';
import { findAccount } from './credential.ts';
import { storePassword } from './directory.ts';
import { refuse } from './errors.ts';
import { withSlash } from './first-run.ts';
import { makeOneTimeToken, peekOneTimeToken, takeOneTimeToken } from './one-time-token.ts';
import { requireOwnWay } from './own-way.ts';
import { hashPassword } from './password-hash.ts';
import { checkNewPassword } from './password-rules.ts';
import { endAllSessions } from './sessions.ts';

/**
 * The link, for passing on by a safe way; an earlier one stops working. The present password works until it is used.
 * Refuses `people.person-unknown`, `people.no-password`, `people.reset-self`.
 */
export async function askPasswordReset(
  context: PeopleContext,
  personId: string,
  actorId: string,
): Promise<{ readonly url: string; readonly hours: number }> {
  if (personId === actorId)
    throw refuse(
      'people.reset-self',
      'Who is signed in with the password does not need a link for a new one.',
    );
  const account = await findAccount(context.db, { id: personId });
  if (!account || account.disabled)
    throw refuse('people.person-unknown', 'There is no such person who can sign in.');
  if (account.password === null)
    throw refuse('people.no-password', 'This person signs in without a password of Ward.');
  const token = await context.db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('one_time_token')
      .where('person_id', '=', personId)
      .where('purpose', '=', 'password-reset')
      .execute();
    const id = context.newId();
    await tx
      .insertInto('password_reset')
      .values({ id, person_id: personId, asked_by: actorId, asked_at: context.now() })
      .execute();
    await note(tx, context, 'people.password-reset-asked', actorId, { person: personId });
    return makeOneTimeToken(tx, 'password-reset', personId, context.now(), id);
  });
  const url = new URL('new-password', withSlash(context.baseUrl));
  url.hash = token;
  return { url: url.href, hours: 24 };
}

/** Sets the password and ends sessions and API tokens; nobody is signed in. Refuses `people.link-over` and the `people.password-*` codes. */
export async function usePasswordReset(
  context: PeopleContext,
  input: { readonly token: string; readonly password: string },
): Promise<void> {
  const waiting = await peekOneTimeToken(context.db, 'password-reset', input.token, context.now());
  const account = waiting?.personId ? await findAccount(context.db, { id: waiting.personId }) : null;
  if (!account || account.disabled) throw over();
  await requireOwnWay(context, account.id);
  await checkNewPassword(input.password, [account.name, account.email]);
  const hash = await hashPassword(input.password);
  await context.db.transaction().execute(async (tx) => {
    const taken = await takeOneTimeToken(tx, 'password-reset', input.token, context.now());
    if (!taken?.about) throw over();
    await storePassword(tx, context, account.id, hash);
    await endAllSessions(tx, account.id);
    const tokens = await endAllTokens(tx, account.id, context.now());
    await tx
      .updateTable('password_reset')
      .set({ used_at: context.now() })
      .where('id', '=', taken.about)
      .execute();
    await note(tx, context, 'people.password-reset-used', null, { person: account.id, tokens });
  });
  context.log.info({ person: account.id }, 'password reset');
}

export interface ResetNotice {
  readonly at: Date;
  /** Name of who asked for it; null when the person is not known any more. */
  readonly by: string | null;
}

/** The latest reset that the person has not confirmed to have seen. */
export async function unseenReset(context: PeopleContext, personId: string): Promise<ResetNotice | null> {
  const row = await context.db
    .selectFrom('password_reset as r')
    .leftJoin('person as p', 'p.id', 'r.asked_by')
    .select(['r.used_at', 'p.name'])
    .where('r.person_id', '=', personId)
    .where('r.used_at', 'is not', null)
    .where('r.seen_at', 'is', null)
    .orderBy('r.used_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.used_at ? { at: row.used_at, by: row.name } : null;
}

export async function confirmResetSeen(context: PeopleContext, personId: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const seen = await tx
      .updateTable('password_reset')
      .set({ seen_at: context.now() })
      .where('person_id', '=', personId)
      .where('used_at', 'is not', null)
      .where('seen_at', 'is', null)
      .returning('id')
      .execute();
    if (seen.length > 0)
      await note(tx, context, 'people.password-reset-seen', personId, { person: personId });
  });
}

function over() {
  return refuse('people.link-over', 'This link was used, replaced by a newer one, or is older than a day.', {
    remedy: 'Ask an administrator for a new one.',
  });
}
