// Which purl means which product of NVD, and which binary package is built of which source: a curated list that ships with Ward
// (aliases.json) and what people of the house add to it. Only through such a pair does a name of one world count in another.
import data from './aliases.json' with { type: 'json' };
import { type Cpe, cpeName, parseCpe, withValue } from './cpe.ts';
import { ecosystemOfPurl, packageNameOf, spellName } from './ecosystem-names.ts';
import { type Purl, readPurl } from './purl.ts';

/** What a purl means beside itself. */
export type AliasTarget =
  | { readonly kind: 'cpe'; readonly cpe: Cpe }
  | { readonly kind: 'package'; readonly ecosystem: string; readonly name: string };

/** A pair that people added for their house, or (`parts`) one of the curated pairs that they refuse. */
export interface HouseAlias {
  /** Purl without version, `pkg:generic/our-tls`. */
  readonly purl: string;
  /** CPE without version, `cpe:2.3:a:openssl:openssl`, or a purl without version of a covered type. */
  readonly target: string;
  readonly effect: 'joins' | 'parts';
}

export interface Aliases {
  /** What the purl means, curated and house together. */
  targetsOf(purl: Purl): readonly AliasTarget[];
}

/** The key of an alias: type, namespace and name without case; versions and qualifiers do not count. */
export function aliasKey({ type, namespace, name }: Purl): string {
  return `${type}/${namespace === null ? '' : `${namespace}/`}${name}`.toLowerCase();
}

/** Reads the target of an alias; null when it is neither a CPE with vendor and product nor a purl of a covered type. */
export function readTarget(text: string): AliasTarget | null {
  const cpe = parseCpe(text);
  if (cpe) {
    if ([cpe.part, cpe.vendor, cpe.product].some((value) => /^[*-]$/.test(value))) return null;
    return { kind: 'cpe', cpe };
  }
  const { purl } = readPurl(text);
  const ecosystem = purl ? ecosystemOfPurl(purl) : null;
  const name = purl && ecosystem !== null ? packageNameOf(ecosystem, purl) : null;
  if (ecosystem === null || name === null) return null;
  return { kind: 'package', ecosystem, name: spellName(ecosystem, name) };
}

const identityOf = (target: AliasTarget): string =>
  target.kind === 'cpe' ? `cpe ${cpeName(target.cpe)}` : `${target.ecosystem} ${target.name}`;

/** Puts the house's pairs over the curated ones; pairs that cannot be read are left out (the API refuses them before). */
export function makeAliases(house: readonly HouseAlias[] = []): Aliases {
  if (house.length === 0) return { targetsOf: (purl) => CURATED.get(aliasKey(purl)) ?? [] };
  const all = new Map(CURATED);
  for (const { purl: text, target: wanted, effect } of house) {
    const { purl } = readPurl(text);
    const target = readTarget(wanted);
    if (!purl || !target) continue;
    const key = aliasKey(purl);
    const others = (all.get(key) ?? []).filter((known) => identityOf(known) !== identityOf(target));
    all.set(key, effect === 'joins' ? [...others, target] : others);
  }
  return { targetsOf: (purl) => all.get(aliasKey(purl)) ?? [] };
}

function curated(): Map<string, readonly AliasTarget[]> {
  const all = new Map<string, AliasTarget[]>();
  const add = (key: string, target: AliasTarget) => all.set(key, [...(all.get(key) ?? []), target]);
  for (const { cpe: text, names, ...others } of data.products) {
    const cpe = parseCpe(`cpe:2.3:${text}`);
    if (!cpe) throw new Error(`aliases.json: ${text} is no CPE`);
    const { github = [], conan = [], vcpkg = [] } = others as Partial<Record<string, string[]>>;
    for (const name of names)
      for (const type of ['generic', 'yocto']) add(`${type}/${name}`, { kind: 'cpe', cpe });
    for (const name of github) add(`github/${name}`, { kind: 'cpe', cpe });
    for (const name of conan) add(`conan/${name}`, { kind: 'cpe', cpe });
    for (const name of vcpkg) add(`vcpkg/${name}`, { kind: 'cpe', cpe });
  }
  return all;
}

const CURATED: ReadonlyMap<string, readonly AliasTarget[]> = curated();

/** The pairs that ship with Ward, for people: `generic/openssl` → `cpe:2.3:a:openssl:openssl`. */
export function curatedPairs(): { readonly purl: string; readonly target: string }[] {
  return [...CURATED].flatMap(([key, targets]) =>
    targets.map((target) => ({
      purl: `pkg:${key}`,
      target:
        target.kind === 'cpe'
          ? `cpe:2.3:${target.cpe.part}:${cpeName(target.cpe)}`
          : `${target.ecosystem}:${target.name}`,
    })),
  );
}

/** Only the CPE with the component's version, or null where the version is none that NVD could name (a commit, a branch). */
export function cpeOfAlias(cpe: Cpe, version: string, purl: Purl): Cpe | null {
  const plain = plainVersion(version, purl);
  return plain === null ? null : withValue(cpe, 'version', plain);
}

/**
 * The upstream version in a tag or a recipe's version.
 *
 * @example plainVersion('openssl-3.0.11', …)  // '3.0.11'
 * @example plainVersion('OpenSSL_1_1_1w', …)  // '1.1.1w'
 * @example plainVersion('R_2_5_0', …)         // '2.5.0'
 */
export function plainVersion(version: string, { type, name }: Pick<Purl, 'type' | 'name'>): string | null {
  if (version.length > 128 || /^[0-9a-f]{40}$/i.test(version)) return null;
  let text = version.toLowerCase();
  const own = `${name.toLowerCase()}-`;
  if (text.startsWith(own)) text = text.slice(own.length);
  const found = /^[a-z]{0,32}[-_.]?v?(\d.*)$/.exec(text);
  if (!found) return null;
  text = found[1]!;
  // Recipes: 3.0.11-r0, 5.15.124+gitAUTOINC+….
  if (type === 'yocto') text = text.replace(/\+git.*$/, '').replace(/-r\d+$/, '');
  if (!text.includes('.') && /^\d+(?:[-_]\d+)+/.test(text)) {
    text = text.replace(/[-_](?=\d)/g, '.').replace(/[-_](?=p\d)/, '');
  }
  return text;
}

const BINARIES: Readonly<Record<string, ReadonlyMap<string, string>>> = Object.fromEntries(
  Object.entries(data.binaries).map(([family, sources]) => [
    family,
    new Map(
      Object.entries(sources as Record<string, string[]>).flatMap(([source, binaries]) =>
        binaries.map((binary) => [binary, source] as const),
      ),
    ),
  ]),
);

const FAMILY: Readonly<Record<string, string>> = {
  Debian: 'Debian',
  Ubuntu: 'Debian',
  Alpine: 'Alpine',
  Wolfi: 'Alpine',
  Chainguard: 'Alpine',
  openEuler: 'openEuler',
};

/** The source that a distribution builds the binary package of, under the same version; null where that is not sure. */
export function knownSourceOf(ecosystem: string, binary: string): string | null {
  return BINARIES[FAMILY[ecosystem] ?? '']?.get(binary) ?? null;
}
