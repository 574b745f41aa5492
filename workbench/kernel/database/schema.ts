// The kernel's tables as Kysely sees them. Rooms add theirs by declaration merging beside their own store.
import type { ColumnType, Generated } from 'kysely';
import type { JsonObject } from '../records/record.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Json<T = JsonObject> = ColumnType<T, string, string>;

export interface RecordTable {
  id: string;
  kind: string;
  number: number;
  key: string;
  product_id: string | null;
  revision: number;
  state: string;
  title: string;
  body: Json;
  author_id: string | null;
  created_at: Timestamp;
  created_by: string | null;
  updated_at: Timestamp;
  updated_by: string | null;
  search: ColumnType<string, never, never>;
}

export interface LinkTable {
  id: string;
  type: string;
  from_id: string;
  to_id: string;
  seen_revision: number;
  made_at: Timestamp;
  made_by: string | null;
  confirmed_at: Timestamp | null;
  confirmed_by: string | null;
  ended_at: Timestamp | null;
  ended_by: string | null;
}

export interface LedgerTable {
  /** int8: a string in the driver */
  seq: ColumnType<string, never, never>;
  at: ColumnType<Date, never, never>;
  actor: ColumnType<string | null, never, never>;
  action: ColumnType<string, never, never>;
  record: ColumnType<string | null, never, never>;
  revision: ColumnType<number | null, never, never>;
  product: ColumnType<string | null, never, never>;
  content: ColumnType<JsonObject, never, never>;
  content_hash: ColumnType<Buffer, never, never>;
  previous: ColumnType<Buffer, never, never>;
  hash: ColumnType<Buffer, never, never>;
}

/** Every table of the database; a room adds its own with `declare module`. */
export interface Tables {
  installation: { id: string; one: Generated<boolean>; created_at: Generated<Date> };
  setting: { name: string; value: Json<unknown> };
  kind_counter: { kind: string; last: number };
  record: RecordTable;
  link: LinkTable;
  ledger: LedgerTable;
  checkpoint: { size: string; head: Buffer; note: string; at: Generated<Date> };
}
