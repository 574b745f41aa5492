// The log of sendings, as far as the reader is concerned: their own mails, the webhooks that they keep; all for an
// administrator. What was in them is not shown.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { type Principal, rolesFor } from '../people/roles.ts';
import type { DeliveryState } from './delivery-states.ts';
import { refuseNotification } from './errors.ts';
import type {} from './tables.ts';
import { keepsWebhooks } from './webhooks.ts';

interface Row {
  readonly id: string;
  readonly kind: 'notices' | 'test' | 'invitation';
  readonly channel: 'mail' | 'webhook';
  readonly person_id: string | null;
  readonly webhook_product: string | null;
  readonly to: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly items: number;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly sent_at: Date | null;
  readonly answer: string | null;
}

function concerns(principal: Principal, row: Row): boolean {
  if (row.channel === 'webhook') return keepsWebhooks(principal, row.webhook_product);
  return row.person_id === principal.personId || rolesFor(principal, null).includes('administrator');
}

const ROWS = sql`
  select d.id, d.kind, d.channel, d.person_id, w.product_id as webhook_product, coalesce(p.email, w.name) as to, d.state,
    d.attempts, (select count(*)::int from delivery_item i where i.delivery_id = d.id) as items, d.created_at, d.due_at,
    d.sent_at, d.answer
  from delivery d left join person p on p.id = d.person_id left join webhook w on w.id = d.webhook_id`;

/** The latest 200. */
export async function listDeliveries(db: Kysely<Tables>, principal: Principal): Promise<Row[]> {
  const all = rolesFor(principal, null).includes('administrator');
  const { rows } = await sql<Row>`${ROWS}
    where ${all} or d.person_id = ${principal.personId}::uuid or d.webhook_id is not null
    order by d.created_at desc, d.id desc limit 1000`.execute(db);
  return rows.filter((row) => concerns(principal, row)).slice(0, 200);
}

/** Refuses `delivery.not-found`. */
export async function findDelivery(db: Kysely<Tables>, principal: Principal, id: string): Promise<Row> {
  const { rows } = await sql<Row>`${ROWS} where d.id = ${id}::uuid`.execute(db);
  const [row] = rows;
  if (!row || !concerns(principal, row))
    throw refuseNotification('delivery.not-found', 'There is no such delivery of yours.');
  return row;
}
