// A publisher's hint beside an open range, such as GitHub's `last_known_affected_version_range: "<= 29.0"`.
import type { VersionScheme } from '../versions/scheme.ts';
import { readVersion } from './windows.ts';

const HOLDS: Readonly<Record<string, (sign: number) => boolean>> = {
  '<=': (sign) => sign <= 0,
  '<': (sign) => sign < 0,
  '>=': (sign) => sign >= 0,
  '>': (sign) => sign > 0,
  '=': (sign) => sign === 0,
};

/** Whether the hint covers the version; null when the hint or the version cannot be read. */
export function hintCovers(hint: string, version: string, scheme: VersionScheme): boolean | null {
  const own = readVersion(scheme, version);
  if (own === null || hint.length > 512) return null;
  let covers = true;
  for (const part of hint.split(',')) {
    const found = /^\s*(<=|>=|<|>|={0,2})\s*(\S+)\s*$/.exec(part);
    const bound = found ? readVersion(scheme, found[2]!) : null;
    if (!found || bound === null) return null;
    const holds = HOLDS[found[1] === '' || found[1] === '==' ? '=' : found[1]!]!;
    covers &&= holds(scheme.compare(own, bound));
  }
  return covers;
}
