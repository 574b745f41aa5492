// Findings and the assessments that judge them (IEC 81001-5-1 clauses 6.2, 9; VEX statuses as OpenVEX 0.2 names them).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { SSVC_TREES } from './ssvc.ts';

export const VEX_STATUSES = ['under_investigation', 'affected', 'not_affected', 'fixed'] as const;
export type VexStatus = (typeof VEX_STATUSES)[number];

/** OpenVEX 0.2 status justifications, asked for with `not_affected`. */
export const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type Justification = (typeof JUSTIFICATIONS)[number];

/** Safety and privacy are two verdicts, and `not assessed` is never `none`. */
export const VERDICTS = ['not assessed', 'none', 'possible', 'likely'] as const;

/** Yes, no, or for degrees high, low, none (`N`). `U`: asked and not known. No entry at all: not answered. */
export const RUBRIC_ANSWERS = ['Y', 'N', 'H', 'L', 'U'] as const;

/** Does an attacker get from the weak element to a safety function? Not answered is never no. */
export const REACH = ['not answered', 'yes', 'no'] as const;

/** Far more than any rubric or tree asks. */
const few = (answers: Readonly<Record<string, string>>) => Object.keys(answers).length <= 100;

/** The score in the device's context: what was answered, and the vectors that follow from it (`rubric.ts`). */
const Environment = z.object({
  rubric: line(80).meta({ title: 'Edition of the questions' }),
  answers: z
    .record(z.string().max(40), z.enum(RUBRIC_ANSWERS))
    .refine(few, 'too many answers')
    .meta({ title: 'Answers' }),
  scores: z
    .array(
      z.object({
        version: z.enum(['3.1', '4.0']).meta({ title: 'CVSS version' }),
        base: line(512).nullable().meta({ title: 'Base vector' }),
        vector: line(512).meta({ title: 'Vector' }),
        score: z.number().min(0).max(10).meta({ title: 'Score' }),
      }),
    )
    .max(2)
    .default([])
    .meta({ title: 'Scores' }),
});
export type Environment = z.infer<typeof Environment>;

/** A decision of SSVC: the points that were answered, and the outcome when only one remains (`ssvc.ts`). */
const Ssvc = z.object({
  tree: z.enum(SSVC_TREES).meta({ title: 'Tree' }),
  points: z
    .record(z.string().max(10), z.string().max(10))
    .refine(few, 'too many points')
    .meta({ title: 'Points' }),
  outcome: line(10).nullable().meta({ title: 'Outcome' }),
});
export type Ssvc = z.infer<typeof Ssvc>;

export const finding = defineKind({
  kind: 'finding',
  key: 'FND',
  title: 'Finding',
  plural: 'Findings',
  purpose:
    'One weakness or vulnerability at one place: a component of a release, a code location, a host, a process.',
  clause: 'IEC 81001-5-1 9.3',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    /** Preferred id of the alias group, e.g. the CVE. */
    vulnerability: line(200).default('').meta({ title: 'Vulnerability' }),
    aliases: z.array(line(200)).max(200).default([]).meta({ title: 'Also known as' }),
    source: z.enum(['match', 'scan', 'report', 'person']).default('person').meta({ title: 'Found by' }),
    component: line(1_000).default('').meta({ title: 'Component', description: 'Package URL or CPE' }),
    packageId: z.number().int().nullish().meta({ title: 'Package', widget: 'hidden' }),
    releaseId: z.uuid().nullish().meta({ title: 'Release', widget: 'hidden' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    deferredUntil: day().nullish().meta({ title: 'Deferred until' }),
  }),
  titleField: 'title',
  states: [
    { id: 'new', title: 'New', tone: 'attention' },
    { id: 'in-triage', title: 'In triage', tone: 'open' },
    { id: 'affected', title: 'Affected', tone: 'attention' },
    { id: 'not-affected', title: 'Not affected', tone: 'settled' },
    { id: 'fixed', title: 'Fixed', tone: 'settled' },
    { id: 'false-positive', title: 'False positive', tone: 'settled' },
    { id: 'deferred', title: 'Deferred', tone: 'open' },
    { id: 'closed', title: 'Closed by source', tone: 'ended' },
  ],
  transitions: [
    {
      id: 'triage',
      title: 'Start triage',
      from: ['new', 'deferred'],
      to: 'in-triage',
      roles: ['security-lead', 'developer', 'incident-handler'],
    },
    {
      id: 'defer',
      title: 'Defer',
      from: ['new', 'in-triage', 'affected'],
      to: 'deferred',
      roles: ['security-lead'],
      reason: 'required',
      effect: 'It comes back on the date that the finding names.',
    },
    {
      id: 'decide-affected',
      title: 'Affected',
      from: ['new', 'in-triage', 'deferred', 'not-affected', 'fixed', 'false-positive', 'affected'],
      to: 'affected',
      roles: [],
      system: true,
    },
    {
      id: 'decide-not-affected',
      title: 'Not affected',
      from: ['new', 'in-triage', 'deferred', 'affected', 'fixed', 'false-positive', 'not-affected'],
      to: 'not-affected',
      roles: [],
      system: true,
    },
    {
      id: 'decide-false-positive',
      title: 'False positive',
      from: ['new', 'in-triage', 'deferred', 'affected', 'not-affected', 'fixed', 'false-positive'],
      to: 'false-positive',
      roles: [],
      system: true,
    },
    {
      id: 'decide-fixed',
      title: 'Fixed',
      from: ['new', 'in-triage', 'deferred', 'affected', 'not-affected', 'false-positive', 'fixed'],
      to: 'fixed',
      roles: [],
      system: true,
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: ['affected', 'not-affected', 'fixed', 'false-positive', 'deferred', 'closed'],
      to: 'in-triage',
      roles: [],
      system: true,
    },
    {
      id: 'close-by-source',
      title: 'Close',
      from: ['new', 'in-triage', 'affected', 'not-affected', 'fixed', 'false-positive', 'deferred'],
      to: 'closed',
      roles: [],
      system: true,
    },
  ],
  links: [
    { type: 'at', title: 'Found in', inverse: 'Findings', to: ['release'] },
    { type: 'concerns-model', title: 'At element of', inverse: 'Findings', to: ['system-model'] },
  ],
  rights: {
    create: ['security-lead', 'developer', 'tester', 'incident-handler'],
    edit: ['security-lead', 'developer', 'tester', 'incident-handler'],
  },
  editReason: ['affected', 'not-affected', 'fixed', 'false-positive'],
});

export const assessment = defineKind({
  kind: 'assessment',
  key: 'ASM',
  title: 'Assessment',
  plural: 'Assessments',
  purpose:
    'What a finding means in this device: VEX status with justification, safety and privacy judged apart.',
  clause: 'IEC 81001-5-1 9.4; ISO/TR 24971',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    status: z.enum(VEX_STATUSES).meta({ title: 'Status (VEX)' }),
    justification: z
      .enum(JUSTIFICATIONS)
      .nullish()
      .meta({ title: 'Justification', description: 'Asked for with "not affected"' }),
    rationale: text(10_000).default('').meta({
      title: 'Rationale',
      widget: 'long',
      description: 'Why, in this device; it goes out as the impact statement',
    }),
    actionStatement: text(4_000)
      .default('')
      .meta({ title: 'What users should do', widget: 'long', description: 'Asked for with "affected"' }),
    safety: z.enum(VERDICTS).default('not assessed').meta({ title: 'Effect on safety' }),
    safetyRationale: text(4_000).default('').meta({ title: 'Why (safety)', widget: 'long' }),
    privacy: z.enum(VERDICTS).default('not assessed').meta({ title: 'Effect on privacy' }),
    privacyRationale: text(4_000).default('').meta({ title: 'Why (privacy)', widget: 'long' }),
    reach: z
      .enum(REACH)
      .default('not answered')
      .meta({ title: 'Reaches a safety function', description: 'From the weak element, in this device' }),
    reachRationale: text(4_000).default('').meta({ title: 'Why (reach)', widget: 'long' }),
    environment: Environment.nullish().meta({
      title: 'Score in this device',
      description: "Answered on the finding's page",
    }),
    ssvc: Ssvc.nullish().meta({ title: 'SSVC', description: "Answered on the finding's page" }),
    reviewOn: day().nullish().meta({ title: 'Review on' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'approved', title: 'Approved', tone: 'settled', onEdit: 'draft' },
    { id: 'reopened', title: 'Re-opened', tone: 'attention', onEdit: 'draft' },
    { id: 'closed', title: 'Closed', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'approve',
      title: 'Approve assessment',
      from: ['draft', 'reopened'],
      to: 'approved',
      roles: ['security-lead', 'safety-risk-manager'],
      signature: 'approve',
      effect: 'The finding takes this status, and VEX documents say so.',
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: ['approved'],
      to: 'reopened',
      roles: [],
      system: true,
      reason: 'required',
    },
    {
      id: 'close',
      title: 'Close',
      from: ['draft', 'approved', 'reopened'],
      to: 'closed',
      roles: [],
      system: true,
      reason: 'required',
    },
  ],
  links: [
    { type: 'judges', title: 'Judges', inverse: 'Judged by', to: ['finding'], fixed: true },
    { type: 'in', title: 'In release', inverse: 'Assessments', to: ['release'] },
    {
      type: 'reaches',
      title: 'Reaches elements of',
      inverse: 'Reached by flaws of',
      to: ['system-model'],
    },
    { type: 'taken-over-from', title: 'Taken over from', inverse: 'Taken over by', to: ['assessment'] },
    {
      type: 'rests-on',
      title: 'Rests on',
      inverse: 'Supports',
      to: ['control', 'requirement', 'verification'],
    },
  ],
  rights: {
    create: ['security-lead', 'developer', 'incident-handler'],
    edit: ['security-lead', 'developer', 'incident-handler'],
  },
  editReason: ['approved', 'reopened'],
});

/** What the schema alone cannot say: fields that a status asks for. Gives the fields that are missing. */
export function missingForStatus(body: {
  readonly status: VexStatus;
  readonly justification?: Justification | null | undefined;
  readonly rationale: string;
  readonly actionStatement: string;
}): { readonly field: string; readonly message: string }[] {
  const missing: { field: string; message: string }[] = [];
  if (body.status === 'not_affected' && !body.justification && body.rationale.trim() === '') {
    missing.push({
      field: 'justification',
      message: 'Not affected needs a justification or a rationale (OpenVEX 0.2).',
    });
  }
  if (body.status === 'affected' && body.actionStatement.trim() === '') {
    missing.push({
      field: 'actionStatement',
      message: 'Affected needs what users should do (OpenVEX 0.2 action_statement).',
    });
  }
  return missing;
}
