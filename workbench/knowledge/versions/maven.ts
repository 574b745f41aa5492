// Maven versions, ordered by the "Version Order Specification" of the POM reference: tokens with the separator before them, a
// change between digits and letters counts as a hyphen, trailing null values are trimmed before each hyphen and at the end.
import { type Order, order, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

interface Token {
  readonly separator: '.' | '-';
  readonly value: Whole | string;
}

export interface MavenVersion {
  readonly tokens: readonly Token[];
}

/** Words that come before and with the release; any other word comes after it, in alphabetical order. */
const KNOWN: Readonly<Record<string, number>> = {
  alpha: -5,
  beta: -4,
  milestone: -3,
  rc: -2,
  snapshot: -1,
  '': 0,
  sp: 1,
};
const SAME_WORD: Readonly<Record<string, string>> = { cr: 'rc', ga: '', final: '', release: '' };
/** Abbreviations that hold only directly before a number. */
const SHORT_WORD: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

function parse(text: string): MavenVersion | null {
  const readableText = readable(text)?.toLowerCase();
  if (readableText === undefined) return null;
  const tokens: Token[] = [];
  let separator: '.' | '-' = '.';
  // Every piece is a run of digits, a run of other characters, or the nothing between two separators.
  for (const piece of readableText.matchAll(/(\d+|[^\d.-]+|)([.-]?)/g)) {
    const [all, word, next] = piece;
    if (
      all === '' &&
      piece.index === readableText.length &&
      tokens.length > 0 &&
      !/[.-]$/.test(readableText)
    ) {
      break;
    }
    const following = readableText[piece.index + word!.length];
    tokens.push({ separator, value: readWord(word!, following) });
    separator = next === '' ? '-' : (next as '.' | '-');
    if (piece.index + all.length >= readableText.length && next === '') break;
  }
  return { tokens: trim(tokens) };
}

function readWord(word: string, following: string | undefined): Whole | string {
  if (word === '') return 0;
  if (/^\d/.test(word)) return whole(word);
  const beforeNumber = following !== undefined && /\d/.test(following);
  return (beforeNumber ? SHORT_WORD[word] : undefined) ?? SAME_WORD[word] ?? word;
}

const isNull = (value: Whole | string): boolean => value === 0 || value === '';

/** Drops null values at the end and before each hyphen: 1.0.0-foo.0.0 is 1-foo. The first token stays. */
function trim(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (const token of tokens) {
    if (token.separator === '-') dropTrailingNulls(kept);
    kept.push(token);
  }
  dropTrailingNulls(kept);
  return kept;
}

function dropTrailingNulls(tokens: Token[]): void {
  while (tokens.length > 1 && isNull(tokens.at(-1)!.value)) tokens.pop();
}

/** Where the separators differ: `.qualifier` = `-qualifier` < `-number` < `.number`. */
function kindRank(token: Token): number {
  if (typeof token.value === 'string') return 0;
  return token.separator === '-' ? 1 : 2;
}

function compareTokens(a: Token, b: Token): Order {
  const decided = order(kindRank(a), kindRank(b));
  if (decided !== 0) return decided;
  if (typeof a.value !== 'string' || typeof b.value !== 'string')
    return order(a.value as Whole, b.value as Whole);
  return order(KNOWN[a.value] ?? 2, KNOWN[b.value] ?? 2) || order(a.value, b.value);
}

/** What the end of a version counts as beside a token: 0 after a dot, the release after a hyphen. */
function padFor(other: Token): Token {
  if (typeof other.value === 'string') return { separator: other.separator, value: '' };
  return { separator: other.separator, value: 0 };
}

function compare(a: MavenVersion, b: MavenVersion): Order {
  const length = Math.max(a.tokens.length, b.tokens.length);
  for (let index = 0; index < length; index++) {
    const x = a.tokens[index] ?? padFor(b.tokens[index]!);
    const y = b.tokens[index] ?? padFor(a.tokens[index]!);
    const decided = compareTokens(x, y);
    if (decided !== 0) return decided;
  }
  return 0;
}

export const maven: VersionScheme<MavenVersion> = {
  id: 'maven',
  title: 'Maven',
  parse,
  compare,
  isProper: () => true,
};
