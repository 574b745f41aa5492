// Tokens that open one thing once: the first run's link, the second step of a sign-in. Only their hash is stored.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { randomToken, tokenHash } from './secrets.ts';

export type TokenPurpose = 'first-run' | 'challenge';

export const FIRST_RUN_MS = 30 * 60_000;
export const CHALLENGE_MS = 5 * 60_000;

export async function makeOneTimeToken(
  db: Kysely<Tables>,
  purpose: TokenPurpose,
  personId: string | null,
  now: Date,
): Promise<string> {
  const token = randomToken();
  const lives = purpose === 'first-run' ? FIRST_RUN_MS : CHALLENGE_MS;
  await db.deleteFrom('one_time_token').where('expires_at', '<', now).execute();
  await db
    .insertInto('one_time_token')
    .values({
      hash: tokenHash(token),
      purpose,
      person_id: personId,
      created_at: now,
      expires_at: new Date(now.getTime() + lives),
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
): Promise<{ readonly personId: string | null } | null> {
  const row = await db
    .selectFrom('one_time_token')
    .select('person_id')
    .where('hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ? { personId: row.person_id } : null;
}

/** Like `peekOneTimeToken`, and of many at the same moment only one gets an answer. */
export async function takeOneTimeToken(
  db: Kysely<Tables>,
  purpose: TokenPurpose,
  token: string,
  now: Date,
): Promise<{ readonly personId: string | null } | null> {
  const row = await db
    .deleteFrom('one_time_token')
    .where('hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning('person_id')
    .executeTakeFirst();
  return row ? { personId: row.person_id } : null;
}
