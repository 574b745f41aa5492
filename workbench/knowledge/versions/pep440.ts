// PEP 440 (PyPI): epoch, release, pre-, post- and development releases, local labels. A text outside PEP 440 is a *legacy* version;
// as in setuptools before 66 these are ordered among themselves and lie below every PEP 440 version.
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

type LocalPart = Whole | string;

interface Modern {
  readonly kind: 'pep440';
  readonly epoch: Whole;
  readonly release: readonly Whole[];
  readonly pre: readonly [letter: string, number: Whole] | null;
  readonly post: Whole | null;
  readonly dev: Whole | null;
  readonly local: readonly LocalPart[] | null;
}

interface Legacy {
  readonly kind: 'legacy';
  readonly parts: readonly string[];
}

export type Pep440 = Modern | Legacy;

// The grammar of PEP 440, appendix B; no two alternatives start alike, so matching is linear.
const SHAPE = new RegExp(
  [
    '^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)',
    '(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\\d+)?)?',
    '(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d+)?)?',
    '(?:[-_.]?(dev)[-_.]?(\\d+)?)?',
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  ].join(''),
);

const PRE_LETTER: Readonly<Record<string, string>> = {
  alpha: 'a',
  a: 'a',
  beta: 'b',
  b: 'b',
  c: 'rc',
  rc: 'rc',
  pre: 'rc',
  preview: 'rc',
};

function parse(text: string): Pep440 | null {
  const readableText = readable(text)?.toLowerCase();
  if (readableText === undefined) return null;
  const found = SHAPE.exec(readableText);
  if (!found) return { kind: 'legacy', parts: legacyParts(readableText) };
  const [, epoch, release, preLetter, preNumber, shortPost, post, postNumber, dev, devNumber, local] = found;
  return {
    kind: 'pep440',
    epoch: whole(epoch ?? '0'),
    release: release!.split('.').map(whole),
    pre: preLetter === undefined ? null : [PRE_LETTER[preLetter]!, whole(preNumber ?? '0')],
    post: shortPost !== undefined ? whole(shortPost) : post === undefined ? null : whole(postNumber ?? '0'),
    dev: dev === undefined ? null : whole(devNumber ?? '0'),
    local:
      local === undefined
        ? null
        : local.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? whole(part) : part)),
  };
}

/** `1.0.dev1` is below `1.0a1`; `1.0` is above every pre-release of it. */
function preRank(version: Modern): number {
  if (version.pre) return 1;
  return version.post === null && version.dev !== null ? 0 : 2;
}

function compareLocalParts(a: LocalPart, b: LocalPart): Order {
  if (typeof a === 'string') return typeof b === 'string' ? order(a, b) : -1;
  return typeof b === 'string' ? 1 : order(a, b);
}

/** Absent is below present, as for post-releases and local labels. */
function compareOptional<T>(a: T | null, b: T | null, compare: (x: T, y: T) => Order): Order {
  if (a === null || b === null) return order(a === null ? 0 : 1, b === null ? 0 : 1);
  return compare(a, b);
}

function compareLocals(a: readonly LocalPart[], b: readonly LocalPart[]): Order {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const decided = compareLocalParts(a[index]!, b[index]!);
    if (decided !== 0) return decided;
  }
  return order(a.length, b.length);
}

function compareModern(a: Modern, b: Modern): Order {
  return (
    order(a.epoch, b.epoch) ||
    orderLists<Whole>(a.release, b.release, 0, order) ||
    order(preRank(a), preRank(b)) ||
    (a.pre && b.pre ? order(a.pre[0], b.pre[0]) || order(a.pre[1], b.pre[1]) : 0) ||
    compareOptional(a.post, b.post, order<Whole>) ||
    // A development release lies before the release that it leads to.
    (a.dev === null || b.dev === null
      ? order(a.dev === null ? 1 : 0, b.dev === null ? 1 : 0)
      : order(a.dev, b.dev)) ||
    compareOptional(a.local, b.local, compareLocals)
  );
}

const LEGACY_WORDS: Readonly<Record<string, string>> = {
  pre: 'c',
  preview: 'c',
  '-': 'final-',
  rc: 'c',
  dev: '@',
};

/** The key that setuptools used: digits padded, words marked, `*final` at the end, zeros before words dropped. */
function legacyParts(text: string): string[] {
  const parts: string[] = [];
  for (const token of text.match(/\d+|[a-z]+|[.-]|[^\da-z.-]+/g) ?? []) {
    if (token === '.') continue;
    const word = LEGACY_WORDS[token] ?? token;
    addLegacyPart(parts, /^\d/.test(word) ? word.padStart(8, '0') : `*${word}`);
  }
  addLegacyPart(parts, '*final');
  return parts;
}

function addLegacyPart(parts: string[], part: string): void {
  if (part.startsWith('*')) {
    if (part < '*final') while (parts.at(-1) === '*final-') parts.pop();
    while (parts.at(-1) === '00000000') parts.pop();
  }
  parts.push(part);
}

function compareLegacy(a: Legacy, b: Legacy): Order {
  const shared = Math.min(a.parts.length, b.parts.length);
  for (let index = 0; index < shared; index++) {
    const decided = order(a.parts[index]!, b.parts[index]!);
    if (decided !== 0) return decided;
  }
  return order(a.parts.length, b.parts.length);
}

export const pep440: VersionScheme<Pep440> = {
  id: 'pep440',
  title: 'PEP 440',
  parse,
  compare(a, b) {
    if (a.kind === 'legacy') return b.kind === 'legacy' ? compareLegacy(a, b) : -1;
    return b.kind === 'legacy' ? 1 : compareModern(a, b);
  },
  // Legacy versions sort below all others, but PyPI refuses them: they must not decide.
  isProper: (parsed) => parsed.kind !== 'legacy',
};
