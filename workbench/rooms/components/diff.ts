// Two SBOMs side by side: what came, what went, and what changed. Pure. Versions of one component are paired exactly: what both
// sides carry stays, and only what is left over is a change of version.
import type { OutgoingComponent, OutgoingSbom } from './outgoing.ts';
import { supportLevelOf } from './support-levels.ts';

export interface SideComponent {
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly place: string;
  readonly licences: readonly string[];
  readonly supplier: string | null;
  readonly supportLevel: string | null;
  readonly endOfSupport: string | null;
}

export type DifferenceKind = 'added' | 'removed' | 'version' | 'licence' | 'support' | 'supplier';

export interface ComponentDifference {
  readonly kinds: readonly DifferenceKind[];
  /** null when added. */
  readonly before: SideComponent | null;
  /** null when removed. */
  readonly after: SideComponent | null;
}

export interface SbomDifference {
  readonly differences: readonly ComponentDifference[];
  readonly counts: Readonly<Record<DifferenceKind, number>>;
  readonly unchanged: number;
}

/** About linear; versions of one component are few. */
export function diffSboms(before: OutgoingSbom, after: OutgoingSbom): SbomDifference {
  const left = byPlace(before);
  const right = byPlace(after);
  const differences: ComponentDifference[] = [];
  let unchanged = 0;
  for (const place of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const pairs = pairUp(left.get(place) ?? [], right.get(place) ?? []);
    for (const [one, other] of pairs) {
      const kinds = kindsOf(one, other);
      if (kinds.length === 0) unchanged += 1;
      else differences.push({ kinds, before: one, after: other });
    }
  }
  const counts = { added: 0, removed: 0, version: 0, licence: 0, support: 0, supplier: 0 };
  for (const { kinds } of differences) for (const kind of kinds) counts[kind] += 1;
  return { differences, counts, unchanged };
}

/** Each version of a component once, however often it stands in the file. */
function byPlace(sbom: OutgoingSbom): Map<string, SideComponent[]> {
  const places = new Map<string, Map<string, SideComponent>>();
  for (const component of sbom.components) {
    const side = sideOf(component);
    const versions = places.get(side.place) ?? new Map<string, SideComponent>();
    if (!versions.has(side.version ?? '')) versions.set(side.version ?? '', side);
    places.set(side.place, versions);
  }
  return new Map([...places].map(([place, versions]) => [place, [...versions.values()]]));
}

type Pair = readonly [SideComponent | null, SideComponent | null];

function pairUp(left: readonly SideComponent[], right: readonly SideComponent[]): Pair[] {
  const pairs: Pair[] = [];
  const rest = [...right];
  const alone: SideComponent[] = [];
  for (const one of left) {
    const index = rest.findIndex((other) => other.version === one.version);
    if (index === -1) alone.push(one);
    else pairs.push([one, rest.splice(index, 1)[0]!]);
  }
  // Left over on both sides: lower with lower, so that 1.2 and 2.0 become 1.3 and 2.1 in this order.
  const ascending = (a: SideComponent, b: SideComponent) =>
    collator.compare(a.version ?? '', b.version ?? '');
  alone.sort(ascending);
  rest.sort(ascending);
  for (let index = 0; index < Math.max(alone.length, rest.length); index += 1)
    pairs.push([alone[index] ?? null, rest[index] ?? null]);
  return pairs;
}

const collator = new Intl.Collator('en', { numeric: true });

function kindsOf(before: SideComponent | null, after: SideComponent | null): DifferenceKind[] {
  if (before === null) return ['added'];
  if (after === null) return ['removed'];
  const kinds: DifferenceKind[] = [];
  if (before.version !== after.version) kinds.push('version');
  if (listed(before.licences) !== listed(after.licences)) kinds.push('licence');
  if (support(before) !== support(after)) kinds.push('support');
  if ((before.supplier ?? '') !== (after.supplier ?? '')) kinds.push('supplier');
  return kinds;
}

const listed = (texts: readonly string[]) => JSON.stringify([...new Set(texts)].sort());
const support = ({ supportLevel, endOfSupport }: SideComponent) =>
  JSON.stringify([supportLevelOf(supportLevel) ?? supportLevel, endOfSupport]);

function sideOf(component: OutgoingComponent): SideComponent {
  const { group, name, version, purl, licences, supplier, supportLevel, endOfSupport } = component;
  return {
    name: group === null ? name : `${group}/${name}`,
    version,
    purl,
    place: component.place ?? placeByName(component),
    licences,
    supplier,
    supportLevel,
    endOfSupport,
  };
}

/** Without a stored place: the purl without version and qualifiers, else the name. */
function placeByName({ purl, group, name }: OutgoingComponent): string {
  if (purl !== null) return purl.replace(/[?#].*$/, '').replace(/@[^@/]*$/, '');
  return `name:${group === null ? '' : `${group}/`}${name}`;
}
