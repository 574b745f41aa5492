// The readable difference between two revisions: field by field, words inside long text. Pure.
import { diffWordsWithSpace } from 'diff';
import microdiff from 'microdiff';
import type { Json, JsonObject } from './record.ts';

export interface FieldDifference {
  /** JSON path from the body: `$.steps[2].text`. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: Json | null;
  readonly after: Json | null;
  /** For texts of more than one word: kept, added and removed pieces in order. */
  readonly words: readonly { readonly kind: 'kept' | 'added' | 'removed'; readonly text: string }[] | null;
}

// Word comparison is quadratic in the worst case; longer texts are shown whole, before and after.
const WORDS_MAX = 20_000;

export function difference(before: JsonObject, after: JsonObject): FieldDifference[] {
  return microdiff(before as Record<string, unknown>, after as Record<string, unknown>)
    .map((step) => {
      const path = `$${step.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;
      const old = (step.type === 'CREATE' ? null : step.oldValue) as Json | null;
      const young = (step.type === 'REMOVE' ? null : step.value) as Json | null;
      const change = step.type === 'CREATE' ? 'added' : step.type === 'REMOVE' ? 'removed' : 'changed';
      return { path, change, before: old, after: young, words: words(old, young) } as const;
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function words(before: Json | null, after: Json | null): FieldDifference['words'] {
  if (typeof before !== 'string' || typeof after !== 'string') return null;
  if (!/\s/.test(before) || before.length + after.length > WORDS_MAX) return null;
  return diffWordsWithSpace(before, after).map((part) => ({
    kind: part.added ? 'added' : part.removed ? 'removed' : 'kept',
    text: part.value,
  }));
}
