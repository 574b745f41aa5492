// Sessions: opening and closing them with their cookie, who stands behind one, ending them.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { Auth } from './auth.ts';
import type { PeopleContext, Visitor } from './context.ts';
import { refuse } from './errors.ts';
import type { Grant, Principal } from './roles.ts';
import { readSignedCookie } from './session-cookie.ts';
import { ABSOLUTE_MS, IDLE_MS, SEEN_EVERY_MS, sessionEnded } from './session-times.ts';

/** `Set-Cookie` values for the answer. */
export type SetCookies = readonly string[];

export interface SessionSummary {
  readonly id: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly endsAt: Date;
  readonly address: string;
  readonly userAgent: string;
}

/** The library takes half a second to load, so it is loaded with the first sign-in or by `warm`. */
export type LoadAuth = () => Promise<Auth>;

export async function openSession(
  auth: LoadAuth,
  personId: string,
  visitor: Visitor,
  provider: string | null = null,
): Promise<SetCookies> {
  const { api } = await auth();
  const { headers } = await api.openSession({
    body: { personId, address: visitor.address, userAgent: visitor.userAgent, provider },
    headers: new Headers(),
    returnHeaders: true,
  });
  return headers.getSetCookie();
}

/** Whoever began this session was at the door a moment ago. */
const JUST_NOW_MS = 10 * 60_000;

export async function justSignedIn(context: PeopleContext, sessionId: string | null): Promise<boolean> {
  if (sessionId === null) return false;
  const row = await context.db
    .selectFrom('session')
    .select('created_at')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return row !== undefined && context.now().getTime() - row.created_at.getTime() < JUST_NOW_MS;
}

/** Ends the session of these headers, if there is one, takes its cookie away, and says by which provider it began. */
export async function closeSession(
  context: PeopleContext,
  auth: LoadAuth,
  headers: Headers,
): Promise<{ readonly cookies: SetCookies; readonly provider: string | null }> {
  const token = readSignedCookie(headers, context.cookies.session, context.secret);
  const ended = token
    ? await context.db
        .deleteFrom('session')
        .where('token', '=', token)
        .returning('provider')
        .executeTakeFirst()
    : undefined;
  const { api } = await auth();
  const closed = await api.closeSession({ headers: new Headers(), returnHeaders: true });
  return { cookies: closed.headers.getSetCookie(), provider: ended?.provider ?? null };
}

/** Roles of a person, as a column: `[{"role":"developer","productId":null}]`. */
export const grantsOf = (personColumn: string) => sql<Grant[]>`coalesce((
  select jsonb_agg(jsonb_build_object('role', r.body->>'role', 'productId', r.product_id))
  from record r
  where r.kind = 'role-assignment' and r.state = 'active' and r.body->>'person' = ${sql.ref(personColumn)}::text
), '[]'::jsonb)`;

/** Who holds this session now; null when it ended. One query. */
export async function sessionPrincipal(
  context: PeopleContext,
  headers: Headers,
): Promise<{ principal: Principal; sessionId: string } | null> {
  const token = readSignedCookie(headers, context.cookies.session, context.secret);
  if (!token) return null;
  const row = await context.db
    .selectFrom('session as s')
    .innerJoin('person as p', 'p.id', 's.person_id')
    .where('s.token', '=', token)
    .where('p.disabled_at', 'is', null)
    .select(['s.id', 's.created_at', 's.last_seen_at', 'p.id as person_id', 'p.name'])
    .select(grantsOf('p.id').as('grants'))
    .executeTakeFirst();
  if (!row) return null;
  const now = context.now();
  if (sessionEnded({ createdAt: row.created_at, lastSeenAt: row.last_seen_at }, now)) {
    await context.db.deleteFrom('session').where('id', '=', row.id).execute();
    return null;
  }
  if (now.getTime() - row.last_seen_at.getTime() >= SEEN_EVERY_MS) {
    await context.db.updateTable('session').set({ last_seen_at: now }).where('id', '=', row.id).execute();
  }
  const principal: Principal = {
    via: 'session',
    personId: row.person_id,
    name: row.name,
    grants: row.grants,
    scopes: null,
    tokenProductId: null,
  };
  return { principal, sessionId: row.id };
}

/** The running sessions of a person, the latest first. */
export async function listSessions(
  db: Kysely<Tables>,
  personId: string,
  now: Date,
): Promise<SessionSummary[]> {
  const rows = await db
    .selectFrom('session')
    .selectAll()
    .where('person_id', '=', personId)
    .where('last_seen_at', '>', new Date(now.getTime() - IDLE_MS))
    .where('created_at', '>', new Date(now.getTime() - ABSOLUTE_MS))
    .orderBy('last_seen_at', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    startedAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    endsAt: new Date(Math.min(row.last_seen_at.getTime() + IDLE_MS, row.created_at.getTime() + ABSOLUTE_MS)),
    address: row.ip_address ?? '',
    userAgent: row.user_agent ?? '',
  }));
}

/** Refuses `people.session-unknown` for a session that is not this person's. */
export async function endSession(db: Kysely<Tables>, personId: string, sessionId: string): Promise<void> {
  const row = await db
    .deleteFrom('session')
    .where('id', '=', sessionId)
    .where('person_id', '=', personId)
    .returning('id')
    .executeTakeFirst();
  if (!row) throw refuse('people.session-unknown', 'You have no such session.');
}

/** Sessions that nobody came back to. */
export async function forgetEndedSessions(db: Kysely<Tables>, now: Date): Promise<void> {
  const longest = new Date(now.getTime() - ABSOLUTE_MS);
  await db.deleteFrom('session').where('created_at', '<=', longest).execute();
}

/** Ends everything that is signed in or half signed in; gives the number of sessions. */
export async function endAllSessions(db: Kysely<Tables>, personId: string): Promise<number> {
  await db.deleteFrom('one_time_token').where('person_id', '=', personId).execute();
  const ended = await db.deleteFrom('session').where('person_id', '=', personId).executeTakeFirst();
  return Number(ended.numDeletedRows);
}
