// What a component can be matched by: the union of what its purl and its CPEs name. Nothing is dropped silently: a component
// without a usable identity is *not watched*, and a sentence says why.
import type { NotWatchedReason, PackageIdentity } from '../advisory.ts';
import { type Aliases, cpeOfAlias, knownSourceOf, makeAliases } from './aliases.ts';
import { cpeName, formatCpe, parseCpe, unquote, withValue } from './cpe.ts';
import { scopeOfDistro } from './distro-scope.ts';
import { ecosystemOfPurl, packageNameOf, spellName } from './ecosystem-names.ts';
import { type Purl, readPurl } from './purl.ts';

export interface IdentifiableComponent {
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly cpes: readonly string[];
  readonly commit: string | null;
  /** Git repository of the commit, where the SBOM names it. */
  readonly repository?: string | null;
}

export interface Identification {
  readonly identities: readonly PackageIdentity[];
  readonly notWatched: NotWatchedReason | null;
  /** What was found, or why the component is not watched; for people. */
  readonly note: string;
}

/** CPEs of one component that are read; the rest is told in the note. */
const MAX_CPES = 64;

const CURATED = makeAliases();

/** Finds the identities of a component; never throws. Without `aliases` those that ship with Ward count. */
export function identify(component: IdentifiableComponent, aliases: Aliases = CURATED): Identification {
  const notes: string[] = [];
  const fromPurl = component.purl === null ? null : identifyByPurl(component, component.purl, notes);
  const byAlias = identifyByAlias(component, aliases, notes);
  const tied = new Set(byAlias.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
  const fromCpes = identifyByCpes(component, distributionOf(component), notes).map((identity) =>
    tied.has(`${identity.ecosystem} ${identity.name}`) ? { ...identity, tied: true } : identity,
  );
  // What the SBOM itself names is more exact than what an alias makes of it.
  const stated = new Set(fromCpes.map(({ name }) => name));
  const added = byAlias.filter(({ ecosystem, name }) => ecosystem !== 'cpe' || !stated.has(name));
  const identities = unique([
    ...(fromPurl?.identities ?? []),
    ...fromCpes,
    ...added,
    ...identifyByCommit(component),
  ]);

  if (identities.length === 0) {
    const notWatched =
      fromPurl?.notWatched ?? (component.cpes.length > 0 ? 'invalid-identity' : 'no-identity');
    if (notWatched === 'no-identity') notes.push('The component has neither a purl nor a CPE.');
    return { identities, notWatched, note: notes.join(' ') };
  }
  if (identities.every(({ version, commit }) => version === null && commit === null)) {
    notes.push('The component has no version, so no range can be decided.');
    return { identities, notWatched: 'no-version', note: notes.join(' ') };
  }
  const names = identities.map(
    ({ ecosystem, name, scope }) => `${name} in ${ecosystem}${scope ? ` ${scope}` : ''}`,
  );
  return { identities, notWatched: null, note: [`Watched as ${names.join(', ')}.`, ...notes].join(' ') };
}

interface PurlIdentities {
  readonly identities: readonly PackageIdentity[];
  readonly notWatched: NotWatchedReason | null;
}

function identifyByPurl(component: IdentifiableComponent, text: string, notes: string[]): PurlIdentities {
  const { purl, problems } = readPurl(text);
  if (!purl) {
    notes.push(`The purl cannot be read: ${problems[0]}.`);
    return { identities: [], notWatched: 'invalid-identity' };
  }
  if (problems.length > 0)
    notes.push(`The purl is invalid (${problems.join('; ')}); what could be read is used.`);

  const identities: PackageIdentity[] = [];
  const add = (ecosystem: string, name: string, version: string | null) =>
    identities.push({
      ecosystem,
      name: spellName(ecosystem, name),
      scope: purl.qualifiers.distro === undefined ? '' : scopeOfDistro(ecosystem, purl.qualifiers.distro),
      version,
      from: text,
      cpe: null,
      commit: component.commit ?? commitOf(purl),
    });

  const repository = repositoryOf(purl);
  const ecosystem = ecosystemOfPurl(purl);
  const version = versionOf(purl, component.version);
  const name = ecosystem === null ? null : packageNameOf(ecosystem, purl);
  if (ecosystem !== null && name !== null) {
    add(ecosystem, name, version);
    // The project's own feed names its parts by their Go paths.
    if (ecosystem === 'Go' && /^k8s\.io\//i.test(name)) add('Kubernetes', name, version);
    const known = knownSourceOf(ecosystem, purl.name);
    const source = sourcePackageOf(purl) ?? (known === null ? null : { name: known, version: null });
    if (source) add(ecosystem, source.name, source.version ?? version);
  }
  if (repository !== null) add('GIT', repository, version);
  if (identities.length > 0) return { identities, notWatched: null };
  if (ecosystem !== null) return { identities, notWatched: 'invalid-identity' };
  notes.push(`No advisory source covers purls of the type ${describeType(purl)}.`);
  return { identities, notWatched: 'unknown-ecosystem' };
}

/** The products and packages that the purl means by the alias table. */
function identifyByAlias(
  component: IdentifiableComponent,
  aliases: Aliases,
  notes: string[],
): PackageIdentity[] {
  const purl = component.purl === null ? null : readPurl(component.purl).purl;
  if (!purl) return [];
  const version = versionOf(purl, component.version);
  const commit = component.commit ?? commitOf(purl);
  const base = { scope: '', from: component.purl!, commit, tied: true };
  const identities = aliases.targetsOf(purl).flatMap((target): PackageIdentity[] => {
    if (target.kind === 'package') {
      return [{ ...base, ecosystem: target.ecosystem, name: target.name, version, cpe: null }];
    }
    // A commit or a branch is no version of NVD; the repository's own advisories decide there.
    const cpe = version === null ? target.cpe : cpeOfAlias(target.cpe, version, purl);
    if (!cpe) return [];
    const stated = cpe.version === '*' ? null : unquote(cpe.version);
    return [{ ...base, ecosystem: 'cpe', name: cpeName(cpe), version: stated, cpe: formatCpe(cpe) }];
  });
  if (identities.length > 0) {
    notes.push(
      `By the alias table it is ${identities.map(({ ecosystem, name }) => `${ecosystem} ${name}`).join(', ')}.`,
    );
  }
  return identities;
}

const describeType = (purl: Purl): string =>
  ['apk', 'deb', 'rpm'].includes(purl.type)
    ? `${purl.type}/${purl.namespace ?? '(no distribution)'}`
    : purl.type;

function versionOf(purl: Purl, fallback: string | null): string | null {
  const version = purl.version ?? (fallback === '' ? null : fallback);
  if (version === null) return null;
  const epoch = purl.qualifiers.epoch;
  if (epoch !== undefined && /^\d+$/.test(epoch) && (purl.type === 'rpm' || purl.type === 'deb')) {
    return version.includes(':') ? version : `${epoch}:${version}`;
  }
  if (purl.type === 'golang') return goVersion(version);
  return version;
}

/** The toolchain writes `go1.21rc2`, advisories write 1.21.0-rc.2. */
function goVersion(version: string): string {
  const found = /^go(\d+(?:\.\d+)*)(?:(rc|beta)(\d+))?$/.exec(version);
  if (!found) return version;
  const numbers = [...found[1]!.split('.'), '0', '0']
    .slice(0, Math.max(3, found[1]!.split('.').length))
    .join('.');
  return found[2] === undefined ? numbers : `${numbers}-${found[2]}.${found[3]}`;
}

/** Distribution advisories name the source package; binary packages name it in `upstream` (libcurl4 → curl). */
function sourcePackageOf(purl: Purl): { name: string; version: string | null } | null {
  const upstream = purl.qualifiers.upstream;
  if (upstream === undefined) return null;
  const sourceRpm = /^(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm$/.exec(upstream);
  if (sourceRpm) return sourceRpm[1] === purl.name ? null : { name: sourceRpm[1]!, version: null };
  const [name, version] = upstream.split('@') as [string, string | undefined];
  if (name === '' || (name === purl.name && version === undefined)) return null;
  return { name, version: version === undefined || version === '' ? null : version };
}

/** Repository of a component, for advisories that hold commits. */
function repositoryOf(purl: Purl): string | null {
  const address = purl.qualifiers.vcs_url;
  // The commit may stand behind the address: git+https://host/path@commit.
  if (address !== undefined) return address.replace(/(\/[^/@]*)@[^/@]*$/, '$1');
  if (purl.type === 'github' && purl.namespace !== null) return `github.com/${purl.namespace}/${purl.name}`;
  if (purl.type === 'bitbucket' && purl.namespace !== null)
    return `bitbucket.org/${purl.namespace}/${purl.name}`;
  return null;
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i;

function commitOf(purl: Purl): string | null {
  const behindAddress = /@([0-9a-f]+)$/i.exec(purl.qualifiers.vcs_url ?? '')?.[1];
  if (behindAddress !== undefined && COMMIT.test(behindAddress)) return behindAddress.toLowerCase();
  return purl.version !== null && COMMIT.test(purl.version) ? purl.version.toLowerCase() : null;
}

/** The distribution that built the component, for its CPEs: NVD's ranges know nothing of the fixes that it ports back. */
function distributionOf({ purl }: IdentifiableComponent): string {
  const read = purl === null ? null : readPurl(purl).purl;
  if (!read || !['apk', 'deb', 'rpm'].includes(read.type)) return '';
  return ecosystemOfPurl(read) ?? read.namespace ?? read.type;
}

/** Firmware and C parts that no package manager knows: the repository and the commit that the SBOM pins them to. */
function identifyByCommit({ repository, commit, version }: IdentifiableComponent): PackageIdentity[] {
  if (!repository || commit === null || !COMMIT.test(commit)) return [];
  const name = spellName('GIT', repository);
  return [
    { ecosystem: 'GIT', name, scope: '', version, from: repository, cpe: null, commit: commit.toLowerCase() },
  ];
}

function identifyByCpes(
  component: IdentifiableComponent,
  distribution: string,
  notes: string[],
): PackageIdentity[] {
  if (component.cpes.length > MAX_CPES) notes.push(`Only the first ${MAX_CPES} of its CPEs are read.`);
  const identities: PackageIdentity[] = [];
  for (const text of component.cpes.slice(0, MAX_CPES)) {
    const cpe = parseCpe(text);
    if (!cpe || cpe.product === '*') {
      notes.push(`The CPE ${text.slice(0, 100)} ${cpe ? 'names no product' : 'cannot be read'}.`);
      continue;
    }
    const known = cpe.version !== '*' || component.version === null || component.version === '';
    const filled = known ? cpe : withValue(cpe, 'version', component.version!);
    identities.push({
      ecosystem: 'cpe',
      name: cpeName(filled),
      scope: distribution,
      version: filled.version === '*' ? null : unquote(filled.version),
      from: text,
      cpe: formatCpe(filled),
      commit: component.commit,
    });
  }
  return identities;
}

function unique(identities: readonly PackageIdentity[]): PackageIdentity[] {
  const seen = new Map<string, PackageIdentity>();
  for (const identity of identities) {
    const key = JSON.stringify([
      identity.ecosystem,
      identity.name,
      identity.scope,
      identity.version,
      identity.cpe,
    ]);
    if (!seen.has(key)) seen.set(key, identity);
  }
  return [...seen.values()];
}
