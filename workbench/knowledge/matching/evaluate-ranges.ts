// Whether a version or commit is among the affected ones of an OSV statement (OSV schema 1.7, "Evaluation"): versions OR ranges,
// each kind of range looked at on its own, so that a commit range listed first does not hide the version ranges behind it.
import type { Affected, MatchOutcome, UndeterminedReason } from '../advisory.ts';
import type { VersionScheme } from '../versions/scheme.ts';
import { schemeOf } from '../versions/schemes.ts';
import { semver } from '../versions/semver.ts';
import { commitLiesIn, type History } from './commits.ts';
import { describeWindow, describeWindows, liesIn, readVersion, type Window, windowsOf } from './windows.ts';

export interface RangeVerdict {
  readonly outcome: MatchOutcome;
  readonly reason: UndeterminedReason | null;
  readonly by: 'list' | 'range' | 'commit' | 'nothing';
  /** The window that holds the version, else all windows; `listed versions` for a list. */
  readonly range: string;
  readonly scheme: string;
  /** True when the window that decided has no upper bound. */
  readonly open: boolean;
  /** Fixed versions later than the component's, ascending. */
  readonly fixed: readonly string[];
}

export interface Place {
  readonly version: string | null;
  readonly commit: string | null;
}

const MAX_FIXED = 10;

/** Evaluates one `affected` entry; never throws. */
export function evaluateRanges(
  affected: Pick<Affected, 'ecosystem' | 'ranges' | 'versions'>,
  { version, commit }: Place,
  history?: History,
): RangeVerdict {
  const scheme = schemeOf(affected.ecosystem) as VersionScheme | undefined;
  if (version === null && commit === null) return undetermined('no-version', affected, scheme);
  if (version !== null && isListed(affected, version, scheme)) return listed(affected, version, scheme);

  const byVersion = evaluateVersionRanges(affected, version, scheme);
  if (byVersion?.outcome === 'affected') return byVersion;
  const byCommit = evaluateCommits(affected, commit, history);
  if (byCommit?.outcome === 'affected') return byCommit;
  // Versions and commits tell one thing twice: where versions are decided, an unknown place in the history is no doubt.
  if (byVersion?.outcome === 'not-affected') return byVersion;
  if (byCommit?.outcome === 'not-affected') return byCommit;
  const byList = byVersion ? null : notListed(affected, version, scheme);
  return byList ?? byVersion ?? byCommit ?? undetermined('no-range', affected, scheme);
}

/** As written, or equal in the scheme: a list with `1.0` holds 1.0.0. */
function isListed(
  { ecosystem, versions }: Pick<Affected, 'ecosystem' | 'versions'>,
  version: string,
  scheme: VersionScheme | undefined,
): boolean {
  if (versions.includes(version)) return true;
  // A tag is often the version with a `v`.
  if (ecosystem === 'GIT')
    return versions.includes(`v${version}`) || versions.includes(version.replace(/^v/, ''));
  const parsed = scheme ? readVersion(scheme, version) : null;
  if (!scheme || parsed === null) return false;
  return versions.some((other) => {
    const known = readVersion(scheme, other);
    return known !== null && scheme.compare(known, parsed) === 0;
  });
}

function listed(
  affected: Pick<Affected, 'ranges'>,
  version: string,
  scheme: VersionScheme | undefined,
): RangeVerdict {
  return {
    outcome: 'affected',
    reason: null,
    by: 'list',
    range: 'listed versions',
    scheme: scheme?.title ?? 'exact text',
    open: false,
    fixed: scheme ? fixedAfter(affected, version, scheme) : [],
  };
}

/** No version range at all: a full list of versions decides by itself, but a list of tags does not. */
function notListed(
  affected: Pick<Affected, 'ecosystem' | 'ranges' | 'versions'>,
  version: string | null,
  scheme: VersionScheme | undefined,
): RangeVerdict | null {
  if (affected.versions.length === 0 || version === null) return null;
  if (affected.ecosystem === 'GIT') return undetermined('commit', affected, scheme);
  if (!scheme) return undetermined('unknown-scheme', affected, scheme);
  if (readVersion(scheme, version) === null) return undetermined('version-not-in-scheme', affected, scheme);
  return {
    ...undetermined('no-range', affected, scheme),
    outcome: 'not-affected',
    reason: null,
    by: 'list',
    range: 'listed versions',
  };
}

/** Null when the entry has no version ranges. */
function evaluateVersionRanges(
  affected: Pick<Affected, 'ranges'>,
  version: string | null,
  ecosystemScheme: VersionScheme | undefined,
): RangeVerdict | null {
  const all: Window[] = [];
  let doubt: UndeterminedReason | null = null;
  let scheme: VersionScheme | undefined;
  for (const range of affected.ranges) {
    if (range.kind !== 'SEMVER' && range.kind !== 'ECOSYSTEM') continue;
    const own = ecosystemScheme ?? (range.kind === 'SEMVER' ? (semver as VersionScheme) : undefined);
    scheme ??= own;
    const parsed = own && version !== null ? readVersion(own, version) : null;
    if (!own || version === null || parsed === null) {
      doubt = version === null ? 'no-version' : own ? 'version-not-in-scheme' : 'unknown-scheme';
      continue;
    }
    const windows = windowsOf(range.events, own);
    if (windows === null) {
      doubt = 'bound-not-in-scheme';
      continue;
    }
    const window = windows.find((candidate) => liesIn(candidate, parsed, own));
    if (window) {
      return {
        outcome: 'affected',
        reason: null,
        by: 'range',
        range: describeWindow(window),
        scheme: own.title,
        open: window.to === null,
        fixed: fixedAfter(affected, version, own),
      };
    }
    all.push(...windows);
  }
  if (doubt) return undetermined(doubt, affected, scheme);
  if (!scheme) return null;
  return {
    outcome: 'not-affected',
    reason: null,
    by: 'range',
    range: describeWindows(all),
    scheme: scheme.title,
    open: false,
    fixed: [],
  };
}

/** Null when the entry has no commit ranges. */
function evaluateCommits(
  affected: Pick<Affected, 'ranges'>,
  commit: string | null,
  history: History | undefined,
): RangeVerdict | null {
  const ranges = affected.ranges.filter((range) => range.kind === 'GIT');
  if (ranges.length === 0) return null;
  const base = { by: 'commit', range: 'commit range', scheme: 'commits', open: false, fixed: [] } as const;
  if (commit === null) return { ...base, outcome: 'undetermined', reason: 'commit' };
  const verdicts = ranges.map((range) => commitLiesIn(range, commit, history));
  if (verdicts.includes(true)) {
    const fixed = ranges.flatMap(({ events }) =>
      events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])),
    );
    return { ...base, outcome: 'affected', reason: null, fixed: fixed.slice(0, MAX_FIXED) };
  }
  if (verdicts.includes(null)) return { ...base, outcome: 'undetermined', reason: 'commit' };
  return { ...base, outcome: 'not-affected', reason: null };
}

function undetermined(
  reason: UndeterminedReason,
  affected: Pick<Affected, 'ranges'>,
  scheme: VersionScheme | undefined,
): RangeVerdict {
  const windows = affected.ranges.flatMap((range) =>
    scheme && (range.kind === 'SEMVER' || range.kind === 'ECOSYSTEM')
      ? (windowsOf(range.events, scheme) ?? [])
      : [],
  );
  return {
    outcome: 'undetermined',
    reason,
    by: 'nothing',
    range: windows.length === 0 ? '' : describeWindows(windows),
    scheme: scheme?.title ?? '',
    open: false,
    fixed: [],
  };
}

/** Fixed versions of all ranges that are later than the component's, ascending and once each. */
function fixedAfter(affected: Pick<Affected, 'ranges'>, version: string, scheme: VersionScheme): string[] {
  const own = readVersion(scheme, version);
  const later = new Map<string, unknown>();
  for (const range of affected.ranges) {
    if (range.kind !== 'SEMVER' && range.kind !== 'ECOSYSTEM') continue;
    for (const event of range.events) {
      if (!('fixed' in event)) continue;
      const parsed = readVersion(scheme, event.fixed);
      if (parsed !== null && own !== null && scheme.compare(parsed, own) > 0) later.set(event.fixed, parsed);
    }
  }
  return [...later]
    .sort(([, a], [, b]) => scheme.compare(a, b))
    .slice(0, MAX_FIXED)
    .map(([text]) => text);
}
