// Ranges of commits (OSV type GIT). A commit has a place only in a history; without one, only the named commits themselves decide.
import type { AffectedRange, RangeEvent } from '../advisory.ts';

/** The commits of a repository with their parents, as `git log --format='%H %P'` prints them. */
export interface CommitGraph {
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

/** The history of a repository; undefined when Ward holds none. */
export type History = (repo: string) => CommitGraph | undefined;

type GitRange = Extract<AffectedRange, { kind: 'GIT' }>;

/** True or false where the commit's place is known, else null. */
export function commitLiesIn(range: GitRange, commit: string, history: History | undefined): boolean | null {
  const graph = range.repo === null ? undefined : history?.(range.repo);
  const inGraph = graph ? liesInGraph(graph, range.events, commit) : null;
  return inGraph ?? namedCommit(range.events, commit);
}

/**
 * OSV schema 1.7, "Evaluation": a commit is affected when an introduced one is reachable from it and no fixed one is that came
 * after; null when the graph does not hold the commit, or not a commit that the range names.
 */
function liesInGraph(graph: CommitGraph, events: readonly RangeEvent[], commit: string): boolean | null {
  const own = resolve(graph, commit);
  if (own === null) return null;
  const history = ancestorsOf(graph, own);
  const introduced: (string | null)[] = [];
  const fixed: string[] = [];
  const last: string[] = [];
  const limits: string[] = [];
  for (const event of events) {
    const [kind, named] = Object.entries(event)[0] as [string, string];
    if (kind === 'limit' && named === '*') continue;
    if (kind === 'introduced' && named === '0') {
      introduced.push(null);
      continue;
    }
    const known = resolve(graph, named);
    if (known === null) return null;
    ({ introduced, fixed, last_affected: last, limit: limits })[kind]?.push(known);
  }
  const isFixed = fixed.some((fix) => history.has(fix));
  const begun = introduced.some((start) => {
    if (start !== null && !history.has(start)) return false;
    // A fix counts only for what was introduced before it: a flaw may come back later.
    return (
      !isFixed ||
      fixed
        .filter((fix) => history.has(fix))
        .every((fix) => start !== null && !ancestorsOf(graph, fix).has(start))
    );
  });
  if (!begun) return false;
  if (last.some((end) => end !== own && history.has(end))) return false;
  return limits.length === 0 || limits.some((limit) => limit !== own && ancestorsOf(graph, limit).has(own));
}

function resolve(graph: CommitGraph, commit: string): string | null {
  const wanted = commit.toLowerCase();
  return graph.parents.has(wanted) ? wanted : null;
}

const known = new WeakMap<CommitGraph, Map<string, ReadonlySet<string>>>();
const MAX_KNOWN = 64;

/** The commit and everything it was built on; the last few answers are kept, since one range asks for the same again. */
function ancestorsOf(graph: CommitGraph, commit: string): ReadonlySet<string> {
  const answers = known.get(graph) ?? new Map<string, ReadonlySet<string>>();
  known.set(graph, answers);
  const found = answers.get(commit);
  if (found) return found;
  const reached = new Set([commit]);
  const open = [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const parent of graph.parents.get(next) ?? []) {
      if (reached.has(parent)) continue;
      reached.add(parent);
      open.push(parent);
    }
  }
  if (answers.size >= MAX_KNOWN) answers.delete(answers.keys().next().value!);
  answers.set(commit, reached);
  return reached;
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
