// A component's CPE against the CPE ranges of one NVD product.
import type { Advisory, Affected, AffectedRange, MatchResult, PackageIdentity } from '../advisory.ts';
import { parseCpe, unquote } from '../identity/cpe.ts';
import { cpeMatches } from '../identity/cpe-match.ts';
import { configurationHolds, type Sibling, type Surroundings, siblingsOf } from './configurations.ts';

type CpeRange = Extract<AffectedRange, { kind: 'CPE' }>;

const RANK = { affected: 2, undetermined: 1, 'not-affected': 0 } as const;

/** The strongest answer over all ranges: affected before undetermined before not affected. */
export function matchCpe(
  identity: PackageIdentity,
  affected: Affected,
  advisory: Pick<Advisory, 'configurations'>,
  around: Surroundings,
): MatchResult {
  const cpe = identity.cpe ?? '';
  const ranges = affected.ranges.filter((range) => range.kind === 'CPE');
  const subject = identity.version ?? 'The component';
  let best: MatchResult = explain(
    'not-affected',
    null,
    ranges[0] ?? null,
    [],
    `${subject} lies in no range of NVD for ${affected.name}.`,
  );
  for (const range of ranges) {
    const result = ofDistribution(identity.scope, matchRange(cpe, subject, range, advisory, around));
    if (result && RANK[result.outcome] > RANK[best.outcome]) best = result;
    if (best.outcome === 'affected') break;
  }
  return best;
}

/** A distribution's package against an upstream range is a doubt, not a finding. */
function ofDistribution(distribution: string, result: MatchResult | null): MatchResult | null {
  if (distribution === '' || result?.outcome !== 'affected') return result;
  const sentence = `${result.why.sentence} But ${distribution} built this package and may have ported the fix back.`;
  return { outcome: 'undetermined', why: { ...result.why, sentence, reason: 'distribution-backport' } };
}

function matchRange(
  cpe: string,
  subject: string,
  range: CpeRange,
  advisory: Pick<Advisory, 'configurations'>,
  around: Surroundings,
): MatchResult | null {
  const verdict = cpeMatches(range, cpe);
  if (verdict.outcome === 'not-affected') return null;
  const text = describeBounds(range);
  if (verdict.outcome === 'undetermined') {
    const why = {
      'no-version': `The component states no version that could be compared with ${text}.`,
      'version-not-in-scheme': `${subject} and ${text} cannot be compared as versions.`,
      'update-ambiguous': `${subject} is a pre-release of a bound of ${text}; NVD does not say whether it counts.`,
      wildcard: 'The CPE of the component holds wildcards, so it names no single version or product.',
    }[verdict.why];
    return explain('undetermined', verdict.why, range, [], why);
  }
  const configuration = advisory.configurations[range.configuration];
  const known = { ...around, cpes: [cpe, ...around.cpes] };
  const holding = configurationHolds(configuration, range, known);
  if (holding === 'no') return null;
  const fixed = range.endExcluding === null ? [] : [range.endExcluding];
  const siblings = siblingsOf(configuration, range, known);
  if (holding === 'unknown') {
    const missing = siblings.filter(({ present }) => present === null);
    const sentence = `${subject} lies in ${text}, but only together with ${describeSiblings(missing)}, which is not known to be present.`;
    return explain('undetermined', 'platform', range, fixed, sentence);
  }
  const beside = siblings.flatMap(({ present }) => (present === null ? [] : [present]));
  const sentence = `${subject} lies in ${text} (NVD, generic order).`;
  return explain(
    'affected',
    null,
    range,
    fixed,
    beside.length === 0 ? sentence : `${sentence} Beside it stands ${beside.join(' and ')}.`,
  );
}

const SHOWN_PRODUCTS = 3;

function describeSiblings(siblings: readonly Sibling[]): string {
  if (siblings.length === 0) return 'a platform';
  return siblings
    .map(({ wanted }) => {
      const rest = wanted.length - SHOWN_PRODUCTS;
      return wanted.slice(0, SHOWN_PRODUCTS).join(' or ') + (rest > 0 ? ` or ${rest} more` : '');
    })
    .join(' and ');
}

function explain(
  outcome: MatchResult['outcome'],
  reason: MatchResult['why']['reason'],
  range: CpeRange | null,
  fixed: readonly string[],
  sentence: string,
): MatchResult {
  return {
    outcome,
    why: {
      sentence,
      range: range ? describeBounds(range) : '',
      scheme: 'generic',
      fixed,
      criteria: range ? (range.criteriaId ?? range.criteria) : null,
      reason,
    },
  };
}

/** `>= 3.0.0, < 3.0.7`, `= 1.36.1`, or `all versions`. */
function describeBounds(range: CpeRange): string {
  const bounds: readonly (readonly [sign: string, bound: string | null])[] = [
    ['>=', range.startIncluding],
    ['>', range.startExcluding],
    ['<=', range.endIncluding],
    ['<', range.endExcluding],
  ];
  const parts = bounds.filter(([, bound]) => bound !== null).map(([sign, bound]) => `${sign} ${bound}`);
  if (parts.length > 0) return parts.join(', ');
  const cpe = parseCpe(range.criteria);
  if (!cpe || cpe.version === '*') return 'all versions';
  const update = cpe.update === '*' || cpe.update === '-' ? '' : ` ${unquote(cpe.update)}`;
  return `= ${unquote(cpe.version)}${update}`;
}
