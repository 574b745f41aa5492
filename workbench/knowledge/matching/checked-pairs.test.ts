// Pairs of a component and the facts of advisories, each read by hand with the right answer and the reason (checked-pairs/*.json).
// They are what the product is measured by: no disagreement is allowed, and the figures stand in docs/reports/matching.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Advisory, MatchOutcome } from '../advisory.ts';
import { identify } from '../identity/identify.ts';
import { readAdvisory } from '../importers/read-advisory.ts';
import { groupAliases } from './alias-groups.ts';
import { DECIDING_ECOSYSTEMS, decideSources, type SourceStatement } from './decide-sources.ts';
import { answersAbout } from './judge.ts';
import { judgeLabels, type LabelFigures } from './labelled-matches.fixture.ts';

const FOLDER = new URL('./checked-pairs/', import.meta.url);
const REPORT = new URL('../../../docs/reports/matching.md', import.meta.url);
const NOW = '2026-11-25T00:00:00Z';

interface Pair {
  readonly component: {
    readonly purl?: string;
    readonly cpe?: string;
    readonly cpes?: readonly string[];
    readonly version?: string;
    /** CPEs that stand in the same release, and the parts of which they name everything. */
    readonly around?: readonly string[];
    readonly complete?: readonly string[];
  };
  readonly expected: MatchOutcome;
  /** Numbers of the known pitfalls that the pair stands for. */
  readonly pitfalls: readonly number[];
  readonly why: string;
}

interface Case {
  readonly records: readonly Record<string, unknown>[];
  readonly pairs: readonly Pair[];
}

/** The facts name no times and no texts; the importers want them. */
function complete(record: Record<string, unknown>): Advisory {
  const cve = record.cve as Record<string, unknown> | undefined;
  if (!cve) return readAdvisory({ modified: '2026-01-01T00:00:00Z', ...record });
  const times = { published: '2026-01-01T00:00:00.000', lastModified: '2026-01-01T00:00:00.000' };
  return readAdvisory({
    cve: { ...times, descriptions: [{ lang: 'en', value: 'A flaw' }], references: [], ...cve },
  });
}

/** One answer for each flaw, the strongest of them: as a list of findings would have it. */
function judge(
  { component }: Pair,
  advisories: readonly Advisory[],
): { outcome: MatchOutcome; findings: number } {
  const { identities } = identify({
    name: 'x',
    version: component.version ?? null,
    purl: component.purl ?? null,
    cpes: component.cpes ?? (component.cpe === undefined ? [] : [component.cpe]),
    commit: null,
  });
  const groups = groupAliases(
    advisories.map(({ id }) => id),
    advisories.flatMap(({ id, aliases }) => aliases.map((alias) => [id, alias] as const)),
  );
  const groupOf = new Map(groups.flatMap(({ preferred, ids }) => ids.map((id) => [id, preferred] as const)));
  const said = new Map<string, SourceStatement[]>();
  for (const identity of identities) {
    const known = advisories.flatMap((advisory) =>
      advisory.affected.map((affected) => ({ ...advisory, affected })),
    );
    const context = {
      otherCpes: component.around ?? [],
      completeParts: component.complete ?? [],
      now: NOW,
    };
    for (const { statement } of answersAbout(identity, known, context)) {
      const group = groupOf.get(statement.id) ?? statement.id;
      said.set(group, [...(said.get(group) ?? []), statement]);
    }
  }
  const watched = new Set(advisories.flatMap(({ affected }) => affected.map(({ ecosystem }) => ecosystem)));
  const watchedByEcosystem = identities.some(
    ({ ecosystem }) => DECIDING_ECOSYSTEMS.includes(ecosystem) && watched.has(ecosystem),
  );
  const outcomes = [...said.values()].map(
    (statements) => decideSources(statements, { watchedByEcosystem, when: 'ecosystem' }).outcome,
  );
  const outcome = (['affected', 'undetermined'] as const).find((one) => outcomes.includes(one));
  return {
    outcome: outcome ?? 'not-affected',
    findings: outcomes.filter((one) => one === 'affected').length,
  };
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const judged = files.flatMap((file) => {
  const { cases } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { cases: Case[] };
  return cases.flatMap(({ records, pairs }) => {
    const advisories = records.map(complete);
    return pairs.map((pair) => ({ file, pair, advisories, ...judge(pair, advisories) }));
  });
});

describe('the checked pairs', () => {
  it.each(files)('%s', (file) => {
    const wrong = judged
      .filter((one) => one.file === file && one.outcome !== one.pair.expected)
      .map(
        ({ pair, outcome, advisories }) =>
          `${JSON.stringify(pair.component)} and ${advisories[0]?.id}: ${outcome}, not ${pair.expected}: ${pair.why}`,
      );

    expect(wrong).toEqual([]);
  });

  it('are at least 200, at least half of them near misses, none twice', () => {
    const keys = judged.map(({ pair, advisories }) => JSON.stringify([pair.component, advisories[0]?.id]));

    expect(judged.length).toBeGreaterThanOrEqual(200);
    expect(judged.filter(({ pair }) => pair.expected !== 'affected').length).toBeGreaterThanOrEqual(
      judged.length / 2,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('cover each pitfall of matching', () => {
    const covered = new Set(judged.flatMap(({ pair }) => pair.pitfalls));
    const missing = Array.from({ length: 31 }, (_, index) => index + 1).filter(
      (number) => !covered.has(number),
    );

    expect(missing).toEqual([...NOT_A_MATTER_OF_A_PAIR.keys()]);
  });

  it('make one finding of one flaw', () => {
    const doubled = judged.filter(({ pair, findings }) => pair.pitfalls.includes(9) && findings > 1);

    expect(doubled).toEqual([]);
  });
});

/** Pitfalls that lie in reading an SBOM, and where they are tested. */
const NOT_A_MATTER_OF_A_PAIR: ReadonlyMap<number, string> = new Map([
  [13, 'scope of a component: shown beside the finding, never decides'],
  [26, 'nested components: tests of the SBOM readers'],
  [27, 'packages without link to the operating system: tests of the SBOM readers'],
]);

const labels = judgeLabels();

describe.skipIf(labels === null)(
  `hand-labelled matches of scanners${labels ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    it('has a figure for each label', () => {
      const {
        labels: all,
        noAdvisory,
        truePositive,
        falsePositive,
        falseNegative,
        trueNegative,
        undetermined,
      } = labels as LabelFigures;

      expect(noAdvisory + truePositive + falsePositive + falseNegative + trueNegative + undetermined).toBe(
        all,
      );
    });
  },
);

function report(): string {
  const rows = [...new Set(judged.map(({ file }) => file)), 'all'].map((file) => {
    const of = judged.filter((one) => file === 'all' || one.file === file);
    const count = (expected: MatchOutcome, got: MatchOutcome) =>
      of.filter(({ pair, outcome }) => pair.expected === expected && outcome === got).length;
    const hits = count('affected', 'affected');
    const said = of.filter(({ outcome }) => outcome === 'affected').length;
    const true_ = of.filter(({ pair }) => pair.expected === 'affected').length;
    const doubts = of.filter(({ pair }) => pair.expected === 'undetermined').length;
    return `| ${file.replace('.json', '')} | ${of.length} | ${true_} | ${of.length - true_ - doubts} | ${doubts} | ${percent(hits, said)} | ${percent(hits, true_)} | ${of.filter(({ pair, outcome }) => pair.expected !== outcome).length} |`;
  });
  const pitfalls = Array.from({ length: 31 }, (_, index) => index + 1).map((number) => {
    const of = judged.filter(({ pair }) => pair.pitfalls.includes(number));
    const right = of.filter(({ pair, outcome }) => pair.expected === outcome).length;
    const elsewhere = NOT_A_MATTER_OF_A_PAIR.get(number);
    return `| ${number} | ${of.length} | ${right} | ${elsewhere ?? ''} |`;
  });
  return [
    '# Matching, measured',
    '',
    'Written by `WARD_UPDATE_GOLDEN=1 npx vitest run --project unit workbench/knowledge/matching`; a test holds it against what is measured.',
    '',
    '## Pairs checked by hand',
    '',
    'Each pair is a component, the facts of advisories, the right answer and the reason (`workbench/knowledge/matching/checked-pairs`).',
    'Precision: of what Ward calls affected, how much is. Recall: of what is affected, how much Ward calls so. A pair whose right answer',
    'is *undetermined* counts as wrong when Ward says anything else.',
    '',
    '| set | pairs | affected | not affected | undetermined | precision | recall | wrong |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    'The pairs were written together with the rules that they test, so 100 % says that the rules do what was meant, not that the world holds no others.',
    '',
    '## By pitfall',
    '',
    '| pitfall | pairs | right | otherwise tested |',
    '| ---: | ---: | ---: | --- |',
    ...pitfalls,
    '',
    ...(labels ? labelReport(labels) : []),
  ].join('\n');
}

const percent = (part: number, whole: number) =>
  whole === 0 ? 'none' : `${((part / whole) * 100).toFixed(1)} %`;

function labelReport(figures: LabelFigures): string[] {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn } = figures;
  return [
    '## Labels of others',
    '',
    'Matches of scanners that people labelled (anchore/vulnerability-match-labels): package name, version and id, without purl. Ward can',
    'answer only where the advisory is at hand and says of which ecosystem the name is; NVD products cannot be found by a bare name.',
    '',
    '| what | labels |',
    '| --- | ---: |',
    `| all | ${figures.labels} |`,
    `| no advisory at hand that decides | ${figures.noAdvisory} |`,
    `| true, and Ward says affected | ${tp} |`,
    `| false, but Ward says affected | ${fp} |`,
    `| true, but Ward says not affected | ${fn} |`,
    `| false, and Ward says not affected | ${figures.trueNegative} |`,
    `| Ward says undetermined | ${figures.undetermined} |`,
    `| precision | ${percent(tp, tp + fp)} |`,
    `| recall | ${percent(tp, tp + fn)} |`,
    '',
    ...(figures.disagreements.length === 0
      ? []
      : [
          'Every disagreement. Likely reasons, not proved one by one: the record at hand is narrower than the one that was labelled',
          '(minimist, lodash, cryptiles, cgi); the label rests on what name and version do not say, such as a distribution that ported the',
          'fix back into a packed gem or wheel, a file of the same name in another ecosystem, or a flaw of a daemon in a module of both.',
          '',
          ...figures.disagreements.map((text) => `- ${text}`),
          '',
        ]),
  ];
}

afterAll(() => {
  const text = report();
  if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(REPORT, text);
  // Without the labels of others the report cannot be renewed whole.
  else if (labels) expect(existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '').toBe(text);
});
