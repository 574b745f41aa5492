// A rule pack as a record of the house holds it, and as a file writes it (`format: ward-rule-pack/1`). Pure.
import { z } from 'zod';
import { line, title } from '../../kernel/records/kind.ts';
import type { RulePack as Pack } from './evaluate/contract.ts';
import { RulePack, ThreatRule } from './evaluate/rule-pack.ts';

const MAX_EXAMPLES = 2_000;

/** A small model on which a rule must, or must not, raise: the rule's own test. */
export const RuleExample = z.object({
  rule: ThreatRule.shape.id,
  /** `positive`: the rule is raised at the target. `negative`: it is answered or does not apply there. */
  kind: z.enum(['positive', 'negative']),
  target: line(80).min(1),
  /** A system model; read as one when the example is run. */
  model: z.record(z.string().max(80), z.unknown()),
});
export type RuleExample = z.infer<typeof RuleExample>;

const { id, version, rules, questions, protocolFacts } = RulePack.shape;

/** All of a pack but its title. */
export const rulePackShape = {
  id: id.meta({ title: 'Id of the pack', description: 'Stays the same from edition to edition' }),
  version: version.meta({ title: 'Edition' }),
  origin: z.enum(['own', 'imported']).default('own').meta({ title: 'Origin' }),
  source: line(500).default('').meta({ title: 'Source', description: 'Where it was taken from' }),
  licence: line(120).default('').meta({ title: 'Licence' }),
  rules: rules.default([]).meta({ title: 'Rules' }),
  questions: questions.meta({ title: 'Questions' }),
  protocolFacts: protocolFacts.meta({ title: 'Answers that follow from a protocol' }),
  examples: z.array(RuleExample).max(MAX_EXAMPLES).default([]).meta({ title: 'Tests of the rules' }),
} as const;

export const RulePackBody = z.object({ title: title(), ...rulePackShape });
export type RulePackBody = z.infer<typeof RulePackBody>;

/** As the evaluation takes it. */
export function packOf(body: RulePackBody): Pack {
  return {
    id: body.id,
    title: body.title,
    version: body.version,
    rules: body.rules as Pack['rules'],
    questions: body.questions,
    protocolFacts: body.protocolFacts,
  };
}
