// Which ecosystem compares its versions how. Written by hand: an ecosystem that is not here has no scheme, and matching then
// answers *undetermined* rather than guess with another one.
import { alpine } from './alpine.ts';
import { conan } from './conan.ts';
import { debian } from './debian.ts';
import { generic } from './generic.ts';
import { maven } from './maven.ts';
import { numeric } from './numeric.ts';
import { packagist } from './packagist.ts';
import { pep440 } from './pep440.ts';
import { rpm } from './rpm.ts';
import { rubygems } from './rubygems.ts';
import type { VersionScheme } from './scheme.ts';
import { nuget, pub, semver } from './semver.ts';

/** OSV ecosystem (without release) or `cpe` → scheme. */
const SCHEMES: Readonly<Record<string, VersionScheme>> = {
  npm: semver,
  'crates.io': semver,
  Go: semver,
  Hex: semver,
  SwiftURL: semver,
  Julia: semver,
  'GitHub Actions': semver,
  Bitnami: semver,
  VSCode: semver,
  Kubernetes: semver,
  ConanCenter: conan,
  Pub: pub,
  NuGet: nuget,
  PyPI: pep440,
  Maven: maven,
  RubyGems: rubygems,
  Packagist: packagist,
  CRAN: numeric,
  Bioconductor: numeric,
  Hackage: numeric,
  GHC: numeric,
  Debian: debian,
  Ubuntu: debian,
  Echo: debian,
  Alpine: alpine,
  Wolfi: alpine,
  Chainguard: alpine,
  MinimOS: alpine,
  Alpaquita: alpine,
  'Red Hat': rpm,
  AlmaLinux: rpm,
  'Rocky Linux': rpm,
  SUSE: rpm,
  openSUSE: rpm,
  openEuler: rpm,
  Mageia: rpm,
  'Photon OS': rpm,
  'Azure Linux': rpm,
  'Amazon Linux': rpm,
  'Oracle Linux': rpm,
  cpe: generic,
};

/** Scheme of an ecosystem; undefined when Ward does not know how it orders versions. */
export function schemeOf(ecosystem: string): VersionScheme | undefined {
  return Object.hasOwn(SCHEMES, ecosystem) ? SCHEMES[ecosystem] : undefined;
}

/** Each scheme once, for tests and documentation. */
export const allSchemes: readonly VersionScheme[] = [...new Set(Object.values(SCHEMES))];
