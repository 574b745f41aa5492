// The OSV, alias and CPE configuration cases of ../shared/data/fixtures, whole: purl in, outcome out.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Affected, AffectedRange, CpeConfiguration, CpeNode, MatchOutcome } from '../advisory.ts';
import { cpeName, formatCpe, parseCpe } from '../identity/cpe.ts';
import { identify } from '../identity/identify.ts';
import { osvPackage } from '../identity/osv-package.ts';
import { SHARED_DATA } from '../shared-data.fixture.ts';
import { groupAliases } from './alias-groups.ts';
import { match } from './match.ts';

const FIXTURES = new URL('fixtures/', SHARED_DATA ?? import.meta.url);
const present = SHARED_DATA !== undefined;
const when = present ? '' : ' (skipped: ../shared is absent)';
const read = <T>(file: string): readonly T[] =>
  present ? (JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')) as { cases: T[] }).cases : [];

interface OsvCase {
  readonly name: string;
  readonly component: string;
  readonly expected: boolean | 'unknown' | 'review';
  readonly advisory: {
    readonly withdrawn?: string;
    readonly affected: readonly {
      readonly package: { ecosystem: string; name: string };
      readonly ranges?: readonly { type: 'SEMVER' | 'ECOSYSTEM' | 'GIT'; repo?: string; events: [] }[];
      readonly versions?: readonly string[];
      readonly database_specific?: { last_known_affected_version_range?: string };
    }[];
  };
}

/** The strongest answer of all identities against all statements, as the store takes it. */
function decide(test: OsvCase): MatchOutcome {
  const { identities } = identify({ name: 'x', version: null, purl: test.component, cpes: [], commit: null });
  const statements = test.advisory.affected.map(
    (raw): Affected => ({
      ...osvPackage(raw.package.ecosystem, raw.package.name),
      ranges: (raw.ranges ?? []).map(
        ({ type, repo, events }): AffectedRange =>
          type === 'GIT' ? { kind: type, repo: repo ?? null, events } : { kind: type, events },
      ),
      versions: raw.versions ?? [],
      hint: raw.database_specific?.last_known_affected_version_range ?? null,
    }),
  );
  const advisory = { configurations: [], withdrawn: test.advisory.withdrawn ?? null };
  const outcomes = identities.flatMap((identity) =>
    statements.map(
      (affected) => match(identity, affected, advisory, { now: '2026-11-24T00:00:00Z' }).outcome,
    ),
  );
  if (outcomes.includes('affected')) return 'affected';
  return outcomes.includes('undetermined') ? 'undetermined' : 'not-affected';
}

const OUTCOME = {
  true: 'affected',
  false: 'not-affected',
  unknown: 'undetermined',
  review: 'undetermined',
} as const;

describe.skipIf(!present)(`check 3: OSV semantics${when}`, () => {
  const cases = read<OsvCase>('osv/semantics-cases.json');

  it('has 44 cases', () => expect(cases).toHaveLength(44));

  it.each(cases.map((test) => [test.name, test] as const))('%s', (_, test) => {
    expect(decide(test)).toBe(OUTCOME[String(test.expected) as keyof typeof OUTCOME]);
  });
});

interface AliasCase {
  readonly name: string;
  readonly records: readonly { id: string; aliases?: readonly string[] }[];
  readonly groups: readonly (readonly string[])[];
}

describe.skipIf(!present)(`alias groups${when}`, () => {
  const cases = read<AliasCase>('osv/alias-groups.json');

  it('has 4 cases', () => expect(cases).toHaveLength(4));

  it.each(cases.map((test) => [test.name, test] as const))('%s', (_, test) => {
    const groups = groupAliases(
      test.records.map(({ id }) => id),
      test.records.flatMap(({ id, aliases = [] }) => aliases.map((alias) => [id, alias] as const)),
    );

    const sorted = (lists: readonly (readonly string[])[]) => lists.map((ids) => [...ids].sort()).sort();
    expect(sorted(groups.map(({ ids }) => ids))).toEqual(sorted(test.groups));
    expect(groups.some(({ joinsCves }) => joinsCves)).toBe(test.name.includes('flagged'));
  });
});

interface ConfigurationCase {
  readonly name: string;
  readonly configurations: readonly {
    operator?: 'AND' | 'OR';
    nodes: readonly { operator: 'AND' | 'OR'; cpeMatch: readonly RawMatch[] }[];
  }[];
  readonly components: readonly string[];
  readonly expected: readonly string[];
}

interface RawMatch {
  readonly vulnerable: boolean;
  readonly criteria: string;
  readonly versionEndExcluding?: string;
  readonly versionEndIncluding?: string;
}

describe.skipIf(!present)(`check 4: NVD configurations${when}`, () => {
  const cases = read<ConfigurationCase>('cpe/configurations.json');

  it('has 3 cases', () => expect(cases).toHaveLength(3));

  it.each(cases.map((test) => [test.name, test] as const))('%s', (_, test) => {
    const configurations = test.configurations.map(
      ({ operator, nodes }, index): CpeConfiguration => ({
        operator: operator ?? 'OR',
        negate: false,
        nodes: nodes.map(
          (node): CpeNode => ({
            operator: node.operator,
            negate: false,
            matches: node.cpeMatch.map((raw) => ({
              kind: 'CPE',
              criteria: formatCpe(parseCpe(raw.criteria)!),
              criteriaId: null,
              startIncluding: null,
              startExcluding: null,
              endIncluding: raw.versionEndIncluding ?? null,
              endExcluding: raw.versionEndExcluding ?? null,
              configuration: index,
              vulnerable: raw.vulnerable,
            })),
          }),
        ),
      }),
    );
    const ranges = configurations
      .flatMap(({ nodes }) => nodes.flatMap(({ matches }) => matches))
      .filter(({ vulnerable }) => vulnerable);

    const found = test.components.flatMap((component) => {
      const otherCpes = test.components.filter((other) => other !== component);
      const [identity] = identify({
        name: 'x',
        version: null,
        purl: null,
        cpes: [component],
        commit: null,
      }).identities;
      return ranges.flatMap((range) => {
        const affected = {
          ecosystem: 'cpe',
          name: cpeName(parseCpe(range.criteria)!),
          scope: '',
          ranges: [range],
          versions: [],
          hint: null,
        };
        const { outcome, why } = match(
          identity!,
          affected,
          { configurations, withdrawn: null },
          { otherCpes },
        );
        if (outcome === 'undetermined') expect(why.reason).toBe('platform');
        return outcome === 'affected'
          ? [component]
          : outcome === 'undetermined'
            ? [`undetermined:${component}`]
            : [];
      });
    });

    expect(found).toEqual(test.expected);
  });
});
