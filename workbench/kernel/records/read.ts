// Reads records, links and revisions from the database.
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { RecordTable, Tables } from '../database/schema.ts';
import type { Principal } from '../people/roles.ts';
import { canReadProduct, readableProducts } from '../people/roles.ts';
import { requireReadable } from './decide.ts';
import type { JsonObject, WardRecord } from './record.ts';

type Db = Kysely<Tables>;
type Row = Omit<Selectable<RecordTable>, 'search' | 'number'>;

const COLUMNS = [
  'id',
  'kind',
  'key',
  'product_id',
  'revision',
  'state',
  'title',
  'body',
  'author_id',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function toRecord(row: Row): WardRecord {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    productId: row.product_id,
    revision: row.revision,
    state: row.state,
    title: row.title,
    body: row.body,
    authorId: row.author_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** By id or human key; undefined when there is none. Asks no rights. */
export function findRecord(db: Db, idOrKey: string): Promise<WardRecord | undefined> {
  return find(db.selectFrom('record').select(COLUMNS), idOrKey);
}

/**
 * The same, and nobody else changes it until the transaction ends. Keys never change, so links and verdicts that refer to the record
 * may still be written: with `for update` they would wait here while they hold what this transaction needs next.
 */
export function findAndLock(db: Db, idOrKey: string): Promise<WardRecord | undefined> {
  return find(db.selectFrom('record').select(COLUMNS).forNoKeyUpdate(), idOrKey);
}

async function find(
  query: SelectQueryBuilder<Tables, 'record', Row>,
  idOrKey: string,
): Promise<WardRecord | undefined> {
  const row = UUID.test(idOrKey)
    ? await query.where('id', '=', idOrKey).executeTakeFirst()
    : await query.where('key', '=', idOrKey.toUpperCase().slice(0, 40)).executeTakeFirst();
  return row && toRecord(row);
}

/** Refuses `record.not-found` also for what the principal may not see. */
export async function readRecord(db: Db, principal: Principal, idOrKey: string): Promise<WardRecord> {
  return requireReadable(await findRecord(db, idOrKey), principal, idOrKey.slice(0, 60));
}

/** By ids or keys, in their order. Refuses `record.not-found` for the first that is not there or may not be seen. */
export async function readRecords(
  db: Db,
  principal: Principal,
  idsOrKeys: readonly string[],
): Promise<WardRecord[]> {
  if (idsOrKeys.length === 0) return [];
  const ids = idsOrKeys.filter((one) => UUID.test(one)).map((one) => one.toLowerCase());
  const keys = idsOrKeys.filter((one) => !UUID.test(one)).map((one) => one.toUpperCase().slice(0, 40));
  const rows = await db
    .selectFrom('record')
    .select(COLUMNS)
    .where(sql<boolean>`(id = any(${ids}::uuid[]) or key = any(${keys}::text[]))`)
    .execute();
  const found = new Map<string, WardRecord>();
  for (const row of rows) {
    found.set(row.id, toRecord(row));
    found.set(row.key, toRecord(row));
  }
  return idsOrKeys.map((one) =>
    requireReadable(
      found.get(UUID.test(one) ? one.toLowerCase() : one.toUpperCase().slice(0, 40)),
      principal,
      one.slice(0, 60),
    ),
  );
}

export async function findRecords(db: Db, ids: readonly string[]): Promise<WardRecord[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('record')
    .select(COLUMNS)
    .where('id', 'in', [...ids])
    .execute();
  return rows.map(toRecord);
}

/** In one order for everyone, so that two who lock many never wait for each other in a circle. */
export async function lockRecords(db: Db, ids: readonly string[]): Promise<WardRecord[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('record')
    .select(COLUMNS)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows.map(toRecord);
}

export interface ListFilter {
  readonly kind?: string | undefined;
  readonly productId?: string | undefined;
  readonly states?: readonly string[] | undefined;
  /** Words of title and body, or (the start of) a key. */
  readonly text?: string | undefined;
  readonly sort?: 'key' | 'title' | 'state' | 'updated' | undefined;
  readonly descending?: boolean | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it as `cursor` for the next page; null on the last. */
  readonly next: string | null;
  /** All that fit the filter. */
  readonly total: number;
}

const SORTS = {
  key: sql`number`,
  title: sql`lower(title)`,
  state: sql`state`,
  updated: sql`updated_at`,
} as const;

/** One page in the database's order; the offset is bounded, so that a page deep in the list stays a cheap mistake. */
export async function listRecords(
  db: Db,
  principal: Principal,
  filter: ListFilter,
  cursor: string | undefined,
  limit: number,
): Promise<Page<WardRecord>> {
  const offset = Math.min(Number(cursor ?? 0) || 0, 1_000_000);
  const conditions = [readable(principal)];
  if (filter.kind) conditions.push(sql`kind = ${filter.kind}`);
  if (filter.productId) conditions.push(sql`product_id = ${filter.productId}::uuid`);
  if (filter.states?.length) conditions.push(sql`state = any(${[...filter.states]}::text[])`);
  if (filter.text) conditions.push(textCondition(filter.text));
  const where = sql.join(conditions, sql` and `);
  const order = SORTS[filter.sort ?? 'key'];
  const direction = (filter.descending ?? false) ? sql`desc` : sql`asc`;
  const [{ rows }, counted] = await Promise.all([
    sql<Row>`select ${sql.ref('id')}, ${sql.join(COLUMNS.slice(1).map((c) => sql.ref(c)))} from record
      where ${where} order by ${order} ${direction}, id limit ${limit + 1} offset ${offset}`.execute(db),
    sql<{ total: string }>`select count(*) as total from record where ${where}`.execute(db),
  ]);
  const items = rows.slice(0, limit).map(toRecord);
  return {
    items,
    next: rows.length > limit ? String(offset + limit) : null,
    total: Number(counted.rows[0]?.total ?? 0),
  };
}

function readable(principal: Principal) {
  const products = readableProducts(principal);
  if (products === 'all') return sql`true`;
  const ids = [...products];
  const house =
    principal.grants.some((grant) => grant.role !== 'supplier-contact') && principal.tokenProductId === null;
  return sql`(product_id = any(${ids}::uuid[]) or id = any(${ids}::uuid[]) or (${house} and product_id is null and kind <> 'product'))`;
}

function textCondition(text: string) {
  const words =
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 10) ?? [];
  const query = words.map((word) => `${word.slice(0, 60)}:*`).join(' & ');
  return sql`((${query} <> '' and search @@ to_tsquery('simple', ${query})) or key ilike ${`${text.replace(/[\\%_]/g, '\\$&')}%`})`;
}

/** Search over keys and texts of all kinds, best first. */
export async function searchRecords(
  db: Db,
  principal: Principal,
  text: string,
  limit: number,
): Promise<WardRecord[]> {
  const words =
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 10) ?? [];
  if (words.length === 0) return [];
  const query = words.map((word) => `${word.slice(0, 60)}:*`).join(' & ');
  const { rows } = await sql<Row>`
    select ${sql.join(COLUMNS.map((c) => sql.ref(c)))} from record
    where ${readable(principal)} and ${textCondition(text)}
    order by (key ilike ${text.trim()}) desc, (key ilike ${`${text.trim().replace(/[\\%_]/g, '\\$&')}%`}) desc,
      ts_rank(search, to_tsquery('simple', ${query})) desc, updated_at desc
    limit ${limit}`.execute(db);
  return rows.map(toRecord);
}

export interface LinkView {
  readonly id: string;
  readonly type: string;
  readonly direction: 'out' | 'in';
  readonly seenRevision: number;
  /** The record at the other end. */
  readonly other: WardRecord;
  /** True when the far end moved since the link's author saw it. */
  readonly suspect: boolean;
}

/** Links both ways, those that the principal may see. */
export async function linksOf(db: Db, principal: Principal, recordId: string): Promise<LinkView[]> {
  const rows = await db
    .selectFrom('link')
    .innerJoin('record', (join) =>
      join.on((on) =>
        on.or([
          on.and([on('link.from_id', '=', recordId), on('record.id', '=', on.ref('link.to_id'))]),
          on.and([on('link.to_id', '=', recordId), on('record.id', '=', on.ref('link.from_id'))]),
        ]),
      ),
    )
    .leftJoin('record as far', 'far.id', 'link.to_id')
    .select([
      'link.id as link_id',
      'link.type',
      'link.from_id',
      'link.seen_revision',
      'far.revision as far_revision',
    ])
    .select(COLUMNS.map((column) => `record.${column}` as const))
    .where('link.ended_at', 'is', null)
    .where((on) => on.or([on('link.from_id', '=', recordId), on('link.to_id', '=', recordId)]))
    .orderBy('link.type')
    .orderBy('record.kind')
    .orderBy('record.number')
    .limit(2_000)
    .execute();
  return rows
    .filter((row) => canReadProduct(principal, row.kind === 'product' ? row.id : row.product_id))
    .map((row) => ({
      id: row.link_id,
      type: row.type,
      direction: row.from_id === recordId ? ('out' as const) : ('in' as const),
      seenRevision: row.seen_revision,
      other: toRecord(row as unknown as Row),
      suspect: (row.far_revision ?? 0) > row.seen_revision,
    }));
}

export interface Revision {
  readonly revision: number;
  readonly at: Date;
  readonly authorId: string | null;
  readonly title: string;
  readonly state: string;
  readonly reason: string | null;
  readonly body: JsonObject;
  /** Content hash, hex: what a signature binds. */
  readonly hash: string;
}

export async function readRevision(
  db: Db,
  recordId: string,
  revision: number,
): Promise<Revision | undefined> {
  const { rows } = await sql<{ at: Date; actor: string | null; content: JsonObject; hash: string }>`
    select at, actor, content, encode(content_hash, 'hex') as hash from ledger
    where record = ${recordId}::uuid and revision = ${revision} and action in ('record.created', 'record.edited')`.execute(
    db,
  );
  const row = rows[0];
  if (!row) return undefined;
  const { title, state, reason, body } = row.content as {
    title: string;
    state: string;
    reason: string | null;
    body: JsonObject;
  };
  return { revision, at: row.at, authorId: row.actor, title, state, reason, body, hash: row.hash };
}

/**
 * Authors of every revision since the last approval, and always the author of the present one (a re-opened record may
 * be approved again, but not by who wrote it): none of them may approve.
 */
export async function authorsSinceApproval(db: Db, recordId: string): Promise<string[]> {
  const { rows } = await sql<{ actor: string }>`
    select distinct l.actor from ledger l join record r on r.id = l.record
    where l.record = ${recordId}::uuid and l.action in ('record.created', 'record.edited') and l.actor is not null
      and (l.revision = r.revision or l.revision > coalesce((select max(revision) from ledger
        where record = ${recordId}::uuid and action = 'signature.made' and content->>'meaning' = 'approve'), 0))`.execute(
    db,
  );
  return rows.map((row) => row.actor);
}
