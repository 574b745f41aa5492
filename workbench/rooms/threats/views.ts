// What the routes of the room take and give, as schemas: the API description and the typed client come from them.
import { z } from '@hono/zod-openapi';
import { RULE_TARGETS } from './evaluate/contract.ts';
import { RuleExample } from './rule-pack.ts';

const texts = z.array(z.string());
const count = z.number().int();

export const ModelHead = z.object({
  key: z.string(),
  id: z.uuid(),
  title: z.string(),
  revision: count,
  state: z.string(),
  productId: z.string().nullable(),
  /** Stands for the rule packs in use; send it back with what was decided on it. */
  rules: z.string(),
  ruleEditions: z.string(),
  mayAnswer: z.boolean(),
  mayAccept: z.boolean(),
});
export type ModelHead = z.infer<typeof ModelHead>;

export const RunView = z
  .object({
    model: z.string(),
    title: z.string(),
    productId: z.string().nullable(),
    revision: count,
    raised: count,
    open: count,
    answered: count,
    fresh: count,
    gone: count,
    changed: count,
    stale: count,
    at: z.string().nullable(),
  })
  .openapi('ThreatRun');
export type RunView = z.infer<typeof RunView>;

const Origin = z.enum(['answered', 'protocol', 'zone default']);

const Question = z.object({
  target: z.string(),
  key: z.string(),
  text: z.string(),
  title: z.string(),
  part: z.string(),
  zone: z.string(),
  zoneTitle: z.string(),
  value: z.enum(['yes', 'no']).nullable(),
  origin: Origin.nullable(),
  givenBy: z.string(),
  by: z.string(),
  at: z.string(),
  evidence: z.string(),
  note: z.string(),
  decides: count,
  rules: texts,
  categories: texts,
  severity: count,
  safety: z.boolean(),
});

export const Questions = z
  .object({
    model: ModelHead,
    questions: z.array(Question),
    open: count,
    answered: count,
    openResults: count,
    quickest: z.object({ keys: texts, settles: count }),
  })
  .openapi('ModelQuestions');
export type Questions = z.infer<typeof Questions>;
export type QuestionRow = z.infer<typeof Question>;

const ModelIdText = z.string().min(1).max(80);
export const AnswersBody = z
  .object({
    seenRevision: z.number().int().min(1),
    reason: z.string().max(2_000).nullable().optional(),
    changes: z
      .array(
        z.object({
          target: ModelIdText.optional(),
          where: z
            .object({
              zone: ModelIdText.optional(),
              type: z.string().max(80).optional(),
              tag: z.string().max(80).optional(),
              kind: z.string().max(80).optional(),
            })
            .optional(),
          key: z.string().min(1).max(80).optional(),
          value: z.enum(['yes', 'no']).nullable().optional(),
          copyFrom: ModelIdText.optional(),
          evidence: z
            .string()
            .trim()
            .max(1_000)
            .refine((text) => !/[\r\n]/.test(text), 'one line only')
            .optional(),
          note: z.string().max(2_000).optional(),
          as: z.enum(['answer', 'zone default']).optional(),
        }),
      )
      .min(1)
      .max(5_000),
  })
  .openapi('SetAnswers');

export const AnswersOutcome = z
  .object({
    revision: count,
    set: z.array(z.object({ target: z.string(), key: z.string() })),
    /** The same question was answered otherwise meanwhile: left as it is; look, and send again with the new revision. */
    conflicts: z.array(
      z.object({
        target: z.string(),
        key: z.string(),
        theirs: z
          .object({ value: z.enum(['yes', 'no']), by: z.string(), at: z.string(), evidence: z.string() })
          .nullable(),
        yours: z.enum(['yes', 'no']).nullable(),
      }),
    ),
  })
  .openapi('AnswersOutcome');
export type AnswersOutcome = z.infer<typeof AnswersOutcome>;

const RecordOf = z.object({ key: z.string(), state: z.string(), stale: texts }).nullable();

const Row = z.object({
  id: z.string(),
  rule: z.string(),
  ruleVersion: count,
  title: z.string(),
  statement: z.string(),
  categories: texts,
  target: z.string(),
  targetTitle: z.string(),
  targetKind: z.string(),
  zone: z.string(),
  zoneTitle: z.string(),
  functions: texts,
  state: z.enum(['raised', 'open', 'answered', 'by a person', 'imported']),
  mergedInto: z.string().nullable(),
  verifiedBy: texts,
  openQuestions: count,
  exploitability: count.nullable(),
  safetyRelevance: z.string(),
  severity: count,
  threat: RecordOf,
  change: z.enum(['new', 'changed']).nullable(),
});
export type ThreatRowView = z.infer<typeof Row>;

const Counts = z.object({ new: count, gone: count, changed: count });

export const Threats = z
  .object({
    model: ModelHead,
    items: z.array(Row),
    counts: z.object({
      raised: count,
      raisedAfterMerge: count,
      open: count,
      answered: count,
      notApplicable: count,
      stale: count,
    }),
    difference: Counts,
    problems: z.array(z.object({ rule: z.string(), place: z.string(), message: z.string() })),
    functions: z.array(z.object({ id: z.string(), title: z.string() })),
  })
  .openapi('ModelThreats');
export type Threats = z.infer<typeof Threats>;

const Change = z.object({
  rule: z.string(),
  target: z.string(),
  title: z.string(),
  targetTitle: z.string(),
  change: z.enum(['new', 'gone', 'changed']),
  before: z.string().nullable(),
  now: z.string().nullable(),
  why: texts,
  threat: z.object({ key: z.string(), state: z.string() }).nullable(),
});
export type ChangeView = z.infer<typeof Change>;

export const DifferenceView = z
  .object({
    model: ModelHead,
    counts: Counts,
    items: z.array(Change),
    acceptedAt: z.string().nullable(),
    acceptedBy: z.string().nullable(),
  })
  .openapi('ThreatDifference');
export type DifferenceView = z.infer<typeof DifferenceView>;

export const AcceptBody = z
  .object({
    revision: z.number().int().min(1),
    rules: z.string().min(1).max(64),
    /** Left out: everything. */
    items: z
      .array(z.object({ rule: z.string().min(1).max(80), target: z.string().min(1).max(80) }))
      .min(1)
      .max(20_000)
      .optional(),
  })
  .openapi('AcceptDifference');

export const AcceptedView = z
  .object({ created: texts, reopened: texts, gone: texts, counts: Counts })
  .openapi('AcceptedDifference');
export type AcceptedView = z.infer<typeof AcceptedView>;

export const ThreatDetail = z
  .object({
    model: ModelHead,
    row: Row,
    facts: z.array(
      z.object({
        target: z.string(),
        title: z.string(),
        fact: z.string(),
        /** The question's text where the fact is an answer. */
        text: z.string(),
        value: z.string(),
        origin: z.string(),
        by: z.string(),
        at: z.string(),
        evidence: z.string(),
      }),
    ),
    questions: z.array(
      z.object({ target: z.string(), title: z.string(), key: z.string(), text: z.string() }),
    ),
    when: z.string(),
    unless: z.string(),
    requirements: texts,
    references: z.object({ cwe: texts, capec: texts, attackIcs: texts, emb3d: texts }),
    functions: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        harms: z.array(z.object({ id: z.string(), title: z.string(), severity: count })),
      }),
    ),
    accepted: z.object({ state: z.string(), at: z.string(), by: z.string() }).nullable(),
    changes: texts,
  })
  .openapi('ThreatDetail');
export type ThreatDetail = z.infer<typeof ThreatDetail>;

const Tested = z.enum(['tested', 'half tested', 'untested', 'failing']);

export const PackSummary = z
  .object({
    pack: z.string(),
    title: z.string(),
    edition: z.string(),
    origin: z.enum(['shipped', 'own', 'imported']),
    source: z.string(),
    licence: z.string(),
    record: z.string().nullable(),
    rules: count,
    questions: count,
    tested: Tested,
    /** Rules whose own tests say otherwise than the rule. */
    failing: count,
    /** Rules that have both a positive and a negative example. */
    covered: count,
    updatedAt: z.string().nullable(),
  })
  .openapi('RulePackSummary');
export type PackSummary = z.infer<typeof PackSummary>;

const References = z.object({ cwe: texts, capec: texts, attackIcs: texts, emb3d: texts });
const RuleView = z.object({
  id: z.string(),
  version: count,
  title: z.string(),
  statement: z.string(),
  category: z.string().optional(),
  stride: z.array(z.string()),
  appliesTo: z.enum(RULE_TARGETS),
  when: z.string(),
  unless: z.string(),
  exploitability: count,
  safetyRelevance: z.string(),
  requirements: texts,
  references: References,
  supersedes: texts.optional(),
  tested: Tested,
  failures: texts,
});
export type RuleView = z.infer<typeof RuleView>;

export const PackDetail = z
  .object({
    summary: PackSummary,
    revision: count.nullable(),
    mayEdit: z.boolean(),
    rules: z.array(RuleView),
    questions: z.record(z.string(), z.object({ appliesTo: z.enum(RULE_TARGETS), text: z.string() })),
    protocolFacts: z.record(z.string(), z.record(z.string(), z.enum(['yes', 'no']))),
    examples: z.array(RuleExample),
  })
  .openapi('RulePack');
export type PackDetail = z.infer<typeof PackDetail>;

export const ImportOutcome = z
  .object({
    record: z.string(),
    pack: z.string(),
    rules: count,
    /** What the file says and the pack cannot. */
    lost: z.array(z.object({ at: z.string(), message: z.string() })),
  })
  .openapi('RuleImport');
export type ImportOutcome = z.infer<typeof ImportOutcome>;

export const ChosenPacks = z
  .object({
    product: z.string(),
    mayChoose: z.boolean(),
    items: z.array(PackSummary.extend({ inUse: z.boolean() })),
  })
  .openapi('ChosenRulePacks');
export type ChosenPacks = z.infer<typeof ChosenPacks>;

export const PackPreview = z
  .object({
    items: z.array(Change),
    counts: Counts,
    before: z.object({ raised: count, open: count, answered: count }),
    after: z.object({ raised: count, open: count, answered: count }),
    problems: z.array(z.object({ rule: z.string(), place: z.string(), message: z.string() })),
  })
  .openapi('RulePackPreview');
export type PackPreview = z.infer<typeof PackPreview>;
