// What else the file states of a component. It is stored with the component as JSON, so it is cut to a bound: the original
// file is kept whole elsewhere, and a page that shows a component must not carry a patch of a megabyte.

import { type Reading, storable } from './reading.ts';

/** A statement that the file did not make is absent. */
export interface SbomFacts {
  readonly manufacturer?: string;
  readonly publisher?: string;
  readonly originator?: string;
  readonly authors?: readonly string[];
  readonly copyright?: string;
  /** Versions that the product meets but does not carry (CycloneDX 1.7), in vers notation. */
  readonly versionRange?: string;
  /** Not part of the product, only met by it (CycloneDX 1.7). */
  readonly isExternal?: boolean;
  readonly fileName?: string;
  readonly sourceInfo?: string;
  readonly comment?: string;
  readonly releaseDate?: string;
  readonly builtDate?: string;
  readonly swid?: unknown;
  /** Gitoids of OmniBOR. */
  readonly omniborIds?: readonly string[];
  readonly swhids?: readonly string[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  /** CycloneDX `evidence`: identity, occurrences, call stack, licences and copyright that were found. */
  readonly evidence?: unknown;
  /** CycloneDX `pedigree`: ancestors, commits, patches. */
  readonly pedigree?: unknown;
  readonly annotations?: unknown;
}

const MAX_ENTRIES = 100;
const MAX_TEXT = 2_000;
/** Characters of one fact as JSON. */
const MAX_FACT = 32 * 1024;

export function boundedFact(value: unknown, at: string, reading: Reading): unknown {
  if (reading.options.whole) return value;
  const cut = { happened: false };
  const kept = bounded(value, cut, { left: MAX_FACT });
  if (cut.happened) {
    reading.warn(
      at,
      'Only the beginning of these details is kept with the component; the original file has them all.',
    );
  }
  return kept;
}

// Recursion is safe: the nesting of the file was bounded before it was parsed.
function bounded(value: unknown, cut: { happened: boolean }, budget: { left: number }): unknown {
  if (typeof value === 'string') {
    const text = value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
    if (text !== value) cut.happened = true;
    budget.left -= text.length + 3;
    return storable(text);
  }
  if (typeof value !== 'object' || value === null) {
    budget.left -= 6;
    return typeof value === 'number' && !Number.isFinite(value) ? null : value;
  }
  const entries = Object.entries(value);
  const kept: [string, unknown][] = [];
  for (const [key, inner] of entries.slice(0, MAX_ENTRIES)) {
    if (budget.left <= 0) break;
    budget.left -= Array.isArray(value) ? 1 : key.length + 4;
    kept.push([storable(key.slice(0, MAX_TEXT)), bounded(inner, cut, budget)]);
  }
  if (kept.length < entries.length) cut.happened = true;
  return Array.isArray(value) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}

/** Without the statements that were not made. */
export function madeFacts(
  facts: { readonly [Name in keyof SbomFacts]: SbomFacts[Name] | null | undefined },
): SbomFacts {
  const made: Record<string, unknown> = {};
  for (const name in facts) {
    const value = facts[name as keyof SbomFacts];
    if (value === null || value === undefined) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    made[name] = value;
  }
  return made;
}
