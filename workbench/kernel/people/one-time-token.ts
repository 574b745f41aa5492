// Tokens that open one thing once: the first run's link, the second step of a sign-in, the challenge of a passkey, the
// link for a new password. Only their hash is stored.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { randomToken, tokenHash } from './secrets.ts';

export type TokenPurpose =
  | 'first-run'
  | 'challenge'
  | 'passkey-add'
  | 'passkey-sign-in'
  | 'passkey-prove'
  | 'password-reset';

export const CHALLENGE_MS = 5 * 60_000;

const LIVES_MS: Readonly<Record<TokenPurpose, number>> = {
  'first-run': 30 * 60_000,
  challenge: CHALLENGE_MS,
  'passkey-add': CHALLENGE_MS,
  'passkey-sign-in': CHALLENGE_MS,
  'passkey-prove': CHALLENGE_MS,
  'password-reset': 24 * 3_600_000,
};

export interface TakenToken {
  readonly personId: string | null;
  readonly about: string | null;
}

export async function makeOneTimeToken(
  db: Kysely<Tables>,
  purpose: TokenPurpose,
  personId: string | null,
  now: Date,
  about: string | null = null,
): Promise<string> {
  const token = randomToken();
  await db.deleteFrom('one_time_token').where('expires_at', '<', now).execute();
  await db
    .insertInto('one_time_token')
    .values({
      hash: tokenHash(token),
      purpose,
      person_id: personId,
      about,
      created_at: now,
      expires_at: new Date(now.getTime() + LIVES_MS[purpose]),
    })
    .execute();
  return token;
}

/** Whose token it is, without using it up; null when it is unknown, used or too old. */
export async function peekOneTimeToken(
  db: Kysely<Tables>,
  purpose: TokenPurpose,
  token: string,
  now: Date,
): Promise<TakenToken | null> {
  const row = await db
    .selectFrom('one_time_token')
    .select(['person_id', 'about'])
    .where('hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ? { personId: row.person_id, about: row.about } : null;
}

/** Like `peekOneTimeToken`, and of many at the same moment only one gets an answer. */
export async function takeOneTimeToken(
  db: Kysely<Tables>,
  purpose: TokenPurpose,
  token: string,
  now: Date,
): Promise<TakenToken | null> {
  const row = await db
    .deleteFrom('one_time_token')
    .where('hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning(['person_id', 'about'])
    .executeTakeFirst();
  return row ? { personId: row.person_id, about: row.about } : null;
}
