// Reads the ledger as an outbox: every entry once, in the order of its commits, the notices and how far it was read in
// one transaction. Nothing is added to the transaction of the change itself, and nothing is told of what did not commit.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { JsonObject } from '../records/record.ts';
import { type NoticeDraft, tell } from './tell.ts';

export interface Entry {
  readonly seq: number;
  readonly at: Date;
  readonly actor: string | null;
  readonly action: string;
  readonly record: string | null;
  readonly revision: number | null;
  readonly product: string | null;
  readonly content: JsonObject;
}

/** Finds what of these entries is news; reads what it needs in the same transaction, and writes nothing but jobs. */
export type LedgerReader = (tx: Transaction<Tables>, entries: readonly Entry[]) => Promise<NoticeDraft[]>;

const PAGE = 500;

/** Gives how many entries were read; at most `pages` of 500. */
export async function followLedger(
  db: Kysely<Tables>,
  readers: readonly LedgerReader[],
  ambient: { readonly now: () => Date; readonly newId: () => string },
  pages = 200,
): Promise<number> {
  let count = 0;
  for (let page = 0; page < pages; page += 1) {
    const read = await db.transaction().execute(async (tx) => {
      const { seq } = await tx
        .selectFrom('notice_cursor')
        .select('seq')
        .forUpdate()
        .executeTakeFirstOrThrow();
      const { rows } = await sql<
        Entry & { seq: string }
      >`select seq, at, actor, action, record, revision, product, content
        from ledger where seq > ${seq}::bigint order by seq limit ${PAGE}`.execute(tx);
      const last = rows.at(-1);
      if (!last) return 0;
      const entries = rows.map((row) => ({ ...row, seq: Number(row.seq) }));
      const drafts = [];
      for (const reader of readers) drafts.push(...(await reader(tx, entries)));
      await tell(tx, drafts, { now: ambient.now(), newId: ambient.newId });
      await tx
        .updateTable('notice_cursor')
        .set({ seq: Number(last.seq) })
        .execute();
      return rows.length;
    });
    count += read;
    if (read < PAGE) break;
  }
  return count;
}
