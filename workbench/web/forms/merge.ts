// Two people edited the same revision: what both say is kept, and where they disagree a person chooses. Pure.
import type { Body, JsonValue } from './fields.ts';

export interface Conflict {
  /** `$.steps` */
  readonly path: string;
  readonly base: JsonValue | undefined;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}
export interface Merge {
  /** Theirs with my changes; in a conflict mine or theirs, as chosen. */
  readonly body: Body;
  readonly conflicts: readonly Conflict[];
}

/**
 * Lists are merged whole: inserting a step moves all that follow, and a list made of halves of two would be nobody's
 * intention. `choose` says for each conflict whose value is taken; mine when it says nothing.
 */
export function merge(
  base: Body,
  mine: Body,
  theirs: Body,
  choose: (path: string) => 'mine' | 'theirs' = () => 'mine',
): Merge {
  const conflicts: Conflict[] = [];
  const body = mergeObjects(base, mine, theirs, '$', conflicts, choose);
  return { body, conflicts };
}

function mergeObjects(
  base: Body,
  mine: Body,
  theirs: Body,
  path: string,
  conflicts: Conflict[],
  choose: (path: string) => 'mine' | 'theirs',
): Body {
  const merged: Body = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const place = `${path}.${name}`;
    const value = mergeValues(own(base, name), own(mine, name), own(theirs, name), place, conflicts, choose);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function mergeValues(
  base: JsonValue | undefined,
  mine: JsonValue | undefined,
  theirs: JsonValue | undefined,
  path: string,
  conflicts: Conflict[],
  choose: (path: string) => 'mine' | 'theirs',
): JsonValue | undefined {
  if (same(mine, theirs) || same(theirs, base)) return mine;
  if (same(mine, base)) return theirs;
  if (isObject(mine) && isObject(theirs))
    return mergeObjects(isObject(base) ? base : {}, mine, theirs, path, conflicts, choose);
  conflicts.push({ path, base, mine, theirs });
  return choose(path) === 'mine' ? mine : theirs;
}

function own(body: Body, name: string): JsonValue | undefined {
  return Object.hasOwn(body, name) ? body[name] : undefined;
}

function isObject(value: JsonValue | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal in content, whatever the order of the fields. */
export function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}
