// The shape of a rule pack as a record holds it and a file writes it (`format: ward-rule-pack/1`). Pure.
import { z } from 'zod';
import { line, text } from '../../kernel/records/kind.ts';
import type { RulePack } from './evaluate/contract.ts';

/** Bounds of one pack: what a file may hold before it is refused. */
export const PACK_LIMITS = {
  rules: 1_000,
  questions: 2_000,
  protocols: 500,
  examples: 1_000,
  expression: 8_000,
} as const;
export const PACK_FORMAT = 'ward-rule-pack/1';

export const STRIDE = [
  'spoofing',
  'tampering',
  'repudiation',
  'information disclosure',
  'denial of service',
  'elevation of privilege',
] as const;
export const RULE_TARGETS = [
  'element',
  'actor',
  'external',
  'flow',
  'zone',
  'interface',
  'function',
] as const;

const RuleId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/,
    'a rule’s id has up to 80 letters, digits, dots, dashes or underscores',
  );
export const PackId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, 'a pack’s id has up to 60 small letters, digits, dots or dashes');
const Key = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'a question key looks like `flow.auth-source`');
const Ids = (max: number) => z.array(line(80).min(1)).max(max).default([]);
const atMost = (max: number) => (map: object) => Object.keys(map).length <= max;

export const Rule = z.object({
  id: RuleId,
  version: z.int().min(1).max(1_000_000).default(1),
  title: line().min(1, 'needs a title'),
  statement: text(4_000).default(''),
  category: line(80).optional(),
  stride: z.array(z.enum(STRIDE)).min(1, 'names at least one category').max(6),
  appliesTo: z.enum(RULE_TARGETS),
  when: z.string().min(1).max(PACK_LIMITS.expression),
  unless: z.string().min(1).max(PACK_LIMITS.expression).default('false'),
  exploitability: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]).default(3),
  safetyRelevance: z.enum(['none', 'indirect', 'direct', 'multi-patient']).default('none'),
  requirements: Ids(50),
  references: z
    .object({ cwe: Ids(50), capec: Ids(50), attackIcs: Ids(50), emb3d: Ids(50) })
    .default({ cwe: [], capec: [], attackIcs: [], emb3d: [] }),
  supersedes: z.array(RuleId).max(50).optional(),
});
export type Rule = z.infer<typeof Rule>;

/** A small model on which a rule must, or must not, raise: the rule's own test. */
export const RuleExample = z.object({
  rule: RuleId,
  /** `positive`: the rule is raised at the target. `negative`: it is answered or does not apply there. */
  kind: z.enum(['positive', 'negative']),
  target: line(80).min(1),
  /** A system model; read as one when the example is run. */
  model: z.record(z.string().max(80), z.unknown()),
});
export type RuleExample = z.infer<typeof RuleExample>;

/** All of a pack but its title. */
export const rulePackShape = {
  pack: PackId.meta({ title: 'Id of the pack', description: 'Stays the same from edition to edition' }),
  edition: line(80).min(1, 'needs an edition').meta({ title: 'Edition' }),
  origin: z.enum(['own', 'imported']).default('own').meta({ title: 'Origin' }),
  source: line(500).default('').meta({ title: 'Source', description: 'Where it was taken from' }),
  licence: line(120).default('').meta({ title: 'Licence' }),
  rules: z.array(Rule).max(PACK_LIMITS.rules).default([]).meta({ title: 'Rules' }),
  questions: z
    .record(Key, z.object({ appliesTo: z.enum(RULE_TARGETS), text: line(500).min(1) }))
    .refine(atMost(PACK_LIMITS.questions), `at most ${PACK_LIMITS.questions} questions`)
    .default({})
    .meta({ title: 'Questions' }),
  protocolFacts: z
    .record(line(80).min(1), z.record(Key, z.enum(['yes', 'no'])))
    .refine(atMost(PACK_LIMITS.protocols), `at most ${PACK_LIMITS.protocols} protocols`)
    .default({})
    .meta({ title: 'Answers that follow from a protocol' }),
  examples: z.array(RuleExample).max(PACK_LIMITS.examples).default([]).meta({ title: 'Tests of the rules' }),
} as const;

export const RulePackBody = z.object({ title: line().min(1, 'needs a title'), ...rulePackShape });
export type RulePackBody = z.infer<typeof RulePackBody>;

/** As the evaluation takes it. */
export function packOf(body: RulePackBody): RulePack {
  return {
    id: body.pack,
    title: body.title,
    version: body.edition,
    rules: body.rules as RulePack['rules'],
    questions: body.questions,
    protocolFacts: body.protocolFacts,
  };
}

/** Several packs as one: rules in the order of the packs; where two packs ask under one key, the first one's words stand. */
export function mergePacks(packs: readonly RulePack[]): RulePack {
  const questions: Record<string, RulePack['questions'][string]> = {};
  const protocolFacts: Record<string, Record<string, 'yes' | 'no'>> = {};
  for (const pack of packs) {
    for (const [key, question] of Object.entries(pack.questions)) questions[key] ??= question;
    for (const [protocol, facts] of Object.entries(pack.protocolFacts))
      protocolFacts[protocol] = { ...facts, ...protocolFacts[protocol] };
  }
  return {
    id: packs.map((pack) => pack.id).join('+'),
    title: packs.map((pack) => pack.title).join(', '),
    version: packs.map((pack) => `${pack.id} ${pack.version}`).join(', '),
    rules: packs.flatMap((pack) => pack.rules),
    questions,
    protocolFacts,
  };
}
