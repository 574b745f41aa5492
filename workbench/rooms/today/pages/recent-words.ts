// The latest entries of the ledger as news for people. Pure.
import type { KindView } from '../../../kernel/records/contract.ts';
import { historyWords } from '../../../web/record/history-words.ts';
import type { TodayView } from '../api.ts';

export type RecentEntry = TodayView['recent'][number];

/** Facts that a step rests on: they are kept beside it. */
const KEPT_FACTS: readonly string[] = ['assessment.evidence', 'finding.deferred-under'];

/** Who signed in belongs to the audit trail; it is no news. */
export function isNews(entry: Pick<RecentEntry, 'action'>): boolean {
  return !entry.action.startsWith('people.') && !KEPT_FACTS.includes(entry.action);
}

export function recentWords(entry: RecentEntry, kind: KindView | undefined): string {
  const count = (name: string) => {
    const value = entry.content[name];
    return typeof value === 'number' ? value.toLocaleString('en') : '?';
  };
  switch (entry.action) {
    case 'knowledge.imported':
      return `Advisories imported: ${count('added')} new, ${count('changed')} changed`;
    case 'knowledge.feed-fetched':
      return `Feed fetched: ${count('added')} new, ${count('changed')} changed`;
    case 'knowledge.feed-failing':
      return 'A feed fails; see Knowledge';
    case 'knowledge.feed-added':
      return 'A feed was added';
    case 'knowledge.feed-changed':
      return 'A feed was turned on or off, or changed';
    case 'knowledge.feed-deleted':
      return 'A feed was deleted';
    case 'sbom.imported':
      return 'SBOM imported';
    case 'assessment.evidence-moved':
      return 'The facts behind a decision moved';
    case 'harms.imported':
      return `Safety file imported: ${count('added')} new, ${count('changed')} changed, ${count('gone')} gone`;
    case 'risk.flagged':
      return 'Flagged: what it rests on moved';
    default:
      return historyWords(entry, kind);
  }
}

export interface RecentLine {
  /** The latest of the entries that the line stands for. */
  readonly entry: RecentEntry;
  /** What was done, oldest first: `Created, signed revision 1 as approver, now approved`. */
  readonly words: string;
  /** How many things the same was done to; the others are in the audit trail. */
  readonly times: number;
}

// More acts on one record than this are its history, not news.
const ACTS_MAX = 3;

/** News, newest first: one line a record, and one for a burst of the same act by the same person. */
export function recentLines(
  entries: readonly RecentEntry[],
  kindOf: (kind: string | undefined) => KindView | undefined,
): readonly RecentLine[] {
  const lines: RecentLine[] = [];
  for (const about of byRecord(entries.filter(isNews))) {
    const [entry] = about;
    if (!entry) continue;
    const acts = [...new Set(about.map((one) => recentWords(one, kindOf(one.record?.kind))))];
    const words = joined(acts.slice(0, ACTS_MAX).reverse());
    const last = lines.at(-1);
    if (last && last.words === words && sameSource(last.entry, entry)) {
      lines[lines.length - 1] = { ...last, times: last.times + 1 };
    } else lines.push({ entry, words, times: 1 });
  }
  return lines;
}

/** Entries of one record together, where its latest stands; what belongs to no record stays by itself. */
function byRecord(entries: readonly RecentEntry[]): readonly (readonly RecentEntry[])[] {
  const groups = new Map<string, RecentEntry[]>();
  for (const entry of entries) {
    const place = entry.record?.id ?? `entry ${entry.seq}`;
    const group = groups.get(place);
    if (group) group.push(entry);
    else groups.set(place, [entry]);
  }
  return [...groups.values()];
}

function joined(acts: readonly string[]): string {
  return acts
    .map((act, index) => (index === 0 ? act : act.charAt(0).toLowerCase() + act.slice(1)))
    .join(', ');
}

function sameSource(a: RecentEntry, b: RecentEntry): boolean {
  return a.actor?.id === b.actor?.id && a.record?.kind === b.record?.kind;
}
