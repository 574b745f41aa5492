// Versions repeat: one advisory batch compares the same few texts thousands of times. This keeps what was parsed, keyed by scheme
// and text, and drops the oldest when full, so that no input can make it grow.
import type { VersionScheme } from './scheme.ts';

export interface ParsedVersions {
  /** As `scheme.parse(text)`, remembered. */
  parse(scheme: VersionScheme, text: string): unknown;
  readonly size: number;
}

/** @param limit Entries kept; an entry takes about 300 bytes, so the default is near 15 MB. */
export function makeParsedVersions(limit = 50_000): ParsedVersions {
  const known = new Map<string, unknown>();
  return {
    parse(scheme, text) {
      const key = `${scheme.id} ${text}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const parsed = scheme.parse(text);
      if (known.size >= limit) known.delete(known.keys().next().value!);
      known.set(key, parsed);
      return parsed;
    },
    get size() {
      return known.size;
    },
  };
}

/** The cache of this process. */
export const parsedVersions: ParsedVersions = makeParsedVersions();
