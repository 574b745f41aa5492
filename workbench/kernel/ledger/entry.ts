// One entry of the ledger and how it is chained. The same bytes are hashed in PostgreSQL (`ledger_append`) and here.
import { canonicalText, sha256Hex } from './canonical.ts';

/**
 * What happened, to what, by whom. `content` is the hash of the canonical JSON of what was written (a revision,
 * a link, a comment, a signature); `previous` the hash of the entry before; `hash` that of this entry without itself.
 */
export interface LedgerEntry {
  readonly seq: number;
  /** ISO 8601 instant with milliseconds, UTC. */
  readonly at: string;
  /** Person id, or null for Ward itself. */
  readonly actor: string | null;
  /** `record.created`, `record.edited`, `record.transitioned`, `link.made`, `signature.made`, `access.granted`, … */
  readonly action: string;
  readonly record: string | null;
  readonly revision: number | null;
  readonly product: string | null;
  readonly content: string;
  readonly previous: string;
  readonly hash: string;
}

/** What the first entry follows. */
export const GENESIS = '0'.repeat(64);

/** SHA-256 over the canonical JSON of the entry without its own hash. */
export function entryHash(entry: Omit<LedgerEntry, 'hash'>): string {
  const { seq, at, actor, action, record, revision, product, content, previous } = entry;
  return sha256Hex(canonicalText({ seq, at, actor, action, record, revision, product, content, previous }));
}
