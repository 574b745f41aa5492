// Alpine, Wolfi and other apk distributions: `1.2.3a_rc1_p2~hash-r4`, compared as apk-tools 3 does (src/version.c there).
// Text that apk would refuse is still put in order (below the same version without the refused rest) but is not proper.
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

interface Suffix {
  readonly rank: number;
  readonly number: Whole;
}

export interface AlpineVersion {
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly Suffix[];
  readonly hash: string;
  readonly revision: Whole;
  /** What apk would refuse. */
  readonly rest: string;
}

/** The suffix order; a version without suffix has rank 0. */
const SUFFIX_RANK: Readonly<Record<string, number>> = {
  alpha: -4,
  beta: -3,
  pre: -2,
  rc: -1,
  cvs: 1,
  svn: 2,
  git: 3,
  hg: 4,
  p: 5,
};
const NO_SUFFIX: Suffix = { rank: 0, number: 0 };

function parse(text: string): AlpineVersion | null {
  let rest = readable(text);
  if (rest === null) return null;
  const take = (shape: RegExp): RegExpExecArray | null => {
    const found = shape.exec(rest!);
    if (found) rest = rest!.slice(found[0].length);
    return found;
  };
  const numbers = take(/^\d+(?:\.\d+)*/)?.[0].split('.') ?? [];
  const letter = take(/^[a-z]/)?.[0] ?? '';
  const suffixes: Suffix[] = [];
  for (;;) {
    const found = take(/^_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(\d*)(?![a-z])/);
    if (!found) break;
    suffixes.push({ rank: SUFFIX_RANK[found[1]!]!, number: whole(found[2] || '0') });
  }
  const hash = take(/^~([0-9a-f]+)/)?.[1] ?? '';
  const revision = whole(take(/^-r(\d*)(?=$)/)?.[1] || '0');
  // apk stops reading at a hyphen that does not begin a revision, so what follows it makes no difference.
  return { numbers, letter, suffixes, hash, revision, rest: rest.startsWith('-') ? '-' : rest };
}

/** After the first number, a part with a leading zero counts as a fraction: 1.01 < 1.1 (apk compares the text). */
function compareNumbers(a: readonly string[], b: readonly string[]): Order {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const left = a[index]!;
    const right = b[index]!;
    const asText = index > 0 && (left.startsWith('0') || right.startsWith('0'));
    const decided = asText ? order(left, right) : order(whole(left), whole(right));
    if (decided !== 0) return decided;
  }
  return order(a.length, b.length);
}

export const alpine: VersionScheme<AlpineVersion> = {
  id: 'alpine',
  title: 'Alpine',
  parse,
  compare: (a, b) =>
    compareNumbers(a.numbers, b.numbers) ||
    order(a.letter, b.letter) ||
    orderLists(
      a.suffixes,
      b.suffixes,
      NO_SUFFIX,
      (x, y) => order(x.rank, y.rank) || order(x.number, y.number),
    ) ||
    order(a.hash, b.hash) ||
    order(a.revision, b.revision) ||
    order(a.rest === '' ? 1 : 0, b.rest === '' ? 1 : 0) ||
    order(a.rest, b.rest),
  isProper: (version) => version.rest === '' && version.numbers.length > 0,
};
