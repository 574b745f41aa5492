// Rules that say the same more precisely: where both are raised at one target, the general one is merged into the precise one.
import type { EvaluationProblem, PairResult, ThreatRule } from './contract.ts';

/** For each rule that others supersede: those others, in the order of the pack. */
export type Superseding = ReadonlyMap<string, readonly string[]>;

export function supersedingOf(rules: readonly ThreatRule[]): Superseding {
  const known = new Set(rules.map(({ id }) => id));
  const map = new Map<string, string[]>();
  for (const { id, supersedes } of rules) {
    for (const other of supersedes ?? []) {
      if (!known.has(other)) continue;
      const list = map.get(other);
      if (list) list.push(id);
      else map.set(other, [id]);
    }
  }
  return map;
}

/** Rules that supersede one another in a circle would merge each other away; each of them is named. */
export function circlesOf(rules: readonly ThreatRule[]): EvaluationProblem[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return rules.flatMap((rule) => {
    const seen = new Set<string>();
    const open = [...(rule.supersedes ?? [])];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === rule.id)
        return [
          {
            rule: rule.id,
            place: 'rule' as const,
            message: 'it supersedes itself, by itself or in a circle',
          },
        ];
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(byId.get(id)?.supersedes ?? []));
    }
    return [];
  });
}

/** Says of each raised result into which rule it is merged; of several the last in the order of the pack. */
export function mergeRaised(results: readonly PairResult[], superseding: Superseding): PairResult[] {
  const precise = new Set([...superseding.values()].flat());
  const raised = new Set<string>();
  for (const { rule, target, state } of results)
    if (state === 'raised' && precise.has(rule)) raised.add(`${rule} ${target}`);
  return results.map((result) => {
    const rules = superseding.get(result.rule);
    if (!rules) return result;
    const into =
      result.state === 'raised'
        ? (rules.findLast((rule) => raised.has(`${rule} ${result.target}`)) ?? null)
        : null;
    return into === result.mergedInto ? result : { ...result, mergedInto: into };
  });
}
