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

const NOTHING: ReadonlySet<string> = new Set();

/** Most targets did not change: nothing is made for them. */
function compare(before: TargetFacts, now: TargetFacts, compared: ComparedEnds): ReadonlySet<string> {
  let changes: Set<string> | undefined;
  const note = (fact: string) => {
    changes ??= new Set();
    changes.add(fact);
  };
  for (const name in now.fields) if (before.fields[name] !== now.fields[name]) note(name);
  for (const method in now.words)
    compareWords(before.words[method], now.words[method], (word) => note(`${method} ${word}`));
  compareAnswers(before.answers, now.answers, (key) => note(`answer ${key}`));
  for (const name in now.ends) {
    const [earlier, end] = [before.ends[name], now.ends[name]];
    if (!earlier || !end || earlier.id !== end.id) note(name);
    else for (const fact of compareOnce(earlier, end, compared)) note(`${name}.${fact}`);
  }
  return changes ?? NOTHING;
}

function compareOnce(before: TargetFacts, now: TargetFacts, compared: ComparedEnds): ReadonlySet<string> {
  const known = compared.get(now.id);
  if (known) return known;
  const changes = compare(before, now, compared);
  compared.set(now.id, changes);
  return changes;
}

type Words = ReadonlySet<string> | undefined;

function compareWords(before: Words, now: Words, note: (word: string) => void): void {
  if (before === now) return;
  for (const word of now ?? NOTHING) if (!before?.has(word)) note(word);
  for (const word of before ?? NOTHING) if (!now?.has(word)) note(word);
}

type KnownAnswers = TargetFacts['answers'];

function compareAnswers(before: KnownAnswers, now: KnownAnswers, note: (key: string) => void): void {
  if (before === now) return;
  for (const [key, is] of now) {
    const was = before.get(key);
    if (was?.value !== is.value || was.origin !== is.origin) note(key);
  }
  for (const key of before.keys()) if (!now.has(key)) note(key);
}
