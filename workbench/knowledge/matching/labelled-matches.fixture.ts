// Matches of scanners that people labelled true or false: what Ward says of them, where it holds an advisory that can decide.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Advisory, Affected, MatchOutcome } from '../advisory.ts';
import { spellName } from '../identity/ecosystem-names.ts';
import { readAdvisory } from '../importers/read-advisory.ts';
import { SHARED_DATA } from '../shared-data.fixture.ts';
import { schemeOf } from '../versions/schemes.ts';
import { match } from './match.ts';

export interface LabelFigures {
  readonly labels: number;
  readonly noAdvisory: number;
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
  readonly undetermined: number;
  readonly disagreements: readonly string[];
}

interface Label {
  readonly image: string;
  readonly name: string;
  readonly version: string;
  readonly vuln: string;
  readonly cve: string | null;
  readonly label: 'TP' | 'FP';
}

const OSV_FILES = [
  'osv/almalinux',
  'osv/bitnami',
  'osv/crates',
  'osv/go',
  'osv/pypi',
  'osv/recorded-from-tool-tests',
  'osv-derived/npm-derived',
  'osv-derived/packagist-derived',
  'osv-derived/rubygems-derived',
];

/** Null where the data is absent. */
export function judgeLabels(): LabelFigures | null {
  if (!SHARED_DATA) return null;
  const labels = readFileSync(new URL('fixtures/labels/anchore-match-labels.jsonl', SHARED_DATA), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Label);
  const wanted = new Set(labels.flatMap(({ vuln, cve }) => [vuln, cve ?? vuln]));
  const advisories = readAdvisories(SHARED_DATA, wanted);
  const count = {
    noAdvisory: 0,
    truePositive: 0,
    falsePositive: 0,
    trueNegative: 0,
    falseNegative: 0,
    undetermined: 0,
  };
  const disagreements: string[] = [];
  for (const label of labels) {
    const outcome = judge(label, advisories);
    const isTrue = label.label === 'TP';
    if (outcome === null) count.noAdvisory += 1;
    else if (outcome === 'undetermined') count.undetermined += 1;
    else if (outcome === 'affected') count[isTrue ? 'truePositive' : 'falsePositive'] += 1;
    else count[isTrue ? 'falseNegative' : 'trueNegative'] += 1;
    if ((outcome === 'affected' && !isTrue) || (outcome === 'not-affected' && isTrue)) {
      disagreements.push(
        `${label.vuln} in ${label.name} ${label.version}: labelled ${isTrue ? 'true' : 'false'}, Ward says ${outcome}`,
      );
    }
  }
  return { labels: labels.length, ...count, disagreements: [...new Set(disagreements)].sort() };
}

function readAdvisories(data: URL, wanted: ReadonlySet<string>): Map<string, Advisory[]> {
  const found = new Map<string, Advisory[]>();
  for (const file of OSV_FILES) {
    const text = gunzipSync(readFileSync(new URL(`advisories/${file}.jsonl.gz`, data))).toString('utf8');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as { id: string; aliases?: string[] };
      const ids = [record.id, ...(record.aliases ?? [])].filter((id) => wanted.has(id));
      if (ids.length === 0) continue;
      const advisory = readAdvisory(record);
      for (const id of ids) found.set(id, [...(found.get(id) ?? []), advisory]);
    }
  }
  return found;
}

/**
 * The answer of the statements about the name, in the one ecosystem that both the label's version and its image allow; null where
 * no advisory at hand names the package there, or where more than one ecosystem could be meant.
 */
function judge(
  { vuln, cve, name, version, image }: Label,
  advisories: ReadonlyMap<string, Advisory[]>,
): MatchOutcome | null {
  const records = [...new Set([...(advisories.get(vuln) ?? []), ...(advisories.get(cve ?? vuln) ?? [])])];
  const statements = records.flatMap((advisory) =>
    advisory.affected
      .filter(
        (affected) => affected.name === spellName(affected.ecosystem, name) && fits(affected, version, image),
      )
      .map((affected) => ({ advisory, affected })),
  );
  if (statements.length === 0 || new Set(statements.map(({ affected }) => affected.ecosystem)).size > 1)
    return null;
  const outcomes = statements.map(({ advisory, affected }) => {
    const identity = {
      ecosystem: affected.ecosystem,
      name: affected.name,
      scope: affected.scope,
      version,
      from: name,
      cpe: null,
      commit: null,
    };
    return match(identity, affected, advisory).outcome;
  });
  return (['affected', 'undetermined'] as const).find((one) => outcomes.includes(one)) ?? 'not-affected';
}

/** An RPM's version says of which major release it is; a package with a distribution's version is none of a language. */
function fits({ ecosystem, scope }: Affected, version: string, image: string): boolean {
  const release = /\.el(\d+)/.exec(version)?.[1];
  const isPacked = release !== undefined || /\.(?:amzn|fc)\d|ubuntu|[-+~]deb|-r\d+$/.test(version);
  if (ecosystem === 'AlmaLinux') return release === scope && image.includes('almalinux');
  return (
    !isPacked &&
    ['npm', 'PyPI', 'RubyGems', 'Packagist', 'Maven', 'Go', 'crates.io', 'NuGet'].includes(ecosystem) &&
    schemeOf(ecosystem) !== undefined
  );
}
