// Versions of products without an ecosystem, as NVD's ranges use them: numbers are numbers, a letter after digits is a later
// patch (OpenSSL 1.0.2zf, gSOAP 2.8.123e), and alpha, beta, pre, rc lie below the release. An epoch is dropped: upstream has none.
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

type Token = Whole | string;

export interface GenericVersion {
  readonly tokens: readonly Token[];
}

/** Words that name a pre-release, in their order. */
const BEFORE_RELEASE: Readonly<Record<string, number>> = {
  dev: 1,
  snapshot: 2,
  nightly: 2,
  alpha: 3,
  beta: 4,
  milestone: 5,
  pre: 6,
  preview: 6,
  prerelease: 6,
  rc: 7,
  cr: 7,
};

/** Words that say *release* and nothing more. */
const RELEASE_WORDS = new Set(['final', 'ga', 'release', 'stable']);

/** True for a text such as `rc1` or `beta_2`: an update field of a CPE that names a pre-release. */
export function isPrereleaseTag(text: string): boolean {
  const word = /^[._-]?([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return (BEFORE_RELEASE[word] ?? 0) > 0;
}

function parse(text: string): GenericVersion | null {
  const readableText = readable(text)?.toLowerCase();
  if (readableText === undefined) return null;
  const upstream = readableText.replace(/^\d+:/, '').replace(/^v(?=\d)/, '');
  if (!/^\d/.test(upstream)) return null;
  const tokens = (upstream.match(/\d+|[^\d\s._\-+~:/\\,]+/g) ?? [])
    .filter((token) => !RELEASE_WORDS.has(token))
    .map((token) => (/^\d/.test(token) ? whole(token) : token));
  return { tokens };
}

/** Pre-release words < nothing or 0 < letters (a later patch) < numbers. */
function group(token: Token): number {
  if (typeof token === 'string') return (BEFORE_RELEASE[token] ?? 0) > 0 ? 0 : 2;
  return token > 0 ? 3 : 1;
}

function compareTokens(a: Token, b: Token): Order {
  const decided = order(group(a), group(b));
  if (decided !== 0) return decided;
  if (typeof a !== 'string' || typeof b !== 'string') return order(a as Whole, b as Whole);
  return order(BEFORE_RELEASE[a] ?? 0, BEFORE_RELEASE[b] ?? 0) || (group(a) === 0 ? 0 : order(a, b));
}

export const generic: VersionScheme<GenericVersion> = {
  id: 'generic',
  title: 'generic',
  parse,
  compare: (a, b) => orderLists<Token>(a.tokens, b.tokens, 0, compareTokens),
  isProper: () => true,
};
