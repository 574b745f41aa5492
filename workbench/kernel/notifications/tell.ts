// Writes notices, in the transaction of whatever found them: both are durable or neither.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { Role } from '../people/roles.ts';
import type {} from './tables.ts';
import type { Topic } from './topics.ts';

type Tx = Transaction<Tables> | Kysely<Tables>;

export interface NoticeItem {
  /** Names the item inside its notice; the same again is told once. */
  readonly subject: string;
  readonly productId: string | null;
  readonly recordId?: string;
  /** Told only while the record is in this state. */
  readonly whileState?: string;
  readonly personId?: string;
  readonly roles?: readonly Role[];
  readonly exceptIds?: readonly string[];
  readonly title: string;
  readonly text: string;
  /** Path inside Ward, from `/`. */
  readonly link: string;
  readonly level?: string;
  readonly urgent?: boolean;
}

export interface NoticeDraft {
  readonly topic: Topic;
  /** What makes it one event for people: an import, one flaw on one day. */
  readonly occasion: string;
  readonly items: readonly NoticeItem[];
}

const BATCH = 2_000;

/** Idempotent: the same subjects of the same occasion change nothing. Gives how many items are new. */
export async function tell(
  tx: Tx,
  drafts: readonly NoticeDraft[],
  ambient: { readonly now: Date; readonly newId: () => string },
): Promise<number> {
  let added = 0;
  for (const { topic, occasion, items } of drafts) {
    if (items.length === 0) continue;
    const { id } = await tx
      .insertInto('notice')
      .values({
        id: ambient.newId(),
        topic,
        occasion: occasion.slice(0, 300),
        created_at: ambient.now,
        updated_at: ambient.now,
      })
      .onConflict((conflict) =>
        conflict.columns(['topic', 'occasion']).doUpdateSet((row) => ({ topic: row.ref('excluded.topic') })),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
    const before = added;
    for (let at = 0; at < items.length; at += BATCH) {
      const rows = items.slice(at, at + BATCH).map(rowOf);
      const { rows: written } = await sql<{ id: string }>`
        insert into notice_item (notice_id, subject, product_id, record_id, while_state, person_id, roles, except_ids,
          title, text, link, level, urgent, created_at)
        select ${id}::uuid, r.subject, r.product_id, r.record_id, r.while_state, r.person_id, r.roles, r.except_ids,
          r.title, r.text, r.link, r.level, r.urgent, ${ambient.now}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(subject text, product_id uuid, record_id uuid,
          while_state text, person_id uuid, roles text[], except_ids uuid[], title text, text text, link text,
          level text, urgent boolean)
        on conflict (notice_id, subject) do nothing returning id`.execute(tx);
      added += written.length;
    }
    if (added > before)
      await tx.updateTable('notice').set({ updated_at: ambient.now }).where('id', '=', id).execute();
  }
  // Heard by pages that are open and by the worker that plans the mails.
  if (added > 0) await sql`select pg_notify('ward_notice', '')`.execute(tx);
  return added;
}

/** Texts may come from advisories of others: one line, bounded. */
function rowOf(item: NoticeItem) {
  return {
    subject: item.subject.slice(0, 300),
    product_id: item.productId,
    record_id: item.recordId ?? null,
    while_state: item.whileState ?? null,
    person_id: item.personId ?? null,
    roles: item.roles ? [...item.roles] : null,
    except_ids: [...(item.exceptIds ?? [])],
    title: oneLine(item.title).slice(0, 300),
    text: oneLine(item.text).slice(0, 1_000),
    link: item.link,
    level: item.level ?? null,
    urgent: item.urgent ?? false,
  };
}

export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
