// SemVer 2.0 as it is found in the wild: npm, crates.io, Go, Hex, Swift. A leading `v`, missing parts and four or more parts are
// read; build metadata is ignored (so Go's `+incompatible` is too); numbers may be larger than 2^53.
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

export interface SemVer {
  readonly numbers: readonly Whole[];
  /** Null for a release. Numeric identifiers are numbers, the others text. */
  readonly prerelease: readonly (Whole | string)[] | null;
  readonly build: string | null;
}

const SHAPE = /^[vV=]?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z.-]+))?$/;

export function parseSemVer(text: string): SemVer | null {
  const readableText = readable(text);
  const found = readableText === null ? null : SHAPE.exec(readableText);
  if (!found) return null;
  return {
    numbers: found[1]!.split('.').map(whole),
    prerelease: found[2] === undefined ? null : found[2].split('.').map(readIdentifier),
    build: found[3] ?? null,
  };
}

function readIdentifier(text: string): Whole | string {
  return /^\d+$/.test(text) ? whole(text) : text;
}

/** SemVer 11.4: numeric identifiers are lower than alphanumeric ones, fewer identifiers lower than more. */
function compareIdentifiers(a: Whole | string, b: Whole | string): Order {
  if (typeof a === 'string') return typeof b === 'string' ? order(a, b) : 1;
  return typeof b === 'string' ? -1 : order(a, b);
}

export function compareSemVer(a: SemVer, b: SemVer): Order {
  const numbers = orderLists<Whole>(a.numbers, b.numbers, 0, order);
  if (numbers !== 0) return numbers;
  if (a.prerelease === null || b.prerelease === null) {
    return order(a.prerelease === null ? 1 : 0, b.prerelease === null ? 1 : 0);
  }
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let index = 0; index < shared; index++) {
    const decided = compareIdentifiers(a.prerelease[index]!, b.prerelease[index]!);
    if (decided !== 0) return decided;
  }
  return order(a.prerelease.length, b.prerelease.length);
}

export const semver: VersionScheme<SemVer> = {
  id: 'semver',
  title: 'SemVer',
  parse: parseSemVer,
  compare: compareSemVer,
  isProper: () => true,
};

/** NuGet: four parts, prerelease compared without case. */
export const nuget: VersionScheme<SemVer> = {
  id: 'nuget',
  title: 'NuGet',
  parse: (text) => parseSemVer(text.toLowerCase()),
  compare: compareSemVer,
  isProper: () => true,
};

/** Pub (Dart): as SemVer, but build metadata does order: 1.0.0 < 1.0.0+build. */
export const pub: VersionScheme<SemVer> = {
  id: 'pub',
  title: 'Pub',
  parse: parseSemVer,
  compare: (a, b) => compareSemVer(a, b) || compareBuild(a.build, b.build),
  isProper: () => true,
};

function compareBuild(a: string | null, b: string | null): Order {
  if (a === null || b === null) return order(a === null ? 0 : 1, b === null ? 0 : 1);
  const left = a.split('.').map(readIdentifier);
  const right = b.split('.').map(readIdentifier);
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const decided = compareIdentifiers(left[index]!, right[index]!);
    if (decided !== 0) return decided;
  }
  return order(left.length, right.length);
}
