// Reads the ledger: history of one record, the audit view, exports, and signed checkpoints.
import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { JsonObject } from '../records/record.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { LedgerEntry } from './entry.ts';
import type { ExportItem } from './export.ts';
import { exportLines } from './export.ts';
import type { NoteSigner } from './note.ts';

export interface LedgerRow extends LedgerEntry {
  readonly content: string;
  readonly value: JsonObject;
}

export interface LedgerFilter {
  readonly record?: string | undefined;
  readonly product?: string | undefined;
  readonly actor?: string | undefined;
  /** Exact action, or a family with a trailing dot: `signature.`. */
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Products that the reader may see; `all`, or ids. Entries of no product are shown to readers of all only. */
  readonly products: 'all' | readonly string[];
}

export interface Ledger {
  readonly origin: string;
  readonly verifierKey: string;
  /** Newest first; `before` is the seq to go on below. `withoutBodies` leaves out what each revision said in full. */
  list(
    filter: LedgerFilter,
    before: number | null,
    limit: number,
    options?: { readonly withoutBodies?: boolean },
  ): Promise<LedgerRow[]>;
  head(): Promise<{ size: number; head: string }>;
  /** Signs the present head and keeps the note; gives the kept one when nothing was added since. */
  checkpoint(): Promise<string>;
  /** The whole chain with the contents that the filter lets through, line by line, ending in a signed digest. */
  export(filter: LedgerFilter, exportedAt: Date): AsyncGenerator<string>;
}

interface Row {
  seq: string;
  at: string;
  actor: string | null;
  action: string;
  record: string | null;
  revision: number | null;
  product: string | null;
  content: JsonObject;
  content_hash: string;
  previous: string;
  hash: string;
}

const WITHOUT_BODY = sql`case when action in ('record.created', 'record.edited') then content - 'body' else content end as content`;
const columns = (content: RawBuilder<unknown>) => sql`seq,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, action, record, revision, product,
  ${content}, encode(content_hash, 'hex') as content_hash, encode(previous, 'hex') as previous,
  encode(hash, 'hex') as hash`;

function rowToEntry(row: Row): LedgerRow {
  const { at, actor, action, record, revision, product, previous, hash } = row;
  return {
    seq: Number(row.seq),
    at,
    actor,
    action,
    record,
    revision,
    product,
    content: row.content_hash,
    previous,
    hash,
    value: row.content,
  };
}

export function createLedger(db: Kysely<Tables>, origin: string, signer: NoteSigner): Ledger {
  const where = (filter: LedgerFilter) => {
    const parts = [sql`true`];
    if (filter.record) parts.push(sql`record = ${filter.record}::uuid`);
    if (filter.product) parts.push(sql`product = ${filter.product}::uuid`);
    if (filter.actor) parts.push(sql`actor = ${filter.actor}::uuid`);
    if (filter.action?.endsWith('.')) parts.push(sql`starts_with(action, ${filter.action})`);
    else if (filter.action) parts.push(sql`action = ${filter.action}`);
    if (filter.from) parts.push(sql`at >= ${filter.from}`);
    if (filter.to) parts.push(sql`at < ${filter.to}`);
    if (filter.products !== 'all') parts.push(sql`product = any(${[...filter.products]}::uuid[])`);
    return sql.join(parts, sql` and `);
  };

  async function head() {
    const { rows } = await sql<{ seq: string; hash: string }>`
      select seq, encode(hash, 'hex') as hash from ledger order by seq desc limit 1`.execute(db);
    const last = rows[0];
    return last ? { size: Number(last.seq), head: last.hash } : { size: 0, head: '0'.repeat(64) };
  }

  /** The ledger only grows: everything up to the last entry of this moment is a snapshot, read in short pages. */
  async function* items(filter: LedgerFilter): AsyncGenerator<ExportItem> {
    const { size } = await head();
    for (let after = 0; after < size; ) {
      const { rows } = await sql<Row>`
        select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, action, record,
          revision, product, case when ${where(filter)} then content end as content,
          encode(content_hash, 'hex') as content_hash, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash
        from ledger where seq > ${after} and seq <= ${size} order by seq limit 1000`.execute(db);
      if (rows.length === 0) return;
      for (const row of rows) {
        const { value, ...entry } = rowToEntry(row);
        yield value === null ? { entry } : { entry, content: value };
      }
      after = Number(rows.at(-1)?.seq);
    }
  }

  return {
    origin,
    verifierKey: signer.verifierKey,
    head,
    async list(filter, before, limit, { withoutBodies = false } = {}) {
      const { rows } = await sql<Row>`
        select ${columns(withoutBodies ? WITHOUT_BODY : sql`content`)} from ledger
        where ${where(filter)} and (${before}::bigint is null or seq < ${before}::bigint)
        order by seq desc limit ${limit}`.execute(db);
      return rows.map(rowToEntry);
    },
    async checkpoint() {
      const now = await head();
      const kept = await db
        .selectFrom('checkpoint')
        .select('note')
        .where('size', '=', String(now.size))
        .executeTakeFirst();
      if (kept) return kept.note;
      const note = signCheckpoint({ origin, size: now.size, head: now.head }, signer);
      await sql`insert into checkpoint (size, head, note) values (${now.size}, decode(${now.head}, 'hex'), ${note})
        on conflict do nothing`.execute(db);
      return note;
    },
    export: (filter, exportedAt) => exportLines(items(filter), origin, exportedAt.toISOString(), signer),
  };
}
