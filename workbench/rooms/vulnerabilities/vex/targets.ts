// What components a reference of a VEX document is compared with, and which releases of the house it is. Pure.
import type { Affected, PackageIdentity } from '../../../knowledge/advisory.ts';
import { affectedOf } from '../../../knowledge/importers/csaf/affected-products.ts';
import { eventsOf } from '../../../knowledge/importers/csaf/version-statement.ts';
import { match } from '../../../knowledge/matching/match.ts';
import type { VexRef } from './statement.ts';
import { slugOf } from './write-vex.ts';

/**
 * The packages and CPE products that the reference names. The source package that a distribution's package was built from is
 * left out: a word about one of its packages is none about the others.
 */
export function targetsOf(ref: VexRef): Affected[] {
  const firsts = new Map<string, string>();
  return affectedOf(ref, true).filter(({ ecosystem, name }) => {
    if (!firsts.has(ecosystem)) firsts.set(ecosystem, name);
    return ecosystem === 'cpe' || ref.purls.length > 1 || firsts.get(ecosystem) === name;
  });
}

/** Does the reference speak of this version? `may` where that cannot be decided; null where it speaks of another one. */
export function coverOf(identity: PackageIdentity, target: Affected): 'covers' | 'may' | null {
  const { outcome } = match(identity, target, { configurations: [], withdrawn: null });
  if (outcome === 'not-affected') return null;
  return outcome === 'affected' ? 'covers' : 'may';
}

/** The same for a reference that only its name identifies. */
export function coverByName(identity: PackageIdentity, { versions }: VexRef): 'covers' | 'may' | null {
  if (!versions || versions.kind === 'text') return 'may';
  if (versions.kind === 'all') return 'covers';
  if (identity.version !== null && versions.versions.includes(identity.version)) return 'covers';
  if (identity.ecosystem === 'cpe') return versions.kind === 'versions' ? null : 'may';
  const { ecosystem, name } = identity;
  const ranges =
    versions.kind === 'ranges'
      ? versions.intervals.map((interval) => ({ kind: 'ECOSYSTEM' as const, events: eventsOf(interval) }))
      : [];
  return coverOf(
    { ...identity, scope: '' },
    { ecosystem, name, scope: '', ranges, versions: versions.versions, hint: null },
  );
}

export interface HouseRelease {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly product: string;
}

/** Finds the releases of the house that a reference means: by the product's name with the version, or by the release's name. */
export function houseReleases(releases: readonly HouseRelease[]): (ref: VexRef) => HouseRelease[] {
  const bySlug = new Map<string, { release: HouseRelease; whole: boolean }[]>();
  const add = (name: string, release: HouseRelease, whole: boolean) => {
    const slug = slugOf(name);
    if (slug !== '') bySlug.set(slug, [...(bySlug.get(slug) ?? []), { release, whole }]);
  };
  for (const release of releases) {
    add(release.product, release, false);
    add(`${release.product} ${release.version}`, release, true);
    add(release.name, release, true);
  }
  return ({ name, purls, versions }) => {
    // Another ecosystem's package of the same name is another thing.
    if (purls.some((purl) => !purl.startsWith('pkg:generic/'))) return [];
    const found = (bySlug.get(slugOf(name)) ?? []).filter(({ release, whole }) => {
      if (versions?.kind === 'all') return true;
      if (versions?.kind === 'versions') return versions.versions.includes(release.version);
      return whole;
    });
    return [...new Set(found.map(({ release }) => release))];
  };
}
