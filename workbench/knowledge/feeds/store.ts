// The feeds as they are kept: list, make, change, delete. Who may is the caller's to ask.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { Records, Unit } from '../../kernel/records/records.ts';
import type { FeedKindId } from '../store/tables.ts';
import { FEED_DEFAULTS } from './defaults.ts';
import { refuseFeed } from './errors.ts';
import { feedUrl } from './http-client.ts';
import { feedSettings } from './kinds/index.ts';
import { type LeftOut, leftOutOf } from './left-out.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/** First key of the advisory lock that a running feed holds; the second is the hash of its id. */
export const FEED_LOCK = 8100164;

export type FeedState = 'off' | 'never' | 'running' | 'fresh' | 'old' | 'failing' | 'incomplete';

export interface FeedCounts {
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
  readonly notMatched: number;
  /** What was left out, in words; at most twenty. */
  readonly notes: readonly string[];
}

export interface FeedView {
  readonly id: string;
  readonly kind: FeedKindId;
  readonly title: string;
  readonly url: string;
  readonly settings: JsonObject;
  readonly own: boolean;
  readonly enabled: boolean;
  readonly everyMinutes: number;
  readonly state: FeedState;
  readonly running: {
    readonly since: string;
    readonly step: string;
    readonly done: number | null;
    readonly total: number | null;
  } | null;
  readonly lastRunAt: string | null;
  readonly lastGoodAt: string | null;
  readonly lastChangedAt: string | null;
  readonly nextRunAt: string | null;
  readonly failing: {
    readonly since: string;
    readonly failures: number;
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
  } | null;
  readonly counts: FeedCounts | null;
  readonly bytes: number;
  /** Documents that could not be read; they are tried again at each run. At most twenty of them are named. */
  readonly leftOut: readonly LeftOut[];
  readonly leftOutCount: number;
}

/** Adds what ships with Ward and is not there yet; changes nothing that somebody has set. */
export async function addDefaults(db: Db, now: Date): Promise<void> {
  await db
    .insertInto('knowledge_feed')
    .values(
      FEED_DEFAULTS.map(({ id, kind, title, url, settings, everyMinutes }) => ({
        id,
        kind,
        title,
        url,
        settings: JSON.stringify(settings),
        every_minutes: everyMinutes,
        cursor: '{}',
        counts: '{}',
        created_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

// A run holds its lock as long as its process lives: a row that says "running" without it was killed.
const IS_RUNNING = sql<boolean>`exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
  and l.classid = ${sql.lit(FEED_LOCK)}::oid and l.objid = (hashtext(knowledge_feed.id)::bigint & 4294967295)::oid
  and l.database = (select d.oid from pg_database d where d.datname = current_database()))`;

export async function listFeeds(db: Db, now: Date): Promise<FeedView[]> {
  await addDefaults(db, now);
  const rows = await db
    .selectFrom('knowledge_feed')
    .selectAll()
    .select(IS_RUNNING.as('is_running'))
    .orderBy('own')
    .orderBy('created_at')
    .orderBy('id')
    .limit(500)
    .execute();
  const order = FEED_DEFAULTS.map(({ id }) => id);
  const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return rows.map((row) => present(row, now)).sort((a, b) => rank(a.id) - rank(b.id));
}

export async function findFeed(db: Db, id: string, now: Date): Promise<FeedView> {
  const found = (await listFeeds(db, now)).find((feed) => feed.id === id);
  if (!found)
    throw refuseFeed('feed.not-found', `There is no feed ${JSON.stringify(id.slice(0, 60))}.`, {
      at: id.slice(0, 60),
    });
  return found;
}

interface Row {
  id: string;
  kind: FeedKindId;
  title: string;
  url: string;
  settings: JsonObject;
  own: boolean;
  enabled: boolean;
  every_minutes: number;
  running_since: Date | null;
  step: string | null;
  step_done: string | null;
  step_total: string | null;
  last_run_at: Date | null;
  last_good_at: Date | null;
  last_changed_at: Date | null;
  next_run_at: Date | null;
  failing_since: Date | null;
  failures: number;
  error_code: string | null;
  error: string | null;
  error_remedy: string | null;
  cursor: JsonObject;
  counts: JsonObject;
  bytes: string;
  is_running: boolean;
}

const NAMED = 20;

function present(row: Row, now: Date): FeedView {
  const leftOut = leftOutOf(row.cursor);
  const instant = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    url: row.url,
    settings: row.settings,
    own: row.own,
    enabled: row.enabled,
    everyMinutes: row.every_minutes,
    state: stateOf(row, now, leftOut.length > 0),
    running: row.is_running
      ? {
          since: (row.running_since ?? now).toISOString(),
          step: row.step ?? 'Starting',
          done: row.step_done === null ? null : Number(row.step_done),
          total: row.step_total === null ? null : Number(row.step_total),
        }
      : null,
    lastRunAt: instant(row.last_run_at),
    lastGoodAt: instant(row.last_good_at),
    lastChangedAt: instant(row.last_changed_at),
    nextRunAt: row.enabled ? instant(row.next_run_at) : null,
    failing:
      row.failing_since === null
        ? null
        : {
            since: row.failing_since.toISOString(),
            failures: row.failures,
            code: row.error_code ?? 'fault',
            message: row.error ?? 'Something broke.',
            remedy: row.error_remedy ?? '',
          },
    counts: 'read' in row.counts ? (row.counts as unknown as FeedCounts) : null,
    bytes: Number(row.bytes),
    leftOut: leftOut.slice(0, NAMED),
    leftOutCount: leftOut.length,
  };
}

const DAY_MS = 86_400_000;

/**
 * *Old*: the last good run is further back than two turns, and at least a day. *Incomplete*: it answers, but some of its documents
 * cannot be read.
 */
function stateOf(row: Row, now: Date, isIncomplete: boolean): FeedState {
  if (row.is_running) return 'running';
  if (row.failing_since !== null) return 'failing';
  if (row.last_good_at === null) return row.enabled ? 'never' : 'off';
  const age = now.getTime() - row.last_good_at.getTime();
  if (age > Math.max(DAY_MS, 2 * row.every_minutes * 60_000)) return 'old';
  return isIncomplete ? 'incomplete' : 'fresh';
}

export interface NewFeed {
  readonly id: string;
  readonly kind: FeedKindId;
  readonly title: string;
  readonly url: string;
  readonly everyMinutes: number;
  readonly settings?: unknown;
  readonly enabled: boolean;
}

/** Refuses `feed.exists`, `feed.wrong-address` and `feed.wrong-settings`. */
export async function createFeed(records: Records, principal: Principal, feed: NewFeed): Promise<FeedView> {
  const url = feedUrl(feed.url).href;
  const settings = feedSettings(feed.kind, feed.settings);
  return records.write(principal, async (unit) => {
    await addDefaults(unit.db, unit.now);
    const made = await unit.db
      .insertInto('knowledge_feed')
      .values({
        id: feed.id,
        kind: feed.kind,
        title: feed.title,
        url,
        settings: JSON.stringify(settings),
        own: true,
        enabled: feed.enabled,
        every_minutes: feed.everyMinutes,
        next_run_at: unit.now,
        cursor: '{}',
        counts: '{}',
        created_at: unit.now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) throw refuseFeed('feed.exists', `A feed ${feed.id} exists.`, { at: 'id' });
    await note(unit, 'knowledge.feed-added', { feed: feed.id, url, settings, enabled: feed.enabled });
    return findFeed(unit.db, feed.id, unit.now);
  });
}

export interface FeedChange {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly everyMinutes?: number | undefined;
  readonly settings?: unknown;
  readonly enabled?: boolean | undefined;
}

/** Another address begins anew: what its server knows is not what the old one knew. */
export async function changeFeed(
  records: Records,
  principal: Principal,
  id: string,
  change: FeedChange,
): Promise<FeedView> {
  return records.write(principal, async (unit) => {
    const feed = await findFeed(unit.db, id, unit.now);
    const url = change.url === undefined ? feed.url : feedUrl(change.url).href;
    const settings = change.settings === undefined ? feed.settings : feedSettings(feed.kind, change.settings);
    const next = {
      title: change.title ?? feed.title,
      url,
      settings,
      everyMinutes: change.everyMinutes ?? feed.everyMinutes,
      enabled: change.enabled ?? feed.enabled,
    };
    await unit.db
      .updateTable('knowledge_feed')
      .set({
        title: next.title,
        url,
        settings: JSON.stringify(settings),
        every_minutes: next.everyMinutes,
        enabled: next.enabled,
        ...(url === feed.url ? {} : { cursor: '{}' }),
        ...(next.enabled && (!feed.enabled || url !== feed.url) ? { next_run_at: unit.now } : {}),
      })
      .where('id', '=', id)
      .execute();
    await note(unit, 'knowledge.feed-changed', { feed: id, ...next });
    return findFeed(unit.db, id, unit.now);
  });
}

/** What it brought stays. Refuses `feed.is-default`. */
export async function deleteFeed(records: Records, principal: Principal, id: string): Promise<void> {
  await records.write(principal, async (unit) => {
    const feed = await findFeed(unit.db, id, unit.now);
    if (!feed.own) throw refuseFeed('feed.is-default', `${feed.title} ships with Ward.`, { at: id });
    await unit.db.deleteFrom('knowledge_feed').where('id', '=', id).execute();
    await note(unit, 'knowledge.feed-deleted', { feed: id, url: feed.url });
  });
}

export async function note(unit: Unit, action: string, content: JsonObject): Promise<void> {
  await unit.commit([{ type: 'note', action, productId: null, record: null, content }]);
}
