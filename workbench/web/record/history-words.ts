// The lines of a history in words. Pure.
import type { HistoryEntry, KindView } from '../../kernel/records/contract.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  author: 'author',
  review: 'reviewer',
  approve: 'approver',
};
export function meaningWord(meaning: string): string {
  return MEANINGS[meaning] ?? meaning;
}

/** What happened, in one sentence; an action that is not known is named as it stands in the ledger. */
export function historyWords(entry: HistoryEntry, kind: KindView | undefined): string {
  const content = entry.content;
  const text = (name: string) => (typeof content[name] === 'string' ? (content[name] as string) : '');
  const state = (id: string) => kind?.states.find((known) => known.id === id)?.title ?? id;
  switch (entry.action) {
    case 'record.created':
      return 'Created';
    case 'record.edited':
      return `Edited: revision ${entry.revision ?? '?'}`;
    case 'record.transitioned':
      return text('to') === '' ? 'Took a step' : `Now ${state(text('to')).toLowerCase()}`;
    case 'signature.made':
      return `Signed revision ${entry.revision ?? '?'} as ${meaningWord(text('meaning'))}`;
    case 'link.made':
      return `Linked: ${linkWords(text, kind)}`;
    case 'link.ended':
      return `Link ended: ${linkWords(text, kind)}`;
    case 'link.confirmed':
      return `Link confirmed: ${linkWords(text, kind)}`;
    case 'comment.made':
      return 'Commented';
    default:
      return entry.action;
  }
}

function linkWords(text: (name: string) => string, kind: KindView | undefined): string {
  const title = kind?.links.find((link) => link.type === text('link'))?.title ?? text('link');
  return [title, text('to')].filter(Boolean).join(' ');
}

export function reasonOf(entry: HistoryEntry): string | null {
  return typeof entry.content.reason === 'string' && entry.content.reason !== ''
    ? entry.content.reason
    : null;
}
