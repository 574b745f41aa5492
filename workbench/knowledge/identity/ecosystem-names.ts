// How each ecosystem spells a package name when it compares names, and which purl type it has. Advisories and components are both
// put through `spellName`, so that they meet under one key.
import type { Purl } from './purl.ts';

interface EcosystemRow {
  readonly ecosystem: string;
  readonly purlType: string;
  /** Namespaces of the purl that name the distribution; absent where the type alone says the ecosystem. */
  readonly namespaces?: readonly string[];
}

/** OSV ecosystem ↔ purl type (ossf/osv-schema and package-url/purl-spec, read 2026-11). */
export const ECOSYSTEMS: readonly EcosystemRow[] = [
  { ecosystem: 'Alpine', purlType: 'apk', namespaces: ['alpine'] },
  { ecosystem: 'Wolfi', purlType: 'apk', namespaces: ['wolfi'] },
  { ecosystem: 'Chainguard', purlType: 'apk', namespaces: ['chainguard'] },
  { ecosystem: 'MinimOS', purlType: 'apk', namespaces: ['minimos'] },
  { ecosystem: 'Alpaquita', purlType: 'apk', namespaces: ['alpaquita'] },
  { ecosystem: 'Debian', purlType: 'deb', namespaces: ['debian'] },
  { ecosystem: 'Ubuntu', purlType: 'deb', namespaces: ['ubuntu'] },
  { ecosystem: 'Echo', purlType: 'deb', namespaces: ['echo'] },
  { ecosystem: 'Red Hat', purlType: 'rpm', namespaces: ['redhat', 'rhel'] },
  { ecosystem: 'AlmaLinux', purlType: 'rpm', namespaces: ['almalinux', 'alma'] },
  { ecosystem: 'Rocky Linux', purlType: 'rpm', namespaces: ['rocky', 'rockylinux', 'rocky-linux'] },
  { ecosystem: 'SUSE', purlType: 'rpm', namespaces: ['suse', 'sles'] },
  { ecosystem: 'openSUSE', purlType: 'rpm', namespaces: ['opensuse'] },
  { ecosystem: 'openEuler', purlType: 'rpm', namespaces: ['openeuler'] },
  { ecosystem: 'Mageia', purlType: 'rpm', namespaces: ['mageia'] },
  { ecosystem: 'Photon OS', purlType: 'rpm', namespaces: ['photon'] },
  { ecosystem: 'Azure Linux', purlType: 'rpm', namespaces: ['azurelinux'] },
  { ecosystem: 'Amazon Linux', purlType: 'rpm', namespaces: ['amzn', 'amazon', 'amazonlinux'] },
  { ecosystem: 'Oracle Linux', purlType: 'rpm', namespaces: ['ol', 'oracle', 'oraclelinux'] },
  { ecosystem: 'Bitnami', purlType: 'bitnami' },
  { ecosystem: 'ConanCenter', purlType: 'conan' },
  { ecosystem: 'CRAN', purlType: 'cran' },
  { ecosystem: 'crates.io', purlType: 'cargo' },
  { ecosystem: 'GitHub Actions', purlType: 'github' },
  { ecosystem: 'Go', purlType: 'golang' },
  { ecosystem: 'Hackage', purlType: 'hackage' },
  { ecosystem: 'Hex', purlType: 'hex' },
  { ecosystem: 'Julia', purlType: 'julia' },
  { ecosystem: 'Maven', purlType: 'maven' },
  { ecosystem: 'npm', purlType: 'npm' },
  { ecosystem: 'NuGet', purlType: 'nuget' },
  { ecosystem: 'opam', purlType: 'opam' },
  { ecosystem: 'Packagist', purlType: 'composer' },
  { ecosystem: 'Pub', purlType: 'pub' },
  { ecosystem: 'PyPI', purlType: 'pypi' },
  { ecosystem: 'RubyGems', purlType: 'gem' },
  { ecosystem: 'SwiftURL', purlType: 'swift' },
  { ecosystem: 'VSCode', purlType: 'vscode-extension' },
];

/** Ecosystems without a purl type of their own. */
const OTHERS = ['Kubernetes', 'GIT', 'OSS-Fuzz', 'Bioconductor', 'GHC', 'Linux', 'Android'];

const SPELLINGS = new Map(
  [...ECOSYSTEMS.map((row) => row.ecosystem), ...OTHERS].map((name) => [name.toLowerCase(), name]),
);

/** The ecosystem as OSV spells it; some publishers write `kubernetes` or `bitnami`. */
export function spellEcosystem(ecosystem: string): string {
  return SPELLINGS.get(ecosystem.toLowerCase()) ?? ecosystem;
}

/** Ecosystem of a purl; null when no advisory source that Ward reads covers the type (yocto, generic, fedora, …). */
export function ecosystemOfPurl(purl: Purl): string | null {
  const row = ECOSYSTEMS.find(
    ({ purlType, namespaces }) =>
      purlType === purl.type && (namespaces === undefined || namespaces.includes(purl.namespace ?? '')),
  );
  return row?.ecosystem ?? null;
}

/** Name as OSV writes it, from the parts of a purl; null when a part that the ecosystem needs is missing. */
export function packageNameOf(ecosystem: string, purl: Purl): string | null {
  const { namespace, name } = purl;
  switch (ecosystem) {
    case 'Maven':
      return namespace === null ? null : `${namespace.replaceAll('/', '.')}:${name}`;
    case 'VSCode':
      return namespace === null ? null : `${namespace}.${name}`;
    case 'npm':
    case 'Packagist':
    case 'Go':
    // A private organisation of Hex is another place than the public one.
    case 'Hex':
    case 'SwiftURL':
    case 'GitHub Actions':
      return namespace === null ? name : `${namespace}/${name}`;
    default:
      return name;
  }
}

/** The name as the ecosystem compares it; unknown ecosystems keep their spelling. */
export function spellName(ecosystem: string, name: string): string {
  switch (ecosystem) {
    case 'PyPI':
      // PEP 503.
      return name.toLowerCase().replace(/[-_.]+/g, '-');
    case 'crates.io':
      return name.toLowerCase().replaceAll('_', '-');
    case 'Pub':
      return name.toLowerCase().replaceAll('-', '_');
    case 'Go':
    case 'Kubernetes':
      // The module proxy writes capitals as `!a`; purls were in lower case until 2025, so case cannot tell modules apart.
      return name.replace(/!([a-z])/g, '$1').toLowerCase();
    case 'SwiftURL':
    case 'GIT':
      return spellRepository(name);
    case 'npm':
    case 'NuGet':
    case 'Packagist':
    case 'Hex':
    case 'Bitnami':
    case 'GitHub Actions':
    case 'VSCode':
    case 'Debian':
    case 'Ubuntu':
    case 'Echo':
    case 'Alpine':
    case 'Wolfi':
    case 'Chainguard':
    case 'MinimOS':
    case 'Alpaquita':
    case 'cpe':
      return name.toLowerCase();
    default:
      return name;
  }
}

/**
 * A repository address without what varies: scheme, user, `.git`, closing slashes, case.
 *
 * @example spellRepository('git+https://github.com/Foo/Bar.git')  // 'github.com/foo/bar'
 */
export function spellRepository(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^git\+/, '')
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .split(/[?#]/)[0]!
    .replace(/(?:\.git)?\/{0,8}$/, '')
    .replace(/\.git$/, '');
}
