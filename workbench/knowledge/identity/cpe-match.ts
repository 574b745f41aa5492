// Whether a component's CPE lies in what an NVD criteria names (NISTIR 7696 for the attributes, NVD API 2.0 for version bounds).
import type { AffectedRange } from '../advisory.ts';
import { generic, isPrereleaseTag } from '../versions/generic.ts';
import { parsedVersions } from '../versions/parsed-versions.ts';
import { CPE_ATTRIBUTES, type Cpe, hasWildcard, isConcrete, parseCpe, unquote } from './cpe.ts';

export type AttributeRelation = 'EQUAL' | 'SUPERSET' | 'SUBSET' | 'DISJOINT' | 'UNDEFINED';

/**
 * Relation of one attribute of the criteria (source) to that of the component (target): NISTIR 7696, table 6-2.
 * A `?` at an edge stands for zero or one character.
 */
export function attributeRelation(source: string, target: string): AttributeRelation {
  const from = source.toLowerCase();
  const to = target.toLowerCase();
  if (hasWildcard(to)) return from === to ? 'EQUAL' : 'UNDEFINED';
  if (from === to) return 'EQUAL';
  if (from === '*') return 'SUPERSET';
  if (to === '*') return 'SUBSET';
  if (from === '-' || to === '-') return 'DISJOINT';
  return hasWildcard(from) && wildcardCovers(from, to) ? 'SUPERSET' : 'DISJOINT';
}

function wildcardCovers(pattern: string, value: string): boolean {
  const [, leading, middle, trailing] = /^(\*|\?*)(.*?)((?<!\\)\*|(?<!\\)\?*|)$/s.exec(pattern)!;
  const inner = unquote(middle!);
  const text = unquote(value);
  const most = (wildcard: string) => (wildcard === '*' ? Number.POSITIVE_INFINITY : wildcard.length);
  for (let at = text.indexOf(inner); at >= 0; at = text.indexOf(inner, at + 1)) {
    if (at <= most(leading!) && text.length - at - inner.length <= most(trailing!)) return true;
    if (inner === '') break;
  }
  return inner === '' && text.length <= most(leading!) + most(trailing!);
}

export type CpeVerdict =
  | { readonly outcome: 'affected' | 'not-affected' }
  | {
      readonly outcome: 'undetermined';
      readonly why: 'no-version' | 'version-not-in-scheme' | 'update-ambiguous' | 'wildcard';
    };

/** The parts of a CPE range that decide. */
export type CpeCriteria = Pick<
  Extract<AffectedRange, { kind: 'CPE' }>,
  'criteria' | 'startIncluding' | 'startExcluding' | 'endIncluding' | 'endExcluding'
>;

const NO: CpeVerdict = { outcome: 'not-affected' };
const YES: CpeVerdict = { outcome: 'affected' };

/** Attributes that are neither the version nor a platform; `-` against a value excludes. */
const PLAIN = ['part', 'vendor', 'product', 'edition', 'language', 'swEdition', 'other'] as const;

/** Matches a component's CPE against criteria with version bounds; never throws. */
export function cpeMatches(criteria: CpeCriteria, component: string | Cpe): CpeVerdict {
  const source = readCriteria(criteria.criteria);
  const target = typeof component === 'string' ? readCriteria(component) : component;
  // A component that does not name its product would match everything of a vendor.
  if (!source || !target || target.product === '*') return NO;

  const relations = Object.fromEntries(
    CPE_ATTRIBUTES.map((attribute) => [attribute, attributeRelation(source[attribute], target[attribute])]),
  ) as Record<(typeof CPE_ATTRIBUTES)[number], AttributeRelation>;
  if (PLAIN.some((attribute) => relations[attribute] === 'DISJOINT')) return NO;
  const mixed = [relations.vendor, relations.product];
  if (mixed.includes('SUPERSET') && mixed.includes('SUBSET')) return NO;
  for (const platform of ['targetSw', 'targetHw'] as const) {
    const bothConcrete = isConcrete(source[platform]) && isConcrete(target[platform]);
    if (bothConcrete && relations[platform] === 'DISJOINT') return NO;
  }

  const version = hasBounds(criteria)
    ? matchBounds(criteria, target)
    : matchVersion(source, target, relations);
  if (version.outcome === 'not-affected') return version;
  const unclear = PLAIN.some((attribute) => relations[attribute] === 'UNDEFINED');
  return unclear ? { outcome: 'undetermined', why: 'wildcard' } : version;
}

const hasBounds = (criteria: CpeCriteria): boolean =>
  criteria.startIncluding !== null ||
  criteria.startExcluding !== null ||
  criteria.endIncluding !== null ||
  criteria.endExcluding !== null;

/** No bounds: the criteria's own version and update decide. */
function matchVersion(
  source: Cpe,
  target: Cpe,
  relations: Readonly<Record<'version' | 'update', AttributeRelation>>,
): CpeVerdict {
  if (source.version === '*' && source.update === '*') {
    return target.version === '*' ? { outcome: 'undetermined', why: 'no-version' } : YES;
  }
  if (target.version === '*' && source.version !== '*') return { outcome: 'undetermined', why: 'no-version' };
  if (relations.version === 'UNDEFINED' || relations.update === 'UNDEFINED') {
    return { outcome: 'undetermined', why: 'wildcard' };
  }
  if (relations.version !== 'DISJOINT' && relations.update !== 'DISJOINT') return YES;
  // 4.2.8 with update p15 and 4.2.8p15 are two spellings of one version.
  return versionText(source) === versionText(target) ? YES : NO;
}

/** Version and update in one text; the update is a patch level. */
export function versionText(cpe: Cpe): string {
  const version = unquote(cpe.version).replace(/^v(?=\d)/, '');
  return isConcrete(cpe.update) ? version + unquote(cpe.update) : version;
}

function matchBounds(criteria: CpeCriteria, target: Cpe): CpeVerdict {
  if (target.version === '*' || target.version === '-') return { outcome: 'undetermined', why: 'no-version' };
  if (hasWildcard(target.version)) return { outcome: 'undetermined', why: 'wildcard' };
  const parse = (text: string) => parsedVersions.parse(generic, text) as ReturnType<typeof generic.parse>;
  const update = isConcrete(target.update) ? unquote(target.update) : '';
  const plain = parse(unquote(target.version));
  const patched = update === '' ? plain : parse(`${unquote(target.version)}-${update}`);
  if (!plain || !patched) return { outcome: 'undetermined', why: 'version-not-in-scheme' };

  const bounds = [
    { text: criteria.startIncluding, holds: (sign: number) => sign >= 0 },
    { text: criteria.startExcluding, holds: (sign: number) => sign > 0 },
    { text: criteria.endIncluding, holds: (sign: number) => sign <= 0 },
    { text: criteria.endExcluding, holds: (sign: number) => sign < 0 },
  ];
  let doubt: CpeVerdict | null = null;
  for (const { text, holds } of bounds) {
    if (text === null) continue;
    const bound = parse(text);
    if (!bound) {
      doubt = { outcome: 'undetermined', why: 'version-not-in-scheme' };
      continue;
    }
    // 1.36.0 with update rc1 against "before 1.36.0": NVD does not say whether candidates of the bound count.
    const candidate = isPrereleaseTag(update) && generic.compare(plain, bound) === 0;
    if (candidate && text !== criteria.endIncluding)
      doubt = { outcome: 'undetermined', why: 'update-ambiguous' };
    else if (!holds(generic.compare(patched, bound))) return NO;
  }
  return doubt ?? YES;
}

/** Criteria repeat within a batch; parsed ones are kept, up to a bound. */
const known = new Map<string, Cpe | null>();
const MAX_KNOWN = 20_000;

function readCriteria(text: string): Cpe | null {
  const found = known.get(text);
  if (found !== undefined) return found;
  const cpe = parseCpe(text);
  if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value!);
  if (text.length <= 512) known.set(text, cpe);
  return cpe;
}
