// RPM versions: `[epoch:]version[-release]`, each part compared with rpmvercmp (rpm-version(7)): runs of digits or letters,
// everything else only separates, `~` sorts before the end and `^` after it.
import { type Order, order, readable, type VersionScheme, whole } from './scheme.ts';

export interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
}

function parse(text: string): RpmVersion | null {
  const readableText = readable(text);
  if (readableText === null) return null;
  const colon = readableText.indexOf(':');
  const rest = readableText.slice(colon + 1);
  const hyphen = rest.indexOf('-');
  return {
    epoch: colon <= 0 ? '0' : readableText.slice(0, colon),
    version: hyphen < 0 ? rest : rest.slice(0, hyphen),
    release: hyphen < 0 ? '' : rest.slice(hyphen + 1),
  };
}

type Segment = { readonly kind: 'number' | 'letters' | '~' | '^'; readonly text: string };

function segments(text: string): Segment[] {
  return (text.match(/\d+|[A-Za-z]+|~|\^/g) ?? []).map((token) => {
    if (token === '~' || token === '^') return { kind: token, text: token };
    return { kind: /\d/.test(token) ? 'number' : 'letters', text: token };
  });
}

/** Rank of a segment's kind; the end of the version lies between `~` and `^`. */
const RANK = { '~': -1, end: 0, '^': 1, letters: 2, number: 3 } as const;

function compareParts(a: string, b: string): Order {
  const left = segments(a);
  const right = segments(b);
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const x = left[index];
    const y = right[index];
    const decided = order(RANK[x?.kind ?? 'end'], RANK[y?.kind ?? 'end']);
    if (decided !== 0 || !x || !y) return decided;
    const texts = x.kind === 'number' ? order(whole(x.text), whole(y.text)) : order(x.text, y.text);
    if (texts !== 0) return texts;
  }
  return 0;
}

/** An absent release is below every release. */
function compareReleases(a: string, b: string): Order {
  if (a === '' || b === '') return order(a === '' ? 0 : 1, b === '' ? 0 : 1);
  return compareParts(a, b);
}

export const rpm: VersionScheme<RpmVersion> = {
  id: 'rpm',
  title: 'RPM',
  parse,
  compare: (a, b) =>
    compareParts(a.epoch, b.epoch) ||
    compareParts(a.version, b.version) ||
    compareReleases(a.release, b.release),
  isProper: () => true,
};
