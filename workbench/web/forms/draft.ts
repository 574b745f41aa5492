// What was typed is kept in this browser until it is saved or thrown away; a crash or a lost session costs nothing.
import type { Body } from './fields.ts';

export interface Draft {
  /** Revision that the edit began from; 0 for a new record. */
  readonly revision: number;
  readonly base: Body;
  readonly body: Body;
  readonly at: string;
}

const PREFIX = 'ward.draft.';
// Browsers give a site about 5 MB; one draft must not take it all.
const LONGEST = 1_000_000;

export function readDraft(place: string): Draft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PREFIX + place) ?? 'null');
    return isDraft(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function keepDraft(place: string, draft: Draft): void {
  try {
    const text = JSON.stringify(draft);
    if (text.length <= LONGEST) localStorage.setItem(PREFIX + place, text);
  } catch {
    // Full or forbidden: the form still holds it.
  }
}

export function dropDraft(place: string): void {
  try {
    localStorage.removeItem(PREFIX + place);
  } catch {
    // Nothing was kept.
  }
}

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== 'object' || kept === null) return false;
  const { revision, base, body, at } = kept as Partial<Draft>;
  return (
    typeof revision === 'number' &&
    typeof at === 'string' &&
    typeof base === 'object' &&
    base !== null &&
    typeof body === 'object' &&
    body !== null
  );
}
