// What of an upload is new. The answer to a report may be lost after it was written; the unit then sends the same lines again.
import { decodeEntry, type Head, hashOf } from '@ward/device/audit/entry.ts';

/**
 * The lines after the one that is known, when it is among them and those before it lead to it unchanged. Otherwise all of them, for the
 * verification to say what is wrong.
 */
export function beyondKnown(lines: readonly string[], known: Head): readonly string[] {
  const first = entryOf(lines[0]);
  if (first === null || first.sequence > known.sequence) return lines;
  const at = known.sequence - first.sequence;
  let hash = known.hash;
  for (let place = at; place >= 0; place -= 1) {
    const line = lines[place];
    const entry = entryOf(line);
    if (line === undefined || entry === null || hashOf(line) !== hash) return lines;
    hash = entry.before;
  }
  return lines.slice(at + 1);
}

const entryOf = (line: string | undefined) => (line === undefined ? null : decodeEntry(line));
