// The latest entries of the ledger as news for people. Pure.
import type { KindView } from '../../../kernel/records/contract.ts';
import { historyWords } from '../../../web/record/history-words.ts';
import type { TodayView } from '../api.ts';

export type RecentEntry = TodayView['recent'][number];

/** Who signed in belongs to the audit trail; it is no news. */
export function isNews(entry: Pick<RecentEntry, 'action'>): boolean {
  return !entry.action.startsWith('people.') && entry.action !== 'assessment.evidence';
}

export function recentWords(entry: RecentEntry, kind: KindView | undefined): string {
  const count = (name: string) => {
    const value = entry.content[name];
    return typeof value === 'number' ? value.toLocaleString('en') : '?';
  };
  switch (entry.action) {
    case 'knowledge.imported':
      return `Advisories imported: ${count('added')} new, ${count('changed')} changed`;
    case 'sbom.imported':
      return 'SBOM imported';
    case 'assessment.evidence-moved':
      return 'The facts behind a decision moved';
    default:
      return historyWords(entry, kind);
  }
}

export interface RecentLine {
  readonly entry: RecentEntry;
  readonly words: string;
  /** How many entries in a row said the same of the same kind of thing; the rest are in the audit trail. */
  readonly times: number;
}

/** News, newest first; a burst of the same act by the same person is one line. */
export function recentLines(
  entries: readonly RecentEntry[],
  kindOf: (kind: string | undefined) => KindView | undefined,
): readonly RecentLine[] {
  const lines: RecentLine[] = [];
  for (const entry of entries.filter(isNews)) {
    const words = recentWords(entry, kindOf(entry.record?.kind));
    const last = lines.at(-1);
    if (last && last.words === words && sameSource(last.entry, entry)) {
      lines[lines.length - 1] = { ...last, times: last.times + 1 };
    } else lines.push({ entry, words, times: 1 });
  }
  return lines;
}

function sameSource(a: RecentEntry, b: RecentEntry): boolean {
  return a.actor?.id === b.actor?.id && a.record?.kind === b.record?.kind;
}
