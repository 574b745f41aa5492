// Debian and Ubuntu versions: `[epoch:]upstream[-revision]`, compared as dpkg does (deb-version(7), `verrevcmp` in dpkg's lib).
import { type Order, order, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

export interface DebianVersion {
  readonly epoch: Whole;
  readonly upstream: string;
  /** '' when absent, which compares as `0`. */
  readonly revision: string;
}

function parse(text: string): DebianVersion | null {
  const readableText = readable(text);
  if (readableText === null) return null;
  const colon = readableText.indexOf(':');
  const epoch = colon < 0 ? '0' : readableText.slice(0, colon);
  if (!/^\d+$/.test(epoch)) return null;
  const rest = readableText.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  if (upstream === '') return null;
  return { epoch: whole(epoch), upstream, revision: hyphen < 0 ? '' : rest.slice(hyphen + 1) };
}

/** `~` sorts before the end, letters before all other characters. */
function rank(character: string | undefined): number {
  if (character === undefined || /\d/.test(character)) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';

/** Compares by turns a run of non-digits and a run of digits. */
export function compareDpkgParts(a: string, b: string): Order {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const decided = order(rank(a[i]), rank(b[j]));
      if (decided !== 0) return decided;
      i++;
      j++;
    }
    const startA = i;
    const startB = j;
    while (isDigit(a[i])) i++;
    while (isDigit(b[j])) j++;
    const decided = order(whole(a.slice(startA, i)), whole(b.slice(startB, j)));
    if (decided !== 0) return decided;
  }
  return 0;
}

export const debian: VersionScheme<DebianVersion> = {
  id: 'debian',
  title: 'Debian',
  parse,
  compare: (a, b) =>
    order(a.epoch, b.epoch) ||
    compareDpkgParts(a.upstream, b.upstream) ||
    compareDpkgParts(a.revision, b.revision),
  isProper: () => true,
};
