// Harms of the safety file and the risks that lead to them (ISO 14971; IEC 81001-5-1 7.3, 7.4).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { EXPLOITED, FACTOR_IDS, FACTORS, NOT_ANSWERED } from './exploitability.ts';

/** Severity 1 to 5 of the safety file, in words. */
export const SEVERITIES = ['negligible', 'minor', 'serious', 'critical', 'catastrophic'] as const;
/** What is lost where no harm of the safety file is reached; `none` is a judgement, `not judged` is none. */
export const LOSSES = ['not judged', 'none', ...SEVERITIES] as const;
/** ISO 14971 7.1: in this order. */
export const CONTROL_ORDERS = ['safe by design', 'protective measure', 'information'] as const;
export const SCALES = [NOT_ANSWERED, 'one patient', 'many patients'] as const;

export const harm = defineKind({
  kind: 'harm',
  key: 'HRM',
  title: 'Harm',
  plural: 'Harms',
  purpose:
    'Harms and hazardous situations of the ISO 14971 safety file. They are imported, not invented here.',
  clause: 'ISO 14971 5.4; IEC 81001-5-1 7.1',
  scope: 'product',
  machineMade: true,
  schema: z.object({
    title: title().meta({ title: 'Harm' }),
    sourceId: line(120).default('').meta({ title: 'Id in the safety file' }),
    hazardousSituation: text(4_000).default('').meta({ title: 'Hazardous situation', widget: 'long' }),
    severity: z.enum(SEVERITIES).meta({ title: 'Severity' }),
    affected: line(120).default('').meta({ title: 'Who is hurt' }),
    source: line().default('').meta({ title: 'Source' }),
  }),
  titleField: 'title',
  states: [
    { id: 'imported', title: 'Imported', tone: 'settled', onEdit: false },
    { id: 'gone', title: 'Gone from the safety file', tone: 'ended', onEdit: false },
  ],
  transitions: [
    { id: 'drop', title: 'Dropped by re-import', from: ['imported'], to: 'gone', roles: [], system: true },
    { id: 'return', title: 'Back by re-import', from: ['gone'], to: 'imported', roles: [], system: true },
  ],
  links: [],
  rights: { create: [], edit: [] },
  editReason: 'never',
});

const factorAnswers = Object.fromEntries(
  FACTORS.map((factor) => [
    factor.id,
    z
      .enum([NOT_ANSWERED, ...factor.answers.map((answer) => answer.value)])
      .default(NOT_ANSWERED)
      .meta({ title: factor.title }),
  ]),
) as Record<(typeof FACTOR_IDS)[number], z.ZodDefault<z.ZodEnum<Record<string, string>>>>;

const Exploitability = z.object({
  ...factorAnswers,
  exploited: z.enum(EXPLOITED).default(NOT_ANSWERED).meta({ title: 'Known to be exploited' }),
});

/** What a control changes and why: `access` to `at the device`, or the severity to a milder one. */
const ControlEffect = z.object({
  factor: z.enum([...FACTOR_IDS, 'severity']).meta({ title: 'What it changes' }),
  to: line(60).min(1).meta({ title: 'To' }),
  why: text(1_000).default('').meta({ title: 'Why' }),
});
export type ControlEffect = z.infer<typeof ControlEffect>;

const RiskControl = z.object({
  /** Key of a control that is linked by `reduced-by`. */
  control: line(40).min(1).meta({ title: 'Control' }),
  order: z.enum(CONTROL_ORDERS).default('protective measure').meta({ title: 'Kind of measure (ISO 14971)' }),
  independent: z.boolean().default(false).meta({ title: 'In hardware, or independent of what is attacked' }),
  effects: z.array(ControlEffect).max(10).default([]).meta({ title: 'Effect' }),
  newRisks: text(2_000).default('').meta({ title: 'New risks that it brings' }),
});
export type RiskControl = z.infer<typeof RiskControl>;

const loss = (title: string) => z.enum(LOSSES).default('not judged').meta({ title });

const RiskSchema = z.object({
  title: title().meta({ title: 'Title' }),
  description: text().default('').meta({ title: 'Description', widget: 'long' }),
  attackPath: text(4_000).default('').meta({ title: 'Attack path', widget: 'long' }),
  scale: z.enum(SCALES).default(NOT_ANSWERED).meta({
    title: 'How many patients at once',
    description: 'Many at once are judged more strictly, by the policy',
  }),
  exploitability: Exploitability.prefault({}).meta({
    title: 'Exploitability before controls',
    widget: 'hidden',
  }),
  rationale: text(4_000).default('').meta({ title: 'Why exploitable so', widget: 'long' }),
  /** The score in the device's context beside the level, by the questions of the medical rubric; it makes no level. */
  cvss: z
    .object({
      rubric: line(80),
      answers: z
        .record(z.string().max(40), z.string().max(2))
        .refine((answers) => Object.keys(answers).length <= 100, 'too many answers'),
      base: line(512).nullable(),
      vector: line(512),
      score: z.number().min(0).max(10).nullable(),
    })
    .nullish()
    .meta({ title: 'CVSS in context', widget: 'hidden' }),
  effectivenessLoss: loss('Loss of effectiveness'),
  effectiveness: text(4_000).default('').meta({ title: 'Effect on performance', widget: 'long' }),
  confidentialityLoss: loss('Loss of confidentiality'),
  privacyLoss: loss('Loss of privacy'),
  data: text(4_000).default('').meta({ title: 'Effect on data', widget: 'long' }),
  controls: z.array(RiskControl).max(50).default([]).meta({ title: 'Effect of controls', widget: 'hidden' }),
  residualRationale: text(4_000).default('').meta({ title: 'Residual risk', widget: 'long' }),
  benefit: text(4_000).default('').meta({
    title: 'Benefit against the residual risk',
    description: 'Asked for where the residual risk is above what the policy accepts',
    widget: 'long',
  }),
  securityGuide: text(4_000).default('').meta({
    title: 'Text for the security guide',
    description: 'What the operator must do where the risk is transferred',
    widget: 'long',
  }),
  acceptedUntil: day()
    .nullish()
    .meta({ title: 'Acceptance holds until', description: 'At the latest as the plan says' }),
});
export type RiskBody = z.infer<typeof RiskSchema>;

/**
 * A stored body as today's fields. A body from before the judgement was answers keeps its texts; its typed ratings do not become
 * answers that nobody gave.
 */
export function riskBody(stored: unknown): RiskBody {
  const read = RiskSchema.safeParse(stored);
  if (read.success) return read.data;
  const { title: name, description } = stored as { title?: unknown; description?: unknown };
  return RiskSchema.parse({
    title: typeof name === 'string' && name.trim() !== '' ? name.slice(0, 300) : 'Risk',
    description: typeof description === 'string' ? description.slice(0, 20_000) : '',
  });
}

/** States in which somebody has decided, so that a moved premise takes the decision back. */
export const DECIDED = ['accepted', 'residual-accepted', 'avoided', 'transferred'] as const;

export const risk = defineKind({
  kind: 'risk',
  key: 'RSK',
  title: 'Risk',
  plural: 'Risks',
  purpose:
    'Threats and vulnerabilities on one side, a harm or an asset on the other; judged before and after controls.',
  clause: 'IEC 81001-5-1 7.3, 7.4; ISO 14971 6',
  scope: 'product',
  schema: RiskSchema,
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'assessed', title: 'Assessed', tone: 'attention', onEdit: 'draft' },
    { id: 'accepted', title: 'Accepted', tone: 'settled', onEdit: 'draft' },
    { id: 'reduce', title: 'To be reduced', tone: 'attention', onEdit: 'draft' },
    { id: 'residual-accepted', title: 'Residual risk accepted', tone: 'settled', onEdit: 'draft' },
    { id: 'avoided', title: 'Avoided', tone: 'settled', onEdit: 'draft' },
    { id: 'transferred', title: 'Transferred to the operator', tone: 'settled', onEdit: 'draft' },
    { id: 'reopened', title: 'Re-opened: its premises moved', tone: 'attention', onEdit: 'draft' },
  ],
  transitions: [
    {
      id: 'assess',
      title: 'Assess risk',
      from: ['draft', 'reopened'],
      to: 'assessed',
      roles: ['security-lead', 'safety-risk-manager', 'developer'],
      effect: 'The levels of now, with all that they rest on, are kept as the judgement that is decided on.',
    },
    {
      id: 'accept',
      title: 'Accept risk',
      from: ['assessed'],
      to: 'accepted',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
      effect: 'It holds until its day, or until something that it rests on moves.',
    },
    {
      id: 'reduce',
      title: 'Reduce risk',
      from: ['assessed'],
      to: 'reduce',
      roles: ['security-lead', 'safety-risk-manager'],
      reason: 'required',
      effect: 'Controls are to be added; the residual risk is then decided on.',
    },
    {
      id: 'accept-residual',
      title: 'Accept residual risk',
      from: ['reduce'],
      to: 'residual-accepted',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
      effect: 'It holds until its day, or until something that it rests on moves.',
    },
    {
      id: 'avoid',
      title: 'Avoid risk',
      from: ['assessed', 'reduce'],
      to: 'avoided',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
      effect: 'Says that what carries the risk is left out of the product.',
    },
    {
      id: 'transfer',
      title: 'Transfer risk',
      from: ['assessed', 'reduce'],
      to: 'transferred',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
      effect: 'The operator carries it from now on; the text for the security guide says what to do.',
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: [...DECIDED],
      to: 'draft',
      roles: ['security-lead', 'safety-risk-manager'],
      reason: 'required',
    },
    {
      id: 'flag',
      title: 'Premises moved',
      from: [...DECIDED],
      to: 'reopened',
      roles: [],
      system: true,
      reason: 'required',
    },
  ],
  links: [
    { type: 'of', title: 'Of', inverse: 'Risks', to: ['threat', 'finding'] },
    { type: 'harms', title: 'Harms', inverse: 'Risks', to: ['harm'] },
    { type: 'reduced-by', title: 'Reduced by', inverse: 'Reduces risk', to: ['control'] },
  ],
  rights: {
    create: ['security-lead', 'safety-risk-manager', 'developer'],
    edit: ['security-lead', 'safety-risk-manager'],
  },
  editReason: ['assessed', 'accepted', 'residual-accepted', 'avoided', 'transferred'],
});
