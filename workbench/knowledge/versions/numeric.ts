// CRAN, Bioconductor and Hackage: a list of numbers, a longer list is later (1.0 < 1.0.0); CRAN also writes `1.0-2`.
import { order, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

export const numeric: VersionScheme<readonly Whole[]> = {
  id: 'numeric',
  title: 'numeric',
  parse(text) {
    const readableText = readable(text);
    if (readableText === null || !/^\d+(?:[.-]\d+)*$/.test(readableText)) return null;
    return readableText.split(/[.-]/).map(whole);
  },
  compare(a, b) {
    const shared = Math.min(a.length, b.length);
    for (let index = 0; index < shared; index++) {
      const decided = order(a[index]!, b[index]!);
      if (decided !== 0) return decided;
    }
    return order(a.length, b.length);
  },
  isProper: () => true,
};
