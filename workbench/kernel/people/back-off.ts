// Slows down guessing: after a few failures in a row each further attempt waits twice as long. Kept in PostgreSQL, so
// that all processes count together. An attempt is counted before it is checked: a hundred at once count as a hundred.
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { refuse } from './errors.ts';

export interface BackOffPolicy {
  /** From this failure in a row on, waiting begins. */
  readonly free: number;
  readonly longestWaitSeconds: number;
  /** Failures older than this are forgotten. */
  readonly forgetSeconds: number;
}

export const ACCOUNT_POLICY: BackOffPolicy = { free: 5, longestWaitSeconds: 900, forgetSeconds: 86_400 };
/** Many people may sit behind one address, so it waits late and shortly; it slows who tries one password on many accounts. */
export const ADDRESS_POLICY: BackOffPolicy = { free: 50, longestWaitSeconds: 60, forgetSeconds: 900 };

/** 0 for the first failures, then 2, 4, 8 … up to the longest. */
export function waitSeconds(failures: number, policy: BackOffPolicy): number {
  if (failures < policy.free) return 0;
  return Math.min(policy.longestWaitSeconds, 2 ** Math.min(failures - policy.free + 1, 30));
}

/** Sign-in counts by e-mail address, known or not, so that strangers cannot tell which accounts exist. */
export function signInSubject(email: string): string {
  return `sign-in:${createHash('sha256').update(email.toLowerCase()).digest('base64url')}`;
}

/** Apart from sign-in: a stranger who guesses at the door cannot keep the person in the house from signing. */
export const presenceSubject = (personId: string): string => `present:${personId}`;
export const addressSubject = (address: string): string =>
  `address:${createHash('sha256').update(address).digest('base64url')}`;

export interface Attempt {
  readonly subject: string;
  /** Failures in a row if this attempt fails. */
  readonly failures: number;
  readonly blockedUntil: Date | null;
}

/** Counts an attempt. Refuses `people.backed-off` while the subject has to wait; such an attempt is not counted. */
export async function beginAttempt(
  db: Kysely<Tables>,
  subject: string,
  now: Date,
  policy: BackOffPolicy = ACCOUNT_POLICY,
): Promise<Attempt> {
  const forgotten = new Date(now.getTime() - policy.forgetSeconds * 1000);
  const wait = sql`make_interval(secs => least(${policy.longestWaitSeconds}::float8,
    power(2, least(a.failures + 2 - ${policy.free}::integer, 30))))`;
  const { rows } = await sql<{ failures: number; blocked_until: Date | null }>`
    insert into sign_in_attempt as a (subject, failures, blocked_until, last_at)
    values (${subject}, 1, null, ${now})
    on conflict (subject) do update set
      failures = case when a.last_at < ${forgotten} then 1 else a.failures + 1 end,
      blocked_until = case when a.last_at >= ${forgotten} and a.failures + 1 >= ${policy.free}
        then ${now}::timestamptz + ${wait} end,
      last_at = ${now}
    where a.blocked_until is null or a.blocked_until <= ${now}
    returning failures, blocked_until
  `.execute(db);
  const row = rows[0];
  if (row) return { subject, failures: row.failures, blockedUntil: row.blocked_until };
  const blocked = await db
    .selectFrom('sign_in_attempt')
    .select('blocked_until')
    .where('subject', '=', subject)
    .executeTakeFirst();
  const until = blocked?.blocked_until ?? now;
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  throw refuse(
    'people.backed-off',
    `After several wrong attempts this has to wait ${waitInWords(seconds)}.`,
    {
      detail: { retryAfterSeconds: seconds },
    },
  );
}

/** The whole sign-in succeeded: the failures before are forgotten. */
export async function clearAttempts(db: Kysely<Tables>, subject: string): Promise<void> {
  await db.deleteFrom('sign_in_attempt').where('subject', '=', subject).execute();
}

/**
 * Takes one attempt back that was right but not the whole sign-in. Does nothing when another attempt has come in
 * between: else the right password could be used to wipe out wrong codes.
 */
export async function takeBack(db: Kysely<Tables>, attempt: Attempt): Promise<void> {
  await db
    .updateTable('sign_in_attempt')
    .set({ failures: attempt.failures - 1, blocked_until: null })
    .where('subject', '=', attempt.subject)
    .where('failures', '=', attempt.failures)
    .where('blocked_until', 'is not distinct from', attempt.blockedUntil)
    .execute();
}

/** For an address: one attempt less, whatever came in between; a wait that has begun stays. */
export async function uncount(db: Kysely<Tables>, attempt: Attempt): Promise<void> {
  await db
    .updateTable('sign_in_attempt')
    .set({ failures: sql<number>`greatest(failures - 1, 0)` })
    .where('subject', '=', attempt.subject)
    .execute();
}

/** Not an address of one visitor: a proxy on this machine, behind which everybody comes. */
export function isShared(address: string): boolean {
  return /^(::1|(::ffff:)?127\.[\d.]+|local|unknown|)$/.test(address);
}

/** Keeps the table small; strangers can make a row for every address they think of. */
export async function forgetOldAttempts(db: Kysely<Tables>, now: Date): Promise<void> {
  const old = new Date(now.getTime() - ACCOUNT_POLICY.forgetSeconds * 1000);
  await db.deleteFrom('sign_in_attempt').where('last_at', '<', old).execute();
}

function waitInWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'one second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
