// Writes a ledger export (see verify-export.ts for its shape) from entries in order. Pure: entries in, lines out.
import { createHash } from 'node:crypto';
import { canonicalText } from './canonical.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { LedgerEntry } from './entry.ts';
import { GENESIS } from './entry.ts';
import type { NoteSigner } from './note.ts';
import { signNote } from './note.ts';
import { EXPORT_FORMAT } from './verify-export.ts';

export interface ExportItem {
  readonly entry: LedgerEntry;
  /** Left out where the reader asked for a part only; the chain stays whole. */
  readonly content?: unknown;
}

/** Gives each line without its newline; a line holds one canonical JSON value. */
export async function* exportLines(
  items: AsyncIterable<ExportItem> | Iterable<ExportItem>,
  origin: string,
  exportedAt: string,
  signer: NoteSigner,
): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const put = (value: unknown): string => {
    const text = canonicalText(value);
    digest.update(`${text}\n`);
    return text;
  };
  yield put({ format: EXPORT_FORMAT, origin, exportedAt, key: signer.verifierKey });
  let size = 0;
  let head = GENESIS;
  for await (const item of items) {
    yield put(item.content === undefined ? { entry: item.entry } : item);
    size += 1;
    head = item.entry.hash;
  }
  yield canonicalText({
    checkpoint: signCheckpoint({ origin, size, head }, signer),
    digest: signNote(`ward-ledger-export\n${digest.digest('hex')}\n`, signer),
  });
}
