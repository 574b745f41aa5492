// Rules as a file: one schema for Ward's own catalogue and for the packs of others. Pure.
import { z } from 'zod';
import { defineErrors } from '../../../kernel/errors.ts';
import { line, text, title } from '../../../kernel/records/kind.ts';
import { type RulePack as Pack, RULE_SAFETY, RULE_TARGETS, STRIDE } from './contract.ts';
import { compileRules } from './evaluate.ts';

export const PACK_FORMAT = 'ward-rule-pack/1';

/** Bounds of one pack: what a file may hold before it is refused. */
export const PACK_LIMITS = { rules: 2_000, questions: 5_000, protocols: 500, condition: 4_000 } as const;

const Id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/,
    'an id has up to 80 letters, digits, dots, dashes, colons or underscores',
  );
const Key = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'a question key looks like `flow.auth-source`');
const Condition = z.string().min(1, 'needs a condition').max(PACK_LIMITS.condition);
const Ids = z.array(line(80).min(1)).max(100).default([]);

export const ThreatRule = z.object({
  id: Id,
  category: line(80).optional(),
  version: z.int().min(1).max(1_000_000),
  title: title(),
  statement: line(2_000).min(1),
  stride: z.array(z.enum(STRIDE)).max(STRIDE.length).default([]),
  appliesTo: z.enum(RULE_TARGETS),
  when: Condition,
  unless: Condition,
  exploitability: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]),
  safetyRelevance: z.enum(RULE_SAFETY),
  requirements: Ids,
  references: z
    .object({ cwe: Ids, capec: Ids, attackIcs: Ids, emb3d: Ids })
    .default({ cwe: [], capec: [], attackIcs: [], emb3d: [] }),
  supersedes: Ids.optional(),
});

/** At most so many entries. */
const table = <T extends z.ZodType>(key: z.ZodString, value: T, max: number) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= max, `at most ${max} entries`)
    .default({});

export const RulePack = z.object({
  id: Id,
  title: title(),
  version: line(80).min(1),
  rules: z.array(ThreatRule).max(PACK_LIMITS.rules),
  questions: table(
    Key,
    z.object({ appliesTo: z.enum(RULE_TARGETS), text: text(2_000).min(1) }),
    PACK_LIMITS.questions,
  ),
  protocolFacts: table(
    z.string().regex(/^[a-z0-9][a-z0-9._+-]{0,79}$/, 'a protocol is written in lower case'),
    table(Key, z.enum(['yes', 'no']), 500),
    PACK_LIMITS.protocols,
  ),
});

export const refusePack = defineErrors({
  'rules.wrong-shape': {
    status: 422,
    exit: 3,
    title: 'Not a pack of rules',
    remedy: 'Correct the field that is named, or look at threat-rules/readme.md for the format.',
  },
  'rules.refused': {
    status: 422,
    exit: 3,
    title: 'Rules that cannot be evaluated',
    remedy: 'Correct the conditions that are named; no rule of the pack was taken over.',
  },
  'rules.time-limit': {
    status: 422,
    exit: 3,
    title: 'The evaluation took too long',
    remedy: 'Split the pack or the model, or take out rules that read titles.',
  },
});

/**
 * A pack from outside, whole or not at all: its shape, then every condition. Its rules may also ask the questions of the packs
 * that it is used beside. Refuses with `rules.wrong-shape` or `rules.refused`, naming each rule and place (`detail.problems`).
 */
export function readRulePack(value: unknown, beside: readonly Pack[] = []): Pack {
  const read = RulePack.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0] as z.core.$ZodIssue;
    const at = path.reduce<string>(
      (whole, part) => whole + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
      '$',
    );
    throw refusePack('rules.wrong-shape', `${at}: ${message}.`, { at });
  }
  const pack = read.data as Pack;
  const { questions } = joinPacks([...beside, pack]);
  const { problems } = compileRules({ ...pack, questions });
  const [first] = problems;
  if (first)
    throw refusePack(
      'rules.refused',
      `Rule ${first.rule}, ${first.place}: ${first.message}.${problems.length > 1 ? ` ${problems.length - 1} more.` : ''}`,
      { at: `${first.rule} ${first.place}`, detail: { problems: problems.slice(0, 200) } },
    );
  return pack;
}

/** Several packs as one, in their order. Questions and facts of an earlier pack stand; an id that comes twice is a problem of it. */
export function joinPacks(packs: readonly Pack[]): Pack {
  return {
    id: packs.map(({ id }) => id).join('+'),
    title: packs.map((pack) => pack.title).join(', '),
    version: packs.map(({ version }) => version).join('+'),
    rules: packs.flatMap(({ rules }) => rules),
    questions: Object.assign({}, ...packs.map(({ questions }) => questions).reverse()),
    protocolFacts: Object.assign({}, ...packs.map(({ protocolFacts }) => protocolFacts).reverse()),
  };
}
