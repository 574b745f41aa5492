// Questions as the page shows them: filtered, grouped, and what a key stroke means. Pure.
import type { QuestionRow } from '../views.ts';

export type Shown = 'open' | 'answered' | 'all';
export type Grouping = 'question' | 'place' | 'none';

export interface QuestionFilter {
  readonly show: Shown;
  readonly text: string;
  readonly zone: string;
  readonly part: string;
  readonly category: string;
  readonly safety: boolean;
}

export interface QuestionGroup {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly questions: readonly QuestionRow[];
  readonly decides: number;
}

export const questionId = ({ target, key }: Pick<QuestionRow, 'target' | 'key'>): string =>
  `${target} ${key}`;

export function filterQuestions(
  questions: readonly QuestionRow[],
  { show, text, zone, part, category, safety }: QuestionFilter,
): QuestionRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return questions.filter((one) => {
    if (show !== 'all' && (one.value === null) !== (show === 'open')) return false;
    if (zone !== '' && one.zone !== zone) return false;
    if (part !== '' && one.part !== part) return false;
    if (category !== '' && !one.categories.includes(category)) return false;
    if (safety && !one.safety) return false;
    const hay = `${one.text} ${one.title} ${one.key} ${one.rules.join(' ')}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

/** Groups in the order of what they decide together; inside, the order of the list. */
export function groupQuestions(questions: readonly QuestionRow[], by: Grouping): QuestionGroup[] {
  if (by === 'none')
    return questions.length === 0
      ? []
      : [{ id: 'all', title: '', about: '', questions, decides: decidedBy(questions) }];
  const groups = new Map<string, QuestionRow[]>();
  for (const one of questions) {
    const id = by === 'question' ? one.key : one.target;
    const list = groups.get(id);
    if (list) list.push(one);
    else groups.set(id, [one]);
  }
  return [...groups]
    .map(([id, list]): QuestionGroup => {
      const first = list[0] as QuestionRow;
      const title = by === 'question' ? first.text : first.title;
      const about = by === 'question' ? first.key : [first.part, first.zoneTitle].filter(Boolean).join(' · ');
      return { id, title, about, questions: list, decides: decidedBy(list) };
    })
    .sort((a, b) => b.decides - a.decides || (a.title < b.title ? -1 : 1));
}

function decidedBy(questions: readonly QuestionRow[]): number {
  return questions.reduce((sum, one) => sum + (one.value === null ? one.decides : 0), 0);
}

export type Stroke =
  | 'yes'
  | 'no'
  | 'skip'
  | 'evidence'
  | 'select'
  | 'select group'
  | 'undo'
  | 'next'
  | 'previous'
  | 'clear';

const STROKES: Readonly<Record<string, Stroke>> = {
  y: 'yes',
  n: 'no',
  ' ': 'skip',
  e: 'evidence',
  x: 'select',
  a: 'select group',
  u: 'undo',
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  Backspace: 'clear',
};

export const strokeOf = (key: string): Stroke | null => STROKES[key] ?? null;

/** Where an answer comes from, the strongest first: answered, evidence, protocol, default of the zone. */
export function originOf({ value, origin, givenBy, by }: QuestionRow): string {
  if (value === null) return 'Not answered';
  if (origin === 'protocol') return 'follows from the protocol';
  if (origin === 'zone default') return 'default of the zone';
  const ways: Readonly<Record<string, string>> = {
    evidence: 'from evidence',
    import: 'imported',
    template: 'from a template',
  };
  const way = ways[givenBy] ?? 'answered';
  return by === '' ? way : `${way} by ${by}`;
}

export function progressWords(
  open: number,
  answered: number,
  openResults: number,
  quickest: { readonly keys: readonly string[]; readonly settles: number },
): string {
  if (open === 0) return `Every question is answered (${answered}).`;
  const some = `${open} open, ${answered} answered.`;
  if (quickest.keys.length === 0) return some;
  const answers = quickest.keys.length === 1 ? 'One question' : `${quickest.keys.length} questions`;
  return `${some} ${answers}, answered once for all their places, settle ${quickest.settles} of ${openResults} open results.`;
}
