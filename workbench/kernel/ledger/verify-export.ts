// Offline verification of a ledger export: every line, every hash, every order, with the public key alone.
// An export is text, one canonical JSON value a line:
//   {"origin","format":"ward-ledger/1","exportedAt","key"}   header
//   {"entry":{…},"content":…}                                one a ledger entry; content left out where it was filtered
//   {"checkpoint":"…signed note…","digest":"…signed note…"}  last line: the chain's head, and the SHA-256 of all lines before
import { createHash } from 'node:crypto';
import { canonicalText, contentHash } from './canonical.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { LedgerEntry } from './entry.ts';
import { entryHash, GENESIS } from './entry.ts';
import { noteVerifier, openNote } from './note.ts';

export interface Problem {
  /** Line of the export, from 1. */
  readonly line: number;
  readonly code:
    | 'not-canonical'
    | 'not-an-export'
    | 'wrong-key'
    | 'hash-differs'
    | 'content-differs'
    | 'chain-broken'
    | 'order-broken'
    | 'head-differs'
    | 'digest-differs'
    | 'signature-wrong'
    | 'truncated';
  readonly message: string;
}

export interface Verdict {
  readonly ok: boolean;
  readonly entries: number;
  readonly contents: number;
  readonly origin: string | null;
  /** The key that the signatures were checked with, and whether the reader gave it or the file did. */
  readonly key: string | null;
  readonly keyFrom: 'reader' | 'file' | null;
  readonly problems: readonly Problem[];
}

export const EXPORT_FORMAT = 'ward-ledger/1';
const MAX_PROBLEMS = 50;
const MAX_LINE = 16 * 1024 * 1024;

function isEntry(value: unknown): value is LedgerEntry {
  if (value === null || typeof value !== 'object') return false;
  const entry = value as Record<string, unknown>;
  const keys = Object.keys(entry).sort().join();
  return keys === 'action,actor,at,content,hash,previous,product,record,revision,seq';
}

/**
 * Reads the export line by line (memory: one line) and collects what is wrong, the first fifty.
 * `trustedKey` is the verifier key that the reader holds; without it the file's own key is used, and the verdict says so.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  trustedKey: string | null,
): Promise<Verdict> {
  const problems: Problem[] = [];
  const report = (line: number, code: Problem['code'], message: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ line, code, message });
  };
  const digest = createHash('sha256');
  let number = 0;
  let origin: string | null = null;
  let key = trustedKey;
  let previous = GENESIS;
  let entries = 0;
  let contents = 0;
  let last: { checkpoint: string; digest: string } | null = null;
  let sum = '';

  for await (const text of lines) {
    number += 1;
    if (last) {
      report(number, 'truncated', 'Something follows the closing line.');
      break;
    }
    const value = readLine(text);
    if (value === null) {
      report(number, 'not-canonical', 'This line is not what Ward wrote: not canonical JSON.');
      break;
    }
    if (number === 1) {
      if (
        value.format !== EXPORT_FORMAT ||
        typeof value.origin !== 'string' ||
        typeof value.key !== 'string'
      ) {
        report(1, 'not-an-export', 'This is not a ledger export of Ward.');
        break;
      }
      origin = value.origin;
      if (trustedKey !== null && trustedKey.trim() !== value.key) {
        report(1, 'wrong-key', 'The export names another key than the one you gave.');
      }
      key ??= value.key;
    } else if ('entry' in value) {
      if (!isEntry(value.entry)) {
        report(number, 'not-an-export', 'This line holds no ledger entry.');
        break;
      }
      const entry = value.entry;
      if (entry.seq !== entries + 1) {
        report(number, 'order-broken', `Entry ${entry.seq} stands where entry ${entries + 1} belongs.`);
      }
      if (entry.previous !== previous) {
        report(number, 'chain-broken', `Entry ${entry.seq} does not follow the entry before it.`);
      }
      if (entryHash(entry) !== entry.hash) {
        report(number, 'hash-differs', `Entry ${entry.seq} was changed after it was written.`);
      }
      if ('content' in value) {
        contents += 1;
        if (contentHash(value.content) !== entry.content) {
          report(
            number,
            'content-differs',
            `The content of entry ${entry.seq} was changed after it was written.`,
          );
        }
      }
      previous = entry.hash;
      entries += 1;
    } else if (typeof value.checkpoint === 'string' && typeof value.digest === 'string') {
      last = { checkpoint: value.checkpoint, digest: value.digest };
      sum = digest.digest('hex');
      continue;
    } else {
      report(number, 'not-an-export', 'This line is neither an entry nor the closing line.');
      break;
    }
    if (!last) digest.update(`${text}\n`);
  }

  const verifier = key === null ? null : noteVerifier(key);
  if (number === 0) report(0, 'not-an-export', 'The file is empty.');
  else if (!last && problems.length === 0)
    report(number, 'truncated', 'The closing line is missing: the file was cut.');
  if (key !== null && !verifier) report(1, 'wrong-key', 'The key is not a verifier key of Ward.');
  if (last && verifier) {
    const checkpoint = openCheckpoint(last.checkpoint, verifier);
    if (!checkpoint)
      report(number, 'signature-wrong', 'The signature of the checkpoint is not right for this key.');
    else if (checkpoint.origin !== origin || checkpoint.size !== entries || checkpoint.head !== previous) {
      report(
        number,
        'head-differs',
        `The checkpoint was signed over ${checkpoint.size} entries with another head.`,
      );
    }
    const signed = openNote(last.digest, verifier);
    if (signed === null)
      report(number, 'signature-wrong', 'The signature over the file is not right for this key.');
    else if (signed !== `ward-ledger-export\n${sum}\n`) {
      report(number, 'digest-differs', 'The file was changed after it was exported.');
    }
  }
  const ok = problems.length === 0;
  const keyFrom = key === null ? null : trustedKey === null ? 'file' : 'reader';
  return { ok, entries, contents, origin, key, keyFrom, problems };
}

function readLine(text: string): Record<string, unknown> | null {
  if (text.length > MAX_LINE) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    return canonicalText(value) === text ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
