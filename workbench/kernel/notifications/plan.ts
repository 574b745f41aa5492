// Gives each item of a notice, once, to the deliveries of those who want it: a mail at once, the day's digest, a webhook.
// Waits until an event has come to rest, so that a mass change is one mail and not thousands.
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { rolesFor } from '../people/roles.ts';
import { isFor } from './read-notices.ts';
import { findRecipients, type Recipient } from './recipients.ts';
import type {} from './tables.ts';
import { howFor, mailTiming, type Topic } from './topics.ts';

/** An event that has added nothing for this long is over. */
export const QUIET_MS = 20_000;
/** No event keeps people waiting longer; what it adds later is told in a second mail. */
const LONGEST_MS = 5 * 60_000;
// 06:00 UTC: before the working day in Europe; one hour for all, as a house has many time zones or none.
const DIGEST_HOUR = 6;
/** What is older than this was not planned because nobody could be told; it stays in Ward. */
const STALE_MS = 2 * 86_400_000;
const PAGE = 2_000;
const PLAN_LOCK = 8100170;

interface Waiting {
  readonly id: string;
  readonly topic: Topic;
  readonly product_id: string | null;
  readonly urgent: boolean;
}

export interface PlanContext {
  readonly now: Date;
  readonly newId: () => string;
  readonly mail: boolean;
}

/**
 * Plans all that waits, in one transaction: an item is planned for everybody or for nobody, and what waits together is one
 * mail, however much it is. Gives how many items were planned.
 */
export async function planDeliveries(tx: Transaction<Tables>, context: PlanContext): Promise<number> {
  await sql`select pg_advisory_xact_lock(${PLAN_LOCK})`.execute(tx);
  const recipients = context.mail ? await findRecipients(tx) : [];
  const deliveries = new Map<string, string>();
  let count = 0;
  for (;;) {
    const items = await takeItems(tx, context.now);
    count += items.length;
    if (items.length > 0) {
      await planMails(tx, context, items, recipients, deliveries);
      await planWebhooks(tx, context, items, deliveries);
    }
    if (items.length < PAGE) return count;
  }
}

async function takeItems(tx: Transaction<Tables>, now: Date): Promise<Waiting[]> {
  const quiet = new Date(now.getTime() - QUIET_MS);
  const longest = new Date(now.getTime() - LONGEST_MS);
  const { rows } = await sql<Waiting>`
    with taken as (
      select i.id, n.topic from notice_item i join notice n on n.id = i.notice_id
      where i.planned_at is null and (n.updated_at <= ${quiet} or i.created_at <= ${longest})
      order by i.id limit ${PAGE}
    )
    update notice_item i set planned_at = ${now} from taken where i.id = taken.id
    returning i.id, taken.topic, i.product_id, i.urgent`.execute(tx);
  return rows;
}

async function planMails(
  tx: Transaction<Tables>,
  context: PlanContext,
  items: readonly Waiting[],
  recipients: readonly Recipient[],
  deliveries: Map<string, string>,
): Promise<void> {
  const fresh = new Date(context.now.getTime() - STALE_MS);
  for (const recipient of recipients) {
    const person = recipient.principal.personId;
    const wanted = { 'at-once': [] as string[], daily: [] as string[] };
    for (const item of await itemsFor(tx, recipient, items, fresh)) {
      const timing = timingFor(recipient, item);
      if (timing !== null) wanted[timing].push(item.id);
    }
    for (const timing of ['at-once', 'daily'] as const) {
      if (wanted[timing].length === 0) continue;
      const key = `${person} ${timing}`;
      const id =
        deliveries.get(key) ??
        (timing === 'daily' ? await digest(tx, context, person) : await newDelivery(tx, context, { person }));
      deliveries.set(key, id);
      await addItems(tx, id, person, wanted[timing]);
    }
  }
}

function timingFor(recipient: Recipient, item: Waiting) {
  const roles = rolesFor(recipient.principal, item.product_id);
  return mailTiming(howFor(item.topic, item.product_id, recipient.choices, roles), item.urgent);
}

async function itemsFor(
  tx: Transaction<Tables>,
  { principal }: Recipient,
  items: readonly Waiting[],
  fresh: Date,
): Promise<Waiting[]> {
  const { rows } = await sql<{ id: string }>`select i.id from notice_item i
    where i.id = any(${items.map((item) => item.id)}::bigint[]) and i.created_at >= ${fresh} and ${isFor(principal)}`.execute(
    tx,
  );
  const allowed = new Set(rows.map((row) => row.id));
  return items.filter((item) => allowed.has(item.id));
}

async function planWebhooks(
  tx: Transaction<Tables>,
  context: PlanContext,
  items: readonly Waiting[],
  deliveries: Map<string, string>,
): Promise<void> {
  const hooks = await tx
    .selectFrom('webhook')
    .select(['id', 'product_id', 'topics'])
    .where('active', '=', true)
    .where('deleted_at', 'is', null)
    .execute();
  for (const hook of hooks) {
    const wanted = items.filter(
      (item) =>
        hook.topics.includes(item.topic) && (hook.product_id === null || hook.product_id === item.product_id),
    );
    if (wanted.length === 0) continue;
    const delivery = deliveries.get(hook.id) ?? (await newDelivery(tx, context, { webhook: hook.id }));
    deliveries.set(hook.id, delivery);
    await addItems(
      tx,
      delivery,
      hook.id,
      wanted.map((item) => item.id),
    );
  }
}

async function addItems(
  tx: Transaction<Tables>,
  deliveryId: string,
  target: string,
  ids: readonly string[],
): Promise<void> {
  await sql`insert into delivery_item (delivery_id, item_id, target)
    select ${deliveryId}::uuid, id, ${target}::uuid from unnest(${[...ids]}::bigint[]) as id on conflict do nothing`.execute(
    tx,
  );
}

async function newDelivery(
  tx: Transaction<Tables>,
  { now, newId }: PlanContext,
  target: { readonly person?: string; readonly webhook?: string },
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('delivery')
    .values({
      id,
      kind: 'notices',
      channel: target.person ? 'mail' : 'webhook',
      person_id: target.person ?? null,
      webhook_id: target.webhook ?? null,
      state: 'waiting',
      due_at: now,
      created_at: now,
    })
    .execute();
  return id;
}

/** The next morning's mail of the person, made with its first item. */
async function digest(tx: Transaction<Tables>, context: PlanContext, personId: string): Promise<string> {
  const due = nextDigest(context.now);
  const { rows } = await sql<{ id: string }>`
    insert into delivery (id, kind, channel, person_id, state, digest_on, due_at, created_at)
    values (${context.newId()}, 'notices', 'mail', ${personId}::uuid, 'waiting', ${due.toISOString().slice(0, 10)}::date, ${due}, ${context.now})
    on conflict (person_id, digest_on) where state = 'waiting' and digest_on is not null do update set person_id = excluded.person_id
    returning id`.execute(tx);
  return (rows[0] as { id: string }).id;
}

export function nextDigest(now: Date): Date {
  const at = new Date(now);
  at.setUTCHours(DIGEST_HOUR, 0, 0, 0);
  if (at <= now) at.setUTCDate(at.getUTCDate() + 1);
  return at;
}
