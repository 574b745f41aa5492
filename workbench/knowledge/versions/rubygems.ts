// RubyGems (Gem::Version): runs of digits and of letters; any letter makes a pre-release; a platform suffix of a lock file is
// not part of the version.
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

type Segment = Whole | string;

export interface GemVersion {
  readonly segments: readonly Segment[];
}

const PLATFORM =
  /-(?:java|jruby|universal|x86|x64|x86_64|i[3-6]86|arm|armv\d\w*|arm64|aarch64|ppc64le|s390x|riscv64|mswin\d*|mingw\d*)(?:-[\w.-]+)?$/;

function parse(text: string): GemVersion | null {
  const readableText = readable(text)?.replace(/^v(?=\d)/, '');
  if (readableText === undefined) return null;
  const bare = readableText.replace(PLATFORM, '');
  if (!/^\d[0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z.-]+)?$/.test(bare)) return null;
  const tokens = bare.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
  return { segments: canonical(tokens.map((token) => (/\d/.test(token) ? whole(token) : token))) };
}

/** Zeros at the end of the release and at the end of the whole carry no meaning: 1.0.a = 1.a. */
function canonical(segments: Segment[]): Segment[] {
  const firstWord = segments.findIndex((segment) => typeof segment === 'string');
  const split = firstWord < 0 ? segments.length : firstWord;
  return [...withoutTrailingZeros(segments.slice(0, split)), ...withoutTrailingZeros(segments.slice(split))];
}

function withoutTrailingZeros(segments: Segment[]): Segment[] {
  let end = segments.length;
  while (end > 0 && segments[end - 1] === 0) end--;
  return segments.slice(0, end);
}

function compareSegments(a: Segment, b: Segment): Order {
  if (typeof a === 'string') return typeof b === 'string' ? order(a, b) : -1;
  return typeof b === 'string' ? 1 : order(a, b);
}

export const rubygems: VersionScheme<GemVersion> = {
  id: 'rubygems',
  title: 'RubyGems',
  parse,
  compare: (a, b) => orderLists<Segment>(a.segments, b.segments, 0, compareSegments),
  isProper: () => true,
};
