// What changed between the facts of two models, named as rules read it.
import type { TargetFacts } from './facts.ts';

/** A target that was not there before. */
export const NEW = 'new';

export interface FactChanges {
  /** Targets came, went or stand in another order. */
  readonly otherTargets: boolean;
  readonly byTarget: ReadonlyMap<string, ReadonlySet<string> | typeof NEW>;
}

/** Changes of elements that flows and interfaces lead to, compared once. */
export type ComparedEnds = Map<string, ReadonlySet<string>>;

/**
 * Compares targets by their ids. Facts are named as `factName` does; an end that is another element now is named by the end alone
 * (`src`), since everything read through it may be another.
 */
export function changedFacts(
  before: readonly TargetFacts[],
  now: readonly TargetFacts[],
  compared: ComparedEnds,
): FactChanges {
  const known = new Map(before.map((target) => [target.id, target]));
  const byTarget = new Map<string, ReadonlySet<string> | typeof NEW>();
  let otherTargets = before.length !== now.length;
  now.forEach((target, at) => {
    if (before[at]?.id !== target.id) otherTargets = true;
    const earlier = known.get(target.id);
    const facts = earlier ? compare(earlier, target, compared) : NEW;
    if (facts === NEW || facts.size > 0) byTarget.set(target.id, facts);
  });
  return { otherTargets, byTarget };
}

function compare(before: TargetFacts, now: TargetFacts, compared: ComparedEnds): ReadonlySet<string> {
  const changes = new Set<string>();
  for (const [name, value] of Object.entries(now.fields))
    if (before.fields[name] !== value) changes.add(name);
  for (const [method, words] of Object.entries(now.words))
    for (const word of difference(before.words[method], words)) changes.add(`${method} ${word}`);
  if (before.answers !== now.answers)
    for (const key of new Set([...before.answers.keys(), ...now.answers.keys()])) {
      const [was, is] = [before.answers.get(key), now.answers.get(key)];
      if (was?.value !== is?.value || was?.origin !== is?.origin) changes.add(`answer ${key}`);
    }
  for (const [name, end] of Object.entries(now.ends)) {
    const earlier = before.ends[name];
    if (earlier?.id !== end.id) changes.add(name);
    else for (const fact of compareOnce(earlier, end, compared)) changes.add(`${name}.${fact}`);
  }
  return changes;
}

function compareOnce(before: TargetFacts, now: TargetFacts, compared: ComparedEnds): ReadonlySet<string> {
  const known = compared.get(now.id);
  if (known) return known;
  const changes = compare(before, now, compared);
  compared.set(now.id, changes);
  return changes;
}

function difference(before: ReadonlySet<string> | undefined, now: ReadonlySet<string>): string[] {
  if (before === now) return [];
  const added = [...now].filter((word) => !before?.has(word));
  return before ? [...added, ...[...before].filter((word) => !now.has(word))] : added;
}
