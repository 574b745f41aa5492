// A rule as it is being written, tried: its static check, and what it says of a model, before anything is saved. Pure.
import type { SystemModel } from '../../system/metamodel.ts';
import type { EvaluationProblem, Question, RulePack, ThreatRule } from '../evaluate/contract.ts';
import { compileRules } from '../evaluate/evaluate.ts';

export interface Tried {
  readonly problems: readonly EvaluationProblem[];
  readonly raised: number;
  readonly open: number;
  readonly answered: number;
  readonly notApplicable: number;
  readonly results: readonly { readonly target: string; readonly state: string }[];
}

const alone = (rule: ThreatRule, questions: Readonly<Record<string, Question>>): RulePack => ({
  id: 'trial',
  title: 'Trial',
  version: '0',
  rules: [rule],
  questions,
  protocolFacts: {},
});

export function checkRule(
  rule: ThreatRule,
  questions: Readonly<Record<string, Question>>,
): readonly EvaluationProblem[] {
  return compileRules(alone(rule, questions)).problems;
}

export function tryRule(
  rule: ThreatRule,
  questions: Readonly<Record<string, Question>>,
  protocolFacts: RulePack['protocolFacts'],
  model: SystemModel,
): Tried {
  const { results, counts, problems } = compileRules({ ...alone(rule, questions), protocolFacts }).evaluate(
    model,
  );
  return {
    problems,
    raised: counts.raised,
    open: counts.open,
    answered: counts.answered,
    notApplicable: counts['not-applicable'],
    results: results.map(({ target, state }) => ({ target, state })),
  };
}

/**
 * The part of a model that a rule looks at around one place, as the rule's own test: the place, the flows and elements next to
 * it, what they hold, and the zones around them.
 */
export function exampleModel(model: SystemModel, target: string): SystemModel {
  const elements = new Set<string>();
  const fn = model.safetyFunctions.find(({ id }) => id === target);
  const face = model.interfaces.find(({ id }) => id === target);
  if (model.elements.some(({ id }) => id === target)) elements.add(target);
  if (face) elements.add(face.element);
  for (const id of fn?.realisedBy ?? []) elements.add(id);
  for (const { id, zone } of model.elements) if (zone === target) elements.add(id);
  const near = new Set(elements);
  const flows = model.flows.filter(
    ({ id, from, to }) => id === target || elements.has(from) || elements.has(to),
  );
  for (const { from, to } of flows) for (const id of [from, to]) if (id !== '') near.add(id);
  const kept = model.elements.filter(({ id }) => near.has(id));
  const parents = new Map(model.zones.map(({ id, parent }) => [id, parent]));
  const zones = new Set<string>();
  for (const start of [target, ...kept.map(({ zone }) => zone)])
    for (
      let here = start;
      here !== '' && parents.has(here) && !zones.has(here);
      here = parents.get(here) ?? ''
    )
      zones.add(here);
  const carried = new Set([
    ...kept.flatMap(({ holds }) => holds),
    ...flows.flatMap(({ carries }) => carries),
  ]);
  const functions = fn ? [{ ...fn, realisedBy: fn.realisedBy.filter((id) => near.has(id)) }] : [];
  const harms = new Set(functions.flatMap((one) => one.harms));
  return {
    title: `Test at ${target}`,
    description: '',
    version: '',
    intendedUse: '',
    zones: model.zones.filter(({ id }) => zones.has(id)),
    conduits: [],
    elements: kept.map((one) => ({ ...one, contains: [] })),
    interfaces: face ? [face] : [],
    flows: flows.map((one) => ({ ...one, via: [] })),
    assets: model.assets.filter(({ id }) => carried.has(id)),
    safetyFunctions: functions,
    harms: model.harms.filter(({ id }) => harms.has(id)),
    attackers: [],
    environments: [],
    assumptions: [],
    useCases: [],
    notes: [],
  };
}
