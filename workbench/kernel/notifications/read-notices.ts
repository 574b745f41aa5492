// What one person may be told, as it stands now: rights, roles and states are asked again at every reading and sending.
import type { Kysely, RawBuilder, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { type Principal, readableProducts } from '../people/roles.ts';
import type {} from './tables.ts';
import { TOPIC_IDS, type Topic } from './topics.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/** Condition on `notice_item i`: the principal may read the product, it is for them, and it still holds. */
export function isFor(principal: Principal): RawBuilder<boolean> {
  const products = readableProducts(principal);
  const readable =
    products === 'all'
      ? sql`true`
      : products.length === 0
        ? sql`false`
        : sql`(i.product_id is null or i.product_id = any(${[...products]}::uuid[]))`;
  const grants = JSON.stringify(
    principal.grants.map(({ role, productId }) => ({ role, product: productId })),
  );
  return sql<boolean>`(${readable}
    and (i.person_id is null or i.person_id = ${principal.personId}::uuid)
    and (i.roles is null or exists (select 1 from jsonb_to_recordset(${grants}::jsonb) as g(role text, product uuid)
      where g.role = any(i.roles) and (g.product is null or g.product = i.product_id)))
    and ${principal.personId}::uuid <> all(i.except_ids)
    and (i.while_state is null or exists (select 1 from record r where r.id = i.record_id and r.state = i.while_state)))`;
}

export interface ShownItem {
  readonly id: number;
  readonly productId: string | null;
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly level: string | null;
  readonly urgent: boolean;
}

export interface ShownNotice {
  readonly id: string;
  readonly topic: Topic;
  readonly at: Date;
  readonly unread: boolean;
  readonly count: number;
  /** The first ones, worst first. */
  readonly items: readonly ShownItem[];
}

const RANK = sql`case i.level when 'critical' then 0 when 'high' then 1 when 'medium' then 2 when 'low' then 3 else 4 end`;
const ITEM = sql`jsonb_build_object('id', i.id, 'productId', i.product_id, 'title', i.title, 'text', i.text, 'link', i.link,
  'level', i.level, 'urgent', i.urgent)`;
const KEPT_DAYS = 30;

export interface NoticeQuery {
  readonly limit: number;
  readonly since?: Date;
  readonly unreadOnly?: boolean;
}

/** Notices of the last thirty days for this person, the latest first; topics that were switched off are left out. */
export async function listNotices(
  db: Db,
  principal: Principal,
  now: Date,
  query: NoticeQuery,
): Promise<ShownNotice[]> {
  const from = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const since = query.since && query.since > from ? query.since : from;
  const { rows } = await sql<Omit<ShownNotice, 'at'> & { at: Date; total: string }>`
    select n.id, n.topic, v.latest as at, (v.last_id > coalesce(d.item_id, 0)) as unread, v.total as count, v.items
    from notice n
    left join notice_read d on d.notice_id = n.id and d.person_id = ${principal.personId}::uuid
    cross join lateral (
      select count(*)::int as total, max(x.id) as last_id, max(x.created_at) as latest,
        coalesce(jsonb_agg(x.item order by x.rank, x.id) filter (where x.place <= 20), '[]') as items
      from (select i.id, i.created_at, ${RANK} as rank, ${ITEM} as item, row_number() over (order by ${RANK}, i.id) as place
        from notice_item i where i.notice_id = n.id and i.created_at >= ${since} and ${isFor(principal)}
          and not exists (select 1 from subscription s where s.person_id = ${principal.personId}::uuid and s.topic = n.topic and s.how = 'off'
            and (s.product_id = i.product_id or (s.product_id is null and not exists (select 1 from subscription o
              where o.person_id = s.person_id and o.topic = n.topic and o.product_id = i.product_id))))) x
    ) v
    where n.updated_at >= ${since} and n.topic = any(${[...TOPIC_IDS]}::text[]) and v.total > 0
      ${query.unreadOnly ? sql`and v.last_id > coalesce(d.item_id, 0)` : sql``}
    order by v.latest desc, n.id limit ${query.limit}`.execute(db);
  return rows;
}

/** Marks these notices, or all, as read up to what there is now. */
export async function markRead(
  db: Kysely<Tables>,
  personId: string,
  ids: readonly string[] | null,
  now: Date,
): Promise<void> {
  const from = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const which = ids === null ? sql`n.updated_at >= ${from}` : sql`n.id = any(${[...ids]}::uuid[])`;
  await sql`insert into notice_read (person_id, notice_id, item_id)
    select ${personId}::uuid, n.id, max(i.id) from notice n join notice_item i on i.notice_id = n.id where ${which} group by n.id
    on conflict (person_id, notice_id) do update set item_id = greatest(notice_read.item_id, excluded.item_id)`.execute(
    db,
  );
}

// Two looks within this time are one: the page asks again by itself.
const ONE_LOOK_MS = 30 * 60_000;

/** When the person looked before this look; yesterday for somebody who comes for the first time. */
export async function lookedBefore(db: Kysely<Tables>, personId: string, now: Date): Promise<Date> {
  const row = await db
    .selectFrom('notice_look')
    .select(['looked_at', 'before_at'])
    .where('person_id', '=', personId)
    .executeTakeFirst();
  const yesterday = new Date(now.getTime() - 86_400_000);
  if (!row) {
    await db
      .insertInto('notice_look')
      .values({ person_id: personId, looked_at: now })
      .onConflict((conflict) => conflict.column('person_id').doNothing())
      .execute();
    return yesterday;
  }
  const sameLook = now.getTime() - row.looked_at.getTime() < ONE_LOOK_MS;
  const before = sameLook ? row.before_at : row.looked_at;
  await db
    .updateTable('notice_look')
    .set(sameLook ? { looked_at: now } : { looked_at: now, before_at: row.looked_at })
    .where('person_id', '=', personId)
    .execute();
  return before !== null && before < yesterday ? before : yesterday;
}
