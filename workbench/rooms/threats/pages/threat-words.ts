// What the page says of results: states, safety, references, groups. Pure.
import type { Grammar } from '../model.ts';
import type { ThreatRowView } from '../views.ts';

type Tone = 'open' | 'attention' | 'settled' | 'ended' | 'danger' | 'question' | 'stale';

/** An answer is a claim until a verified control stands there. */
export function stateWord(row: Pick<ThreatRowView, 'state' | 'verifiedBy' | 'mergedInto'>): {
  readonly title: string;
  readonly tone: Tone;
} {
  switch (row.state) {
    case 'raised':
      return row.mergedInto === null
        ? { title: 'Raised', tone: 'danger' }
        : { title: `Merged into ${row.mergedInto}`, tone: 'ended' };
    case 'open':
      return { title: 'Question open', tone: 'question' };
    case 'answered':
      return row.verifiedBy.length > 0
        ? { title: 'Answered, verified', tone: 'settled' }
        : { title: 'Answered, unverified', tone: 'open' };
    case 'by a person':
      return { title: 'Found by a person', tone: 'attention' };
    case 'imported':
      return { title: 'Imported', tone: 'attention' };
  }
}

export const SAFETY_WORDS: Readonly<Record<string, string>> = {
  'not stated': 'Safety not stated',
  none: 'Not about safety',
  indirect: 'Indirect',
  direct: 'Direct',
  'multi-patient': 'Many patients',
};

const SAFETY_ORDER = ['multi-patient', 'direct', 'indirect', 'not stated', 'none'];
export const safetyRank = (relevance: string): number => SAFETY_ORDER.indexOf(relevance);

/** Where the public entry of an id stands; the texts are those of their publishers. */
export function referenceAddress(kind: 'cwe' | 'capec' | 'attackIcs' | 'emb3d', id: string): string | null {
  switch (kind) {
    case 'cwe':
      return /^CWE-\d+$/.test(id) ? `https://cwe.mitre.org/data/definitions/${id.slice(4)}.html` : null;
    case 'capec':
      return /^CAPEC-\d+$/.test(id) ? `https://capec.mitre.org/data/definitions/${id.slice(6)}.html` : null;
    case 'attackIcs':
      return /^T\d{4}(\.\d{3})?$/.test(id)
        ? `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`
        : null;
    case 'emb3d':
      return /^TID-\d+$/.test(id) ? `https://emb3d.mitre.org/threats/${id}.html` : null;
  }
}

export const REFERENCE_TITLES = {
  cwe: 'CWE',
  capec: 'CAPEC',
  attackIcs: 'ATT&CK for ICS',
  emb3d: 'EMB3D',
} as const;

export type ThreatGrouping = 'element' | 'category' | 'function';

export interface ThreatGroup {
  readonly id: string;
  readonly title: string;
  readonly raised: number;
  readonly open: number;
  readonly answered: number;
  /** Found by people, or imported. */
  readonly byPeople: number;
  readonly stale: number;
  readonly severity: number;
}

/** A result with two categories counts in both groups. */
export function groupThreats(
  rows: readonly ThreatRowView[],
  by: ThreatGrouping,
  titleOf: (id: string) => string,
): ThreatGroup[] {
  const groups = new Map<string, { -readonly [Name in keyof ThreatGroup]: ThreatGroup[Name] }>();
  for (const row of rows) {
    for (const id of groupsOf(row, by)) {
      let group = groups.get(id);
      if (group === undefined) {
        const title = by === 'element' ? row.targetTitle : by === 'category' ? id : titleOf(id);
        group = { id, title, raised: 0, open: 0, answered: 0, byPeople: 0, stale: 0, severity: 0 };
        groups.set(id, group);
      }
      if (row.state === 'raised') group.raised += row.mergedInto === null ? 1 : 0;
      else if (row.state === 'by a person' || row.state === 'imported') group.byPeople += 1;
      else group[row.state] += 1;
      if ((row.threat?.stale.length ?? 0) > 0) group.stale += 1;
      group.severity = Math.max(group.severity, row.severity);
    }
  }
  return [...groups.values()].sort(
    (a, b) => b.raised - a.raised || b.open - a.open || (a.title < b.title ? -1 : 1),
  );
}

export function groupsOf(row: ThreatRowView, by: ThreatGrouping): readonly string[] {
  switch (by) {
    case 'element':
      return [row.target];
    case 'category':
      return row.categories;
    case 'function':
      return row.safetyRelevance === 'none' || row.functions.length === 0 ? [''] : row.functions;
  }
}

export function differenceWords(counts: Readonly<Record<'new' | 'gone' | 'changed', number>>): string {
  const parts = (['new', 'gone', 'changed'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${kind}`);
  return parts.join(', ');
}

/** The statement as one sentence; what is missing is left out, and the sentence stays one. */
export function grammarSentence({ source, prerequisite, action, impact, goal, asset }: Grammar): string {
  if (action.trim() === '') return '';
  const who = source.trim() === '' ? 'Somebody' : capital(source.trim());
  const withWhat = prerequisite.trim() === '' ? '' : `, with ${prerequisite.trim()},`;
  const leads = impact.trim() === '' ? '' : `, which leads to ${impact.trim()}`;
  const suffers =
    goal.trim() === '' && asset.trim() === ''
      ? ''
      : `, impairing ${goal.trim() === '' ? 'the protection' : goal.trim()}${asset.trim() === '' ? '' : ` of ${asset.trim()}`}`;
  return `${who}${withWhat} can ${action.trim()}${leads}${suffers}.`;
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
