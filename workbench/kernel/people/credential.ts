// Proving who one is: the password, the second factor, and the counting of failures around both.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { type Attempt, beginAttempt, clearAttempts, presenceSubject, takeBack } from './back-off.ts';
import { note, type PeopleContext } from './context.ts';
import { refuse } from './errors.ts';
import { provePasskey } from './passkeys.ts';
import { verifyPassword } from './password-hash.ts';
import type { Credential, PasskeyAssertion } from './people.ts';
import { acceptBackupCode, acceptCode, hasSecondFactor } from './second-factor.ts';
import { ACCOUNT_ACT } from './signed-act.ts';

export const PASSWORD_PROVIDER = 'credential';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string | null;
  readonly disabled: boolean;
}

export async function findAccount(
  db: Kysely<Tables>,
  by: { readonly email: string } | { readonly id: string },
): Promise<Account | null> {
  let query = db
    .selectFrom('person as p')
    .leftJoin('account as a', (join) =>
      join.onRef('a.person_id', '=', 'p.id').on('a.provider_id', '=', PASSWORD_PROVIDER),
    )
    .select(['p.id', 'p.name', 'p.email', 'p.disabled_at', 'a.password']);
  query = 'email' in by ? query.where('p.email', '=', by.email) : query.where('p.id', '=', by.id);
  const row = await query.executeTakeFirst();
  if (!row) return null;
  const { id, name, email, password } = row;
  return { id, name, email, password, disabled: row.disabled_at !== null };
}

/** True when this is the password of an account that may sign in; takes as long when there is no such account. */
export async function passwordFits(account: Account | null, password: string): Promise<boolean> {
  const usable = account !== null && !account.disabled;
  const fits = await verifyPassword(usable ? account.password : null, password);
  return usable && fits;
}

/** See `People.reauthenticate`. A backup code does not count here: it is for the door, not for a signature. */
export async function proveCredential(
  context: PeopleContext,
  personId: string,
  credential: Credential,
  now: Date,
  act: string,
): Promise<'password' | 'password+totp' | 'passkey'> {
  if ('passkey' in credential) return provePasskey(context, personId, credential.passkey, act);
  const attempt = await rightPassword(context, personId, credential.password, now);
  if (!(await hasSecondFactor(context.db, personId))) {
    await clearAttempts(context.db, attempt.subject);
    return 'password';
  }
  if (!credential.totp) {
    await takeBack(context.db, attempt);
    throw refuse('people.totp-needed', 'This account has a second factor.');
  }
  await takeCode(context, personId, credential.totp, now, attempt);
  await clearAttempts(context.db, attempt.subject);
  return 'password+totp';
}

/** How a person proves to be there for a change of the own account; one of password and passkey is given. */
export interface AccountProof {
  readonly password?: string | undefined;
  /** Six digits of the authenticator, or a backup code: who lost the telephone can still put it right. */
  readonly totp?: string | undefined;
  readonly passkey?: PasskeyAssertion | undefined;
}

/**
 * For what weakens or opens the own account: the second factor, tokens, passkeys. Refuses as `proveCredential` does.
 */
export async function proveForAccount(
  context: PeopleContext,
  personId: string,
  proof: AccountProof,
  now: Date,
): Promise<void> {
  if (proof.passkey) {
    await provePasskey(context, personId, proof.passkey, ACCOUNT_ACT);
    return;
  }
  const attempt = await rightPassword(context, personId, proof.password ?? '', now);
  if (await hasSecondFactor(context.db, personId)) {
    if (!proof.totp) {
      await takeBack(context.db, attempt);
      throw refuse('people.totp-needed', 'This account has a second factor.', { at: '$.totp' });
    }
    if (/^\d{6}$/.test(proof.totp)) await takeCode(context, personId, proof.totp, now, attempt);
    else if (!(await acceptBackupCode(context, personId, proof.totp))) {
      await noteBackOff(context, attempt, personId);
      throw refuse('people.wrong-credential', 'The code is wrong.', { at: '$.totp' });
    }
  }
  await clearAttempts(context.db, attempt.subject);
}

/**
 * The password alone, to change it: whoever has it gains nothing by another one, and every other session ends.
 * Refuses `people.wrong-credential`, `people.backed-off`.
 */
export async function provePassword(
  context: PeopleContext,
  personId: string,
  password: string,
  now: Date,
): Promise<void> {
  const attempt = await rightPassword(context, personId, password, now);
  if (await hasSecondFactor(context.db, personId)) await takeBack(context.db, attempt);
  else await clearAttempts(context.db, attempt.subject);
}

async function rightPassword(
  context: PeopleContext,
  personId: string,
  password: string,
  now: Date,
): Promise<Attempt> {
  const attempt = await beginAttempt(context.db, presenceSubject(personId), now);
  const account = await findAccount(context.db, { id: personId });
  if (await passwordFits(account, password)) return attempt;
  await noteBackOff(context, attempt, account?.id ?? null);
  throw refuse('people.wrong-credential', 'The password is wrong.');
}

/** Accepts a code once. Refuses `people.wrong-credential`, `people.totp-used`. */
export async function takeCode(
  context: PeopleContext,
  personId: string,
  code: string,
  now: Date,
  attempt: Attempt,
): Promise<void> {
  const outcome = await acceptCode(context, personId, code, now);
  if (outcome === 'accepted') return;
  await noteBackOff(context, attempt, personId);
  if (outcome === 'used') throw refuse('people.totp-used', 'This code was accepted once already.');
  throw refuse('people.wrong-credential', 'The code is wrong.');
}

/** The ledger hears of failures from the one on that makes the account wait. */
export async function noteBackOff(
  context: PeopleContext,
  attempt: Attempt,
  personId: string | null,
): Promise<void> {
  if (!attempt.blockedUntil) return;
  context.log.warn({ failures: attempt.failures, person: personId }, 'sign-in backed off');
  await context.db.transaction().execute((tx) =>
    note(tx, context, 'people.backed-off', null, {
      person: personId,
      failures: attempt.failures,
      until: attempt.blockedUntil?.toISOString() ?? null,
    }),
  );
}
