// How the versions of one ecosystem are read and put in order. One small file per scheme; `schemes.ts` lists them.

export type Order = -1 | 0 | 1;

/**
 * The order of one ecosystem's versions.
 *
 * Versions come from SBOMs and advisories, so an attacker may choose them: no method throws, and work is linear in the text,
 * which is at most `MAX_VERSION_LENGTH` long.
 */
export interface VersionScheme<Parsed = unknown> {
  /** Short stable key, e.g. `semver`; also the key of the cache. */
  readonly id: string;

  /** What a reader calls it: `SemVer`, `PEP 440`, `Debian`. */
  readonly title: string;

  /**
   * Reads a version; null when the text is no version of this scheme.
   *
   * @example semver.parse('v1.2.3-rc.1')  // something comparable
   * @example semver.parse('latest')       // null: matching answers *undetermined*, never another scheme's opinion
   */
  parse(text: string): Parsed | null;

  /**
   * Total order over what `parse` gave: reflexive, antisymmetric up to equality of rank, transitive.
   *
   * @example semver: 1.0.0-rc.1 < 1.0.0 = v1.0.0+build < 1.0.1
   * @example debian: 1.0~rc1-1 < 1.0-1 < 1:0.1-1
   */
  compare(a: Parsed, b: Parsed): Order;

  /**
   * False when the ecosystem itself would refuse the version although it can be put in order (`1.2_blah` in Alpine, a branch
   * `dev-main` in Composer). Such a version must not decide whether a component is affected.
   */
  isProper(parsed: Parsed): boolean;
}

/** Longest version that is read; the longest seen in public records is below 150. */
export const MAX_VERSION_LENGTH = 256;

/** Trimmed text, or null when it is empty, too long, or holds white space or control characters. */
export function readable(text: string): string | null {
  if (text.length > MAX_VERSION_LENGTH) return null;
  const trimmed = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  return trimmed === '' || /[\s\u0000-\u001f\u007f]/.test(trimmed) ? null : trimmed;
}

export function order<T extends number | bigint | string>(a: T, b: T): Order {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** A whole number of any size: exact beyond 2^53, cheap below. Numbers and big integers compare with `<` and `>`. */
export type Whole = number | bigint;

/** Reads decimal digits, and digits only. */
export function whole(digits: string): Whole {
  return digits.length <= 15 ? Number(digits) : BigInt(digits);
}

/** Lexicographic order of two lists, the shorter one continued by `pad`. */
export function orderLists<T>(
  a: readonly T[],
  b: readonly T[],
  pad: T,
  compare: (x: T, y: T) => Order,
): Order {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const decided = compare(index < a.length ? a[index]! : pad, index < b.length ? b[index]! : pad);
    if (decided !== 0) return decided;
  }
  return 0;
}

/** Compares two versions given as text; null when one of them is not readable in the scheme. */
export function compareTexts(scheme: VersionScheme, a: string, b: string): Order | null {
  const left = scheme.parse(a);
  const right = scheme.parse(b);
  return left === null || right === null ? null : scheme.compare(left, right);
}
