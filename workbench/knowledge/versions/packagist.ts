// Composer packages, compared as PHP's version_compare does: dev < alpha < beta < RC < a number or the end < pl. A branch
// (`dev-main`, `2.x-dev`) has a place in the order but says nothing of the code in it, so it is not proper.
import { type Order, order, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

export interface PackagistVersion {
  readonly parts: readonly string[];
  readonly branch: boolean;
}

function parse(text: string): PackagistVersion | null {
  const readableText = readable(text)?.toLowerCase();
  if (readableText === undefined) return null;
  const bare = readableText.replace(/^v(?=\d)/, '');
  const parts = bare.match(/\d+|[^\d.+_-]+/g);
  if (!parts) return null;
  return { parts, branch: !/^\d/.test(bare) || /(?:^|[.-])[x*]-dev$/.test(bare) };
}

/** Ranks of version_compare; a word that PHP does not know is below all. */
function rank(part: string | undefined): number {
  if (part === undefined || /^\d/.test(part) || part.startsWith('#')) return 4;
  if (part.startsWith('dev')) return 0;
  if (part.startsWith('a')) return 1;
  if (part.startsWith('b')) return 2;
  if (part.startsWith('rc')) return 3;
  return part.startsWith('p') ? 5 : -1;
}

/** Within the rank of numbers the end comes first: 1.0 < 1.0.0. A `#` equals any number and the end. */
function compareParts(a: string | undefined, b: string | undefined): Order {
  const decided = order(rank(a), rank(b));
  if (decided !== 0 || rank(a) !== 4) return decided;
  if (a?.startsWith('#') || b?.startsWith('#')) return 0;
  if (a === undefined || b === undefined) return order(a === undefined ? 0 : 1, b === undefined ? 0 : 1);
  return order<Whole>(whole(a), whole(b));
}

export const packagist: VersionScheme<PackagistVersion> = {
  id: 'packagist',
  title: 'Composer',
  parse,
  compare(a, b) {
    const length = Math.max(a.parts.length, b.parts.length);
    for (let index = 0; index < length; index++) {
      const decided = compareParts(a.parts[index], b.parts[index]);
      if (decided !== 0) return decided;
    }
    return 0;
  },
  isProper: (version) => !version.branch && !version.parts.some((part) => part.startsWith('#')),
};
