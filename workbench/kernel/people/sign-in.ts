// Signing in: password, then the second factor where one is on. Says the same, in the same time, for an address that
// nobody has.
import {
  ADDRESS_POLICY,
  addressSubject,
  beginAttempt,
  clearAttempts,
  forgetOldAttempts,
  isShared,
  signInSubject,
  takeBack,
  uncount,
} from './back-off.ts';
import { note, type PeopleContext, type Visitor } from './context.ts';
import { findAccount, noteBackOff, passwordFits, takeCode } from './credential.ts';
import { refuse } from './errors.ts';
import { CHALLENGE_MS, makeOneTimeToken, peekOneTimeToken, takeOneTimeToken } from './one-time-token.ts';
import { requireOwnWay } from './own-way.ts';
import { acceptBackupCode, hasSecondFactor } from './second-factor.ts';
import { readCookie, shortCookie } from './session-cookie.ts';
import { forgetEndedSessions, type LoadAuth, openSession, type SetCookies } from './sessions.ts';

export type SignInStep =
  | { readonly step: 'done'; readonly personId: string; readonly cookies: SetCookies }
  | { readonly step: 'totp'; readonly cookies: SetCookies };

/** Refuses `people.wrong-credential`, `people.backed-off`, `people.provider-only`. */
export async function signIn(
  context: PeopleContext,
  auth: LoadAuth,
  input: { readonly email: string; readonly password: string },
  visitor: Visitor,
): Promise<SignInStep> {
  const { db } = context;
  const now = context.now();
  const email = input.email.toLowerCase();
  const fromAddress = isShared(visitor.address)
    ? null
    : await beginAttempt(db, addressSubject(visitor.address), now, ADDRESS_POLICY);
  const attempt = await beginAttempt(db, signInSubject(email), now);

  const account = await findAccount(db, { email });
  if (!(await passwordFits(account, input.password)) || !account) {
    await noteBackOff(context, attempt, account?.id ?? null);
    throw refuse('people.wrong-credential', 'E-mail address or password is wrong.');
  }
  if (fromAddress) await uncount(db, fromAddress);
  await requireOwnWay(context, account.id);

  if (await hasSecondFactor(db, account.id)) {
    await takeBack(db, attempt);
    const challenge = await makeOneTimeToken(db, 'challenge', account.id, now);
    return { step: 'totp', cookies: [challengeCookie(context, challenge, CHALLENGE_MS / 1000)] };
  }
  await clearAttempts(db, attempt.subject);
  const cookies = await enter(context, auth, account.id, visitor, 'password');
  return { step: 'done', personId: account.id, cookies };
}

/**
 * The second step: six digits of the authenticator, or a backup code.
 * Refuses `people.challenge-over`, `people.wrong-credential`, `people.totp-used`, `people.backed-off`.
 */
export async function finishSignIn(
  context: PeopleContext,
  auth: LoadAuth,
  headers: Headers,
  code: string,
  visitor: Visitor,
): Promise<{ readonly personId: string; readonly cookies: SetCookies }> {
  const { db } = context;
  const now = context.now();
  const over = () => refuse('people.challenge-over', 'There is no sign-in that waits for a code.');
  const challenge = readCookie(headers, context.cookies.challenge);
  if (!challenge) throw over();
  const waiting = await peekOneTimeToken(db, 'challenge', challenge, now);
  const account = waiting?.personId ? await findAccount(db, { id: waiting.personId }) : null;
  if (!account || account.disabled) throw over();

  const attempt = await beginAttempt(db, signInSubject(account.email), now);
  const isCode = /^\d{6}$/.test(code);
  if (isCode) {
    await takeCode(context, account.id, code, now, attempt);
  } else if (!(await acceptBackupCode(context, account.id, code))) {
    await noteBackOff(context, attempt, account.id);
    throw refuse('people.wrong-credential', 'The code is wrong.');
  }
  if (!(await takeOneTimeToken(db, 'challenge', challenge, now))) throw over();
  await clearAttempts(db, attempt.subject);
  const cookies = await enter(
    context,
    auth,
    account.id,
    visitor,
    isCode ? 'password+totp' : 'password+backup-code',
  );
  return { personId: account.id, cookies: [...cookies, challengeCookie(context, '', 0)] };
}

/** Opens a session and says so in the ledger. */
export async function enter(
  context: PeopleContext,
  auth: LoadAuth,
  personId: string,
  visitor: Visitor,
  via: string,
  provider: string | null = null,
): Promise<SetCookies> {
  await forgetOldAttempts(context.db, context.now());
  await forgetEndedSessions(context.db, context.now());
  await context.db
    .transaction()
    .execute((tx) => note(tx, context, 'people.signed-in', personId, { person: personId, via }));
  return openSession(auth, personId, visitor, provider);
}

function challengeCookie({ cookies }: PeopleContext, value: string, maxAgeSeconds: number): string {
  return shortCookie(cookies, cookies.challenge, value, maxAgeSeconds);
}
