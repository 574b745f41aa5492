// All public fixtures about versions, identities, semantics and scores, counted: docs/reports/fixtures.md is what they say.
// The tests beside the code run the same suites case by case; here a new disagreement and an unexpected agreement stop the build.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { score } from './cvss.ts';
import { attributeRelation, cpeMatches } from './identity/cpe-match.ts';
import { formatPurl, readPurl } from './identity/purl.ts';
import { SHARED_DATA } from './shared-data.fixture.ts';
import { compareTexts, type VersionScheme } from './versions/scheme.ts';
import { schemeOf } from './versions/schemes.ts';

const REPORT = new URL('../../docs/reports/fixtures.md', import.meta.url);
const FIXTURES = SHARED_DATA ? new URL('fixtures/', SHARED_DATA) : undefined;

interface Suite {
  readonly suite: string;
  readonly cases: number;
  /** Cases that we answer otherwise. */
  readonly disagreements: readonly string[];
}

/** Disagreements that are meant, by the begin of their text, with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  'v1.9.0-ALPHA.2 = v1.9.0-BETA.2':
    'PHP compares upper-case words as equal; Composer lower-cases before, and so do we.',
  'gem-test.json: parse "pkg:gem/jruby-launcher@1.1.2?Platform=java"':
    'the suite contradicts itself about upper-case keys; we read them.',
  'rpm-test.json: parse "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25"':
    'the suite contradicts itself about upper-case keys; we read them.',
};

/** Suites that are not run, with the reason. */
const NOT_RUN: readonly (readonly [suite: string, reason: string])[] = [
  [
    'vers/*_range_from_native_test.json',
    'turns native ranges of package managers into VERS; no advisory or SBOM that Ward reads holds native ranges.',
  ],
  [
    'vers/*_range_containment_test.json, *_range_validate_test.json, vers_canonical_parse_test.json',
    'the VERS notation itself; Ward does not read it yet.',
  ],
  ['vers/alpm_version_cmp_test.json', 'Arch Linux; no source that Ward reads covers it.'],
  [
    'vers/datetime_version_cmp_test.json, vers/lexicographic-test.json',
    'no ecosystem that Ward watches uses the scheme.',
  ],
];

const text = (path: string): string => readFileSync(new URL(path, FIXTURES), 'utf8');
const lines = (path: string): string[] => text(path).split('\n').filter(Boolean);

const PAIRS: Readonly<Record<string, string>> = {
  alpine: 'Alpine',
  cran: 'CRAN',
  debian: 'Debian',
  hackage: 'Hackage',
  maven: 'Maven',
  nuget: 'NuGet',
  packagist: 'Packagist',
  pub: 'Pub',
  pypi: 'PyPI',
  redhat: 'Red Hat',
  rubygems: 'RubyGems',
  semver: 'npm',
};

function versionPairs(): Suite[] {
  const sign = { '<': -1, '=': 0, '>': 1 } as const;
  return readdirSync(new URL('versions/osv/', FIXTURES)).map((file) => {
    const scheme = schemeOf(PAIRS[file.split('-')[0]!]!) as VersionScheme;
    const all = lines(`versions/osv/${file}`).map((line) => line.trim());
    const disagreements = all.filter((line) => {
      const [a, relation, b] = line.split(' ') as [string, keyof typeof sign, string];
      return compareTexts(scheme, a, b) !== sign[relation];
    });
    return { suite: `versions/osv/${file}`, cases: all.length, disagreements };
  });
}

const COMPARISONS: readonly (readonly [path: string, ecosystem: string])[] = [
  ['vers/alpine_version_cmp_test.json', 'Alpine'],
  ['vers/conan_version_cmp_test.json', 'ConanCenter'],
  ['vers/gentoo_version_cmp_test.json', 'Alpine'],
  ['vers/maven_version_cmp_test.json', 'Maven'],
  ['vers/nuget_version_cmp_test.json', 'NuGet'],
  ['vers/openssl_version_cmp_test.json', 'cpe'],
  ['versions/univers/deb_version_python_pkg_test.json', 'Debian'],
];

interface Comparison {
  readonly input: { readonly versions: readonly [string, string] };
  readonly expected_output: boolean | readonly [string, string];
}

function comparisons(): Suite[] {
  return COMPARISONS.map(([path, ecosystem]) => {
    const scheme = schemeOf(ecosystem) as VersionScheme;
    const read = JSON.parse(text(path)) as { tests?: Comparison[] } & Comparison[];
    const cases = read.tests ?? read;
    const wrong = cases.filter(({ input, expected_output: expected }) => {
      const [a, b] = input.versions;
      const got = compareTexts(scheme, a, b);
      if (typeof expected === 'boolean') return (got === 0) !== expected;
      const [lower, higher] = got === 1 ? [b, a] : [a, b];
      return (
        compareTexts(scheme, lower, expected[0]) !== 0 || compareTexts(scheme, higher, expected[1]) !== 0
      );
    });
    return {
      suite: path,
      cases: cases.length,
      disagreements: wrong.map(({ input }) => input.versions.join(' and ')),
    };
  });
}

const VECTORS: readonly (readonly [
  file: string,
  prefix: string,
  columns: readonly ('overall' | 'base' | 'environmental' | null)[],
])[] = [
  ['cvss-2.0-validation-vectors-001.txt', '', ['overall', 'base', null, null, null, 'environmental']],
  ['cvss-3.0-validation-vectors-001.txt', 'CVSS:3.0/', ['base', null, 'environmental']],
  ['cvss-3.0-validation-vectors-002.txt', 'CVSS:3.0/', ['base', null, 'environmental']],
  ['cvss-3.1-validation-vectors-001.txt', '', ['overall', 'base', null, null, null, 'environmental']],
  ['cvss-4.0-validation-vectors-001.txt', '', [null, 'overall']],
  ['cvss-4.0-validation-vectors-002.txt', '', [null, 'overall']],
];

function scores(): Suite[] {
  return VECTORS.map(([file, prefix, columns]) => {
    const all = lines(`cvss/metaeffekt/${file}`);
    const disagreements = all.filter((line) => {
      const [vector, ...expected] = line.split(' ');
      const got = score(prefix + vector);
      return columns.some(
        (column, index) =>
          column !== null &&
          expected[index] !== 'NaN' &&
          got?.[column]?.toFixed(1) !== Number(expected[index]).toFixed(1),
      );
    });
    return { suite: `cvss/${file}`, cases: all.length, disagreements };
  });
}

function products(): Suite[] {
  const cases = <T>(path: string) => (JSON.parse(text(path)) as { cases: T[] }).cases;
  const relations = cases<{ source: string; target: string; relation: string }>(
    'cpe/attribute-relations.json',
  );
  interface Match {
    name: string;
    match: {
      criteria: string;
      versionStartIncluding?: string;
      versionStartExcluding?: string;
      versionEndIncluding?: string;
      versionEndExcluding?: string;
    };
    component: string;
    expected: boolean | string;
  }
  const matches = cases<Match>('cpe/match-cases.json');
  const outcomes: Readonly<Record<string, string>> = { true: 'affected', false: 'not-affected' };
  return [
    {
      suite: 'cpe/attribute-relations.json',
      cases: relations.length,
      disagreements: relations
        .filter(({ source, target, relation }) => attributeRelation(source, target) !== relation)
        .map(({ source, target }) => `${source} against ${target}`),
    },
    {
      suite: 'cpe/match-cases.json',
      cases: matches.length,
      disagreements: matches
        .filter(({ match, component, expected }) => {
          const criteria = {
            criteria: match.criteria,
            startIncluding: match.versionStartIncluding ?? null,
            startExcluding: match.versionStartExcluding ?? null,
            endIncluding: match.versionEndIncluding ?? null,
            endExcluding: match.versionEndExcluding ?? null,
          };
          return cpeMatches(criteria, component).outcome !== (outcomes[String(expected)] ?? 'undetermined');
        })
        .map(({ name }) => name),
    },
  ];
}

interface PurlCase {
  readonly test_type: string;
  readonly input: unknown;
  readonly expected_output: unknown;
  readonly expected_failure?: boolean;
}

/** Parsing and validating; building is run in purl.fixtures.test.ts. */
function purls(): Suite {
  const files = readdirSync(new URL('purl/', FIXTURES)).filter((name) => name.endsWith('-test.json'));
  let count = 0;
  const disagreements: string[] = [];
  for (const file of files) {
    for (const test of (JSON.parse(text(`purl/${file}`)) as { tests: PurlCase[] }).tests) {
      if (typeof test.input !== 'string') continue;
      count += 1;
      const { purl, problems } = readPurl(test.input);
      const expected = test.expected_output as string | null;
      const agrees = test.expected_failure
        ? problems.length > 0
        : purl !== null &&
          problems.length === 0 &&
          (test.test_type !== 'validate' || formatPurl(purl) === expected);
      if (!agrees) disagreements.push(`${file}: ${test.test_type} ${JSON.stringify(test.input)}`);
    }
  }
  return { suite: `purl/*-test.json (${files.length} files)`, cases: count, disagreements };
}

function render(suites: readonly Suite[]): string {
  const known = suites.flatMap(({ suite, disagreements }) => disagreements.map((one) => ({ suite, one })));
  return [
    '# Public fixtures',
    '',
    'Written by `WARD_UPDATE_GOLDEN=1 npx vitest run --project unit workbench/knowledge/fixtures.test.ts`. The semantic cases of OSV, the alias',
    'groups and the NVD configurations are run whole in `matching/semantics.fixtures.test.ts` and allow no disagreement.',
    '',
    '| suite | cases | agree |',
    '| --- | ---: | ---: |',
    ...suites.map(
      ({ suite, cases, disagreements }) => `| ${suite} | ${cases} | ${cases - disagreements.length} |`,
    ),
    '',
    '## Where Ward answers otherwise, and why',
    '',
    ...known.map(({ suite, one }) => `- ${suite}: \`${one}\`: ${REASONS[one] ?? 'no reason is known'}`),
    '',
    '## Not run',
    '',
    ...NOT_RUN.map(([suite, reason]) => `- ${suite}: ${reason}`),
    '',
  ].join('\n');
}

describe.skipIf(!FIXTURES)(`public fixtures${FIXTURES ? '' : ' (skipped: ../shared is absent)'}`, () => {
  it('are answered as their authors say, but for what has a reason', () => {
    const began = performance.now();
    const versions = [...versionPairs(), ...comparisons()];
    // Check 1 of the design asks for one second on a calm machine; this is a bound for a busy one.
    expect(performance.now() - began).toBeLessThan(10_000);
    const suites = [...versions, ...scores(), ...products(), purls()];

    expect(suites.flatMap(({ disagreements }) => disagreements).sort()).toEqual(Object.keys(REASONS).sort());
    const report = render(suites);
    if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(REPORT, report);
    expect(existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '').toBe(report);
  });
});
