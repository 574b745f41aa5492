// Ranges of commits (OSV type GIT). A commit has a place only in a history; without one, only the named commits themselves decide.
import type { AffectedRange, RangeEvent } from '../advisory.ts';
import type { VersionScheme } from '../versions/scheme.ts';
import { order } from '../versions/scheme.ts';
import { liesIn, windowsOf } from './windows.ts';

/** The commits of a repository's main line, oldest first; undefined when Ward holds none. */
export type History = (repo: string) => readonly string[] | undefined;

type GitRange = Extract<AffectedRange, { kind: 'GIT' }>;

/** True or false where the commit's place is known, else null. */
export function commitLiesIn(range: GitRange, commit: string, history: History | undefined): boolean | null {
  const known = range.repo === null ? undefined : history?.(range.repo);
  if (known) {
    const scheme = placesIn(known);
    const place = scheme.parse(commit);
    const windows = place === null ? null : windowsOf(range.events, scheme as VersionScheme);
    if (windows) return windows.some((window) => liesIn(window, place, scheme as VersionScheme));
  }
  return namedCommit(range.events, commit);
}

function namedCommit(events: readonly RangeEvent[], commit: string): boolean | null {
  for (const event of events) {
    const [kind, named] = Object.entries(event)[0] as [string, string];
    if (isSameCommit(named, commit)) return kind === 'introduced' || kind === 'last_affected';
  }
  return null;
}

/** Equal, or one abbreviates the other to at least 7 digits (git's own default). */
function isSameCommit(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 7 && long.toLowerCase().startsWith(short.toLowerCase());
}

const schemes = new WeakMap<readonly string[], VersionScheme<number>>();
let histories = 0;

/** Commits of one history in their order, as if they were versions. */
function placesIn(history: readonly string[]): VersionScheme<number> {
  const found = schemes.get(history);
  if (found) return found;
  const places = new Map(history.map((commit, place) => [commit.toLowerCase(), place] as const));
  const scheme: VersionScheme<number> = {
    // Parsed places are cached by scheme id, so each history needs its own.
    id: `history-${histories++}`,
    title: 'commit history',
    parse: (text) => places.get(text.toLowerCase()) ?? null,
    compare: (a, b) => order(a, b),
    isProper: () => true,
  };
  schemes.set(history, scheme);
  return scheme;
}
