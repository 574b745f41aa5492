// Whose each stored frame is, as the audit log told when it was written: for a store whose file was damaged. Read once, when it is needed.
import { type AuditEntry, decodeEntry, eventOf } from '../audit/entry.ts';
import type { AuditLog } from '../audit/log.ts';
import { anchorOf } from './anchor.ts';
import type { RecordName } from './salvage.ts';

const NAMING: ReadonlySet<string> = new Set(['vault.written', 'vault.opened-in-emergency', 'vault.reviewed']);
const PAGE = 1_000;

export async function readNames(log: Pick<AuditLog, 'read'>): Promise<ReadonlyMap<number, RecordName>> {
  const names = new Map<number, RecordName>();
  for (let from = 1; ; ) {
    const { lines, last } = await log.read(from, PAGE);
    let next = from;
    for (const line of lines) {
      const entry = decodeEntry(line);
      if (!entry) continue;
      next = Math.max(next, entry.sequence + 1);
      const named = nameOf(entry);
      if (named) names.set(named[0], named[1]);
    }
    if (next === from || next > last.sequence) return names;
    from = next;
  }
}

function nameOf(entry: AuditEntry): [number, RecordName] | null {
  const { what, on, detail } = entry;
  const anchor = anchorOf(eventOf(entry));
  const record = what === 'vault.opened-in-emergency' ? detail.review : detail.record;
  if (!NAMING.has(what) || anchor === null || typeof record !== 'string') return null;
  if (!on?.startsWith('patient:')) return null;
  const version = typeof detail.version === 'number' ? detail.version : null;
  return [anchor.sequence, { patient: on.slice('patient:'.length), record, version }];
}
