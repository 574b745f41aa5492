import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affected, RangeEvent } from '../advisory.ts';
import { semver } from '../versions/semver.ts';
import { evaluateRanges } from './evaluate-ranges.ts';

type Part = Pick<Affected, 'ecosystem' | 'ranges' | 'versions'>;
const npm = (part: Partial<Part>): Part => ({ ecosystem: 'npm', ranges: [], versions: [], ...part });
const at = (version: string | null, commit: string | null = null) => ({ version, commit });
const semverRange = (...events: RangeEvent[]) => ({ kind: 'SEMVER', events }) as const;
const gitRange = (...events: RangeEvent[]) =>
  ({ kind: 'GIT', repo: 'https://example.org/lib', events }) as const;

/** The pseudo-code of the OSV schema, word for word. */
function oracle(events: readonly RangeEvent[], version: string): boolean {
  const compare = (a: string, b: string) => semver.compare(semver.parse(a)!, semver.parse(b)!);
  const keyOf = (event: RangeEvent) => Object.values(event)[0] as string;
  const isBottom = (event: RangeEvent) => 'introduced' in event && event.introduced === '0';
  const limits = events.flatMap((event) => ('limit' in event ? [event.limit] : []));
  const beforeLimits =
    limits.length === 0 || limits.some((limit) => limit === '*' || compare(version, limit) < 0);
  const sorted = events
    .filter((event) => !('limit' in event))
    .toSorted((a, b) => {
      if (isBottom(a) || isBottom(b)) return Number(isBottom(b)) - Number(isBottom(a));
      return compare(keyOf(a), keyOf(b));
    });
  let vulnerable = false;
  for (const event of sorted) {
    if ('introduced' in event && (isBottom(event) || compare(version, event.introduced) >= 0))
      vulnerable = true;
    else if ('fixed' in event && compare(version, event.fixed) >= 0) vulnerable = false;
    else if ('last_affected' in event && compare(version, event.last_affected) > 0) vulnerable = false;
  }
  return vulnerable && beforeLimits;
}

const anyVersion = fc.constantFrom(
  '0.0.0-a',
  '0.0.0',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.5.0',
  '2.0.0-0',
  '2.0.0',
  '3.0.0',
);
const anyEvent: fc.Arbitrary<RangeEvent> = fc.oneof(
  anyVersion.map((introduced) => ({ introduced })),
  fc.constant({ introduced: '0' }),
  anyVersion.map((fixed) => ({ fixed })),
  anyVersion.map((last_affected) => ({ last_affected })),
  fc.oneof(anyVersion, fc.constant('*')).map((limit) => ({ limit })),
);

describe('evaluateRanges', () => {
  it('agrees with the pseudo-code of the OSV schema', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), anyVersion, (events, version) => {
        const { outcome } = evaluateRanges(npm({ ranges: [semverRange(...events)] }), at(version));
        expect(outcome).toBe(oracle(events, version) ? 'affected' : 'not-affected');
      }),
      { numRuns: 20_000 },
    );
  });

  it('tells the window that decided and the fixed versions after the component, ascending', () => {
    const ranges = [
      semverRange({ introduced: '3.0.0' }, { fixed: '3.2.0' }),
      semverRange({ introduced: '1.0.0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }, { fixed: '2.4.1' }),
    ];

    expect(evaluateRanges(npm({ ranges }), at('2.4.0'))).toMatchObject({
      outcome: 'affected',
      range: '>= 2.0.0, < 2.4.1',
      scheme: 'SemVer',
      fixed: ['2.4.1', '3.2.0'],
    });
    expect(evaluateRanges(npm({ ranges }), at('2.4.1'))).toMatchObject({
      outcome: 'not-affected',
      range: '>= 3.0.0, < 3.2.0 or >= 1.0.0, < 1.2.0 or >= 2.0.0, < 2.4.1',
      fixed: [],
    });
  });

  it('looks past a commit range that comes first', () => {
    const ranges = [
      gitRange({ introduced: '0' }, { fixed: 'abcdef1' }),
      semverRange({ introduced: '0' }, { fixed: '2.0.0' }),
    ];

    expect(evaluateRanges(npm({ ranges }), at('1.0.0')).outcome).toBe('affected');
    expect(evaluateRanges(npm({ ranges }), at('2.0.0')).outcome).toBe('not-affected');
  });

  it('finds a listed version in another spelling', () => {
    const affected: Part = { ecosystem: 'PyPI', ranges: [], versions: ['1.0'] };

    expect(evaluateRanges(affected, at('1.0.0'))).toMatchObject({ outcome: 'affected', by: 'list' });
    expect(evaluateRanges(affected, at('1.0.1')).outcome).toBe('not-affected');
  });

  it.each([
    ['no-version', npm({ ranges: [semverRange({ introduced: '0' })] }), at(null)],
    ['version-not-in-scheme', npm({ ranges: [semverRange({ introduced: '0' })] }), at('weird-1')],
    ['version-not-in-scheme', npm({ versions: ['1.0.0'] }), at('weird-1')],
    [
      'bound-not-in-scheme',
      npm({ ranges: [semverRange({ introduced: '0' }, { fixed: 'next' })] }),
      at('1.0.0'),
    ],
    [
      'unknown-scheme',
      { ecosystem: 'Yocto', ranges: [{ kind: 'ECOSYSTEM', events: [{ introduced: '0' }] }], versions: [] },
      at('1.0'),
    ],
    ['unknown-scheme', { ecosystem: 'Yocto', ranges: [], versions: ['1.0'] }, at('1.1')],
    ['commit', npm({ ranges: [gitRange({ introduced: '0' })] }), at('1.0.0')],
    ['commit', { ecosystem: 'GIT', ranges: [], versions: ['v1.0.0'] }, at('1.1.0')],
    ['no-range', npm({}), at('1.0.0')],
    [
      'version-not-in-scheme',
      {
        ecosystem: 'Packagist',
        ranges: [{ kind: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
        versions: [],
      },
      at('dev-main'),
    ],
  ] as [string, Part, { version: string | null; commit: string | null }][])(
    'is undetermined for %s',
    (reason, affected, place) => {
      expect(evaluateRanges(affected, place)).toMatchObject({ outcome: 'undetermined', reason });
    },
  );

  it('takes an unknown ecosystem with SEMVER ranges at its word', () => {
    const affected: Part = {
      ecosystem: 'New',
      ranges: [semverRange({ introduced: '0' }, { fixed: '1.0.0' })],
      versions: [],
    };

    expect(evaluateRanges(affected, at('0.9.0')).outcome).toBe('affected');
  });
});

describe('evaluateRanges with commits', () => {
  const commits = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(40));
  const [first, , third, , fifth] = commits as [string, string, string, string, string];
  const affected: Part = {
    ecosystem: 'GIT',
    ranges: [gitRange({ introduced: '0' }, { fixed: third })],
    versions: [],
  };
  const graph = {
    parents: new Map(commits.map((commit, place) => [commit, place === 0 ? [] : [commits[place - 1]!]])),
  };
  const history = (repo: string) => (repo === 'https://example.org/lib' ? graph : undefined);

  it('places a commit in the history that Ward holds', () => {
    expect(evaluateRanges(affected, at(null, first), history).outcome).toBe('affected');
    expect(evaluateRanges(affected, at(null, third), history).outcome).toBe('not-affected');
    expect(evaluateRanges(affected, at(null, fifth), history).outcome).toBe('not-affected');
    expect(evaluateRanges(affected, at(null, 'f'.repeat(40)), history).outcome).toBe('undetermined');
  });

  it('knows only the named commits without a history', () => {
    expect(evaluateRanges(affected, at(null, third)).outcome).toBe('not-affected');
    expect(evaluateRanges(affected, at(null, third.slice(0, 8))).outcome).toBe('not-affected');
    expect(evaluateRanges(affected, at(null, first))).toMatchObject({
      outcome: 'undetermined',
      reason: 'commit',
    });
  });
});
