// Runs every version pair of ../shared/data/fixtures against the schemes. An expected failure carries its reason; a new failure
// and an unexpected pass both fail the build.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHARED_DATA } from '../shared-data.fixture.ts';
import { compareTexts } from './scheme.ts';
import { schemeOf } from './schemes.ts';

const FIXTURES = new URL('fixtures/', SHARED_DATA ?? import.meta.url);
const present = SHARED_DATA !== undefined;
const when = present ? '' : ' (skipped: ../shared is absent)';

/** File of pairs → ecosystem, number of pairs, and pairs that we answer otherwise on purpose. */
const PAIR_FILES: readonly [file: string, ecosystem: string, pairs: number, known?: readonly string[]][] = [
  ['alpine-versions.txt', 'Alpine', 572],
  ['alpine-versions-generated.txt', 'Alpine', 1877],
  ['cran-versions.txt', 'CRAN', 13],
  ['cran-versions-generated.txt', 'CRAN', 42],
  ['debian-versions.txt', 'Debian', 22],
  ['debian-versions-generated.txt', 'Debian', 1849],
  ['hackage-versions.txt', 'Hackage', 10],
  ['maven-versions.txt', 'Maven', 82],
  ['maven-versions-generated.txt', 'Maven', 1855],
  ['nuget-versions.txt', 'NuGet', 26],
  ['packagist-versions.txt', 'Packagist', 75],
  // version_compare knows only lower-case words and calls ALPHA and BETA equal; Composer lower-cases before, and so do we.
  ['packagist-versions-generated.txt', 'Packagist', 1852, ['v1.9.0-ALPHA.2 = v1.9.0-BETA.2']],
  ['pub-versions.txt', 'Pub', 82],
  ['pypi-versions.txt', 'PyPI', 30],
  ['pypi-versions-generated.txt', 'PyPI', 1860],
  ['redhat-versions.txt', 'Red Hat', 123],
  ['rubygems-versions.txt', 'RubyGems', 17],
  ['rubygems-versions-generated.txt', 'RubyGems', 1863],
  ['semver-versions.txt', 'npm', 69],
];

/**
 * Comparison files of the VERS specification. Not run, because no ecosystem that Ward watches uses the scheme: alpm,
 * datetime, lexicographic; and the `from_native`, `validate` and `parse` files, which are about range notations, not versions.
 * OpenSSL and Gentoo stand for the generic and the apk scheme, which must order them alike.
 */
const VERS_FILES: readonly [file: string, ecosystem: string, cases: number][] = [
  ['vers/alpine_version_cmp_test.json', 'Alpine', 555],
  ['vers/conan_version_cmp_test.json', 'ConanCenter', 41],
  ['vers/gentoo_version_cmp_test.json', 'Alpine', 40],
  ['vers/maven_version_cmp_test.json', 'Maven', 727],
  ['vers/nuget_version_cmp_test.json', 'NuGet', 23],
  ['vers/openssl_version_cmp_test.json', 'cpe', 33],
  ['versions/univers/deb_version_python_pkg_test.json', 'Debian', 16],
];

interface VersCase {
  readonly test_type: string;
  readonly input: { readonly versions: readonly [string, string] };
  readonly expected_output: boolean | readonly [string, string];
}

const SIGN = { '<': -1, '=': 0, '>': 1 } as const;

describe.skipIf(!present)(`check 1: version pairs of osv-scalibr${when}`, () => {
  it.each(PAIR_FILES)('%s in the order of %s: %i pairs', (file, ecosystem, pairs, known = []) => {
    const scheme = schemeOf(ecosystem)!;
    const lines = readFileSync(new URL(`versions/osv/${file}`, FIXTURES), 'utf8')
      .split('\n')
      .filter(Boolean);

    const failures = lines.filter((line) => {
      const [a, sign, b] = line.trim().split(' ') as [string, keyof typeof SIGN, string];
      return compareTexts(scheme, a, b) !== SIGN[sign];
    });

    expect(failures).toEqual(known);
    expect(lines).toHaveLength(pairs);
  });
});

describe.skipIf(!present)(`check 1: version comparisons of the VERS specification${when}`, () => {
  it.each(VERS_FILES)('%s in the order of %s: %i cases', (file, ecosystem, count) => {
    const scheme = schemeOf(ecosystem)!;
    const read = JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8'));
    const cases: VersCase[] = read.tests ?? read;

    const failures = cases.filter(({ input, expected_output: expected }) => {
      const [a, b] = input.versions;
      const got = compareTexts(scheme, a, b);
      if (typeof expected === 'boolean') return (got === 0) !== expected;
      // The expected list is in order; NuGet's spells versions in lower case, so it is compared through the scheme.
      const [lower, higher] = got === 1 ? [b, a] : [a, b];
      return (
        compareTexts(scheme, lower, expected[0]) !== 0 || compareTexts(scheme, higher, expected[1]) !== 0
      );
    });

    expect(failures).toEqual([]);
    expect(cases).toHaveLength(count);
  });
});
