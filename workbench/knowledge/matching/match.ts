// Does one statement of an advisory speak of one identity of a component? Pure: the same answer in server, CLI and browser.
import type { Advisory, Affected, MatchResult, PackageIdentity } from '../advisory.ts';
import { relateScopes } from '../identity/distro-scope.ts';
import { schemeOf } from '../versions/schemes.ts';
import type { History } from './commits.ts';
import { evaluateRanges, type RangeVerdict } from './evaluate-ranges.ts';
import { hintCovers } from './hint.ts';
import { matchCpe } from './match-cpe.ts';
import { streamDoubt } from './rpm-streams.ts';

export interface MatchContext {
  /** CPEs of the other components and the declared platform of the same release, for NVD's AND configurations. */
  readonly otherCpes?: readonly string[];
  /** CPE parts (`o`, `h`) of which `otherCpes` names everything; by default none. */
  readonly completeParts?: readonly string[];
  /** Instant that decides whether a withdrawal has happened; without it every withdrawal has. */
  readonly now?: string;
  /** Commits of the repositories that Ward holds. */
  readonly history?: History;
}

/**
 * Matches and explains itself in a plain sentence; never throws.
 *
 * A statement for another ecosystem, package or distribution release never matches; so an upstream range says nothing of a
 * distribution's package. What cannot be decided is *undetermined* with a reason.
 */
export function match(
  identity: PackageIdentity,
  affected: Affected,
  advisory: Pick<Advisory, 'configurations' | 'withdrawn'>,
  context: MatchContext = {},
): MatchResult {
  if (isWithdrawn(advisory.withdrawn, context.now)) {
    return notAffected(`The source withdrew the advisory on ${advisory.withdrawn?.slice(0, 10)}.`);
  }
  if (identity.ecosystem !== affected.ecosystem) {
    return notAffected(
      `The advisory speaks of ${affected.ecosystem}, the component is of ${identity.ecosystem}.`,
    );
  }
  if (affected.ecosystem === 'cpe') {
    const { otherCpes: cpes = [], completeParts: complete = [] } = context;
    return matchCpe(identity, affected, advisory, { cpes, complete });
  }
  if (identity.name !== affected.name) {
    return notAffected(`The advisory speaks of ${affected.name}, not of ${identity.name}.`);
  }
  const relation = relateScopes(affected.ecosystem, identity.scope, affected.scope);
  if (relation === 'other') {
    return notAffected(
      `The advisory speaks of ${affected.ecosystem} ${affected.scope}, the component is of ${identity.scope}.`,
    );
  }
  const verdict = evaluateRanges(affected, identity, context.history);
  if (verdict.outcome === 'affected' && relation === 'unknown')
    return releaseNotKnown(identity, affected, verdict);
  const doubt =
    verdict.outcome === 'affected' && verdict.by === 'range' ? streamDoubt(identity, verdict.fixed[0]) : null;
  if (doubt !== null) {
    const sentence = `${placeOf(identity)} lies in ${verdict.range}, but ${doubt}.`;
    return explain({ ...verdict, outcome: 'undetermined', reason: 'release-not-known' }, sentence);
  }
  return checkHint(identity, affected, verdict) ?? explain(verdict, sentenceOf(identity, verdict));
}

function isWithdrawn(withdrawn: string | null, now: string | undefined): boolean {
  if (withdrawn === null) return false;
  // A withdrawal announced for later still applies until then (OSV schema, `withdrawn`).
  return now === undefined || !(Date.parse(withdrawn) > Date.parse(now));
}

function notAffected(sentence: string): MatchResult {
  return {
    outcome: 'not-affected',
    why: { sentence, range: '', scheme: '', fixed: [], criteria: null, reason: null },
  };
}

function releaseNotKnown(identity: PackageIdentity, affected: Affected, verdict: RangeVerdict): MatchResult {
  const where = `${affected.ecosystem} ${affected.scope}`;
  const sentence = `${placeOf(identity)} lies in ${verdict.range} of ${where}, but the component does not say that it is of that release.`;
  return explain({ ...verdict, outcome: 'undetermined', reason: 'release-not-known' }, sentence);
}

/** An open range with a hint that ends below the version is a doubt, not a finding. */
function checkHint(identity: PackageIdentity, affected: Affected, verdict: RangeVerdict): MatchResult | null {
  if (verdict.outcome !== 'affected' || !verdict.open || affected.hint === null) return null;
  const scheme = schemeOf(affected.ecosystem);
  if (!scheme || identity.version === null) return null;
  if (hintCovers(affected.hint, identity.version, scheme) !== false) return null;
  const sentence = `${identity.version} lies in ${verdict.range}, but the publisher knows only ${affected.hint} as affected.`;
  return explain({ ...verdict, outcome: 'undetermined', reason: 'publisher-hint' }, sentence);
}

const placeOf = ({ version, commit }: PackageIdentity): string => version ?? commit ?? 'The component';

function sentenceOf(identity: PackageIdentity, verdict: RangeVerdict): string {
  const place = verdict.by === 'commit' ? (identity.commit ?? placeOf(identity)) : placeOf(identity);
  if (verdict.reason !== null) return doubtOf(place, identity, verdict);
  const isAffected = verdict.outcome === 'affected';
  if (verdict.by === 'list') return `${place} is ${isAffected ? '' : 'not '}listed as affected.`;
  if (verdict.by === 'commit') {
    return `Commit ${place} lies ${isAffected ? 'in' : 'outside'} the affected range of commits.`;
  }
  return `${place} lies ${isAffected ? 'in' : 'outside'} ${verdict.range} (${verdict.scheme}).`;
}

function doubtOf(place: string, identity: PackageIdentity, { reason, range, scheme }: RangeVerdict): string {
  switch (reason) {
    case 'no-version':
      return `The component states no version${range === '' ? '' : ` to compare with ${range}`}.`;
    case 'version-not-in-scheme':
      return `${place} is not a version of ${identity.ecosystem}${scheme === '' ? '' : ` (${scheme})`}, so it cannot be compared.`;
    case 'bound-not-in-scheme':
      return `A bound of the advisory is not a version of ${identity.ecosystem} (${scheme}), so ${place} cannot be compared.`;
    case 'unknown-scheme':
      return `Ward does not know how ${identity.ecosystem} orders versions, and ${place} is not listed.`;
    case 'commit':
      return 'The advisory names commits, and the place of the component in their history is not known.';
    default:
      return 'The advisory names the package but no versions.';
  }
}

function explain(verdict: RangeVerdict, sentence: string): MatchResult {
  const { outcome, reason, range, scheme, fixed } = verdict;
  return { outcome, why: { sentence, range, scheme, fixed, criteria: null, reason } };
}
