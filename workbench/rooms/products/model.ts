// Products, their releases, and the security management plan of each (IEC 81001-5-1 clause 4).
import { z } from 'zod';
import { INDEPENDENCE } from '../../kernel/people/role-assignment.ts';
import { ROLE_IDS } from '../../kernel/people/roles.ts';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { DECOMMISSIONING, PLANNED_ROLES } from './plan-defaults.ts';
import { DEFAULT_POLICY, RiskPolicy } from './policy.ts';

export const MARKETS = ['US', 'EU', 'UK', 'CA', 'AU', 'JP', 'CH', 'other'] as const;

export const product = defineKind({
  kind: 'product',
  key: 'PRD',
  title: 'Product',
  plural: 'Products',
  purpose: 'What you make and answer for. Releases, components, threats, risks and documents hang on it.',
  clause: 'IEC 81001-5-1 4.1',
  scope: 'organisation',
  schema: z.object({
    name: title().meta({ title: 'Name' }),
    description: text(4_000).default('').meta({ title: 'Description', widget: 'long' }),
    intendedUse: text(4_000).default('').meta({ title: 'Intended use', widget: 'long' }),
    useEnvironment: text(4_000).default('').meta({ title: 'Use environment', widget: 'long' }),
    safetyClass: z
      .enum(['A', 'B', 'C', 'not set'])
      .default('not set')
      .meta({ title: 'Software safety class (IEC 62304)' }),
    markets: z.array(z.enum(MARKETS)).max(20).default([]).meta({ title: 'Markets' }),
    securityFacts: z
      .record(z.string().max(40), z.enum(['yes', 'no']))
      .refine((facts) => Object.keys(facts).length <= 100, 'too many facts')
      .nullish()
      .meta({
        title: 'Facts for scores',
        description:
          "What holds for the product whatever the flaw; the score in the device's context begins with it. Answered on a finding's page.",
      }),
    fictitious: z.boolean().default(false).meta({ title: 'Fictitious example' }),
  }),
  titleField: 'name',
  states: [
    { id: 'active', title: 'Active', tone: 'settled' },
    { id: 'retired', title: 'Retired', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'retire',
      title: 'Retire product',
      from: ['active'],
      to: 'retired',
      roles: ['release-manager', 'quality'],
      reason: 'required',
      effect: 'The product stays readable; nothing can be added to it.',
    },
    {
      id: 'reactivate',
      title: 'Take up again',
      from: ['retired'],
      to: 'active',
      roles: ['release-manager', 'quality'],
      reason: 'required',
    },
  ],
  links: [],
  rights: {
    create: ['administrator', 'release-manager', 'quality', 'security-lead'],
    edit: ['release-manager', 'quality', 'security-lead'],
  },
  editReason: 'never',
});

export const release = defineKind({
  kind: 'release',
  key: 'REL',
  title: 'Release',
  plural: 'Releases',
  purpose: 'One version that is shipped. Components, evidence and answers hold for one release at a time.',
  clause: 'IEC 81001-5-1 4.1, 5.8',
  scope: 'product',
  schema: z.object({
    name: title().meta({ title: 'Name', description: 'As people say it: Lumen 400 firmware 4.2.0' }),
    version: line(100).min(1).meta({ title: 'Version' }),
    description: text(4_000).default('').meta({ title: 'Description', widget: 'long' }),
    plannedOn: day().nullish().meta({ title: 'Planned on' }),
    releasedOn: day().nullish().meta({ title: 'Released on' }),
    endOfSupportOn: day().nullish().meta({ title: 'End of support on' }),
    endOfLifeOn: day().nullish().meta({ title: 'End of life on' }),
  }),
  titleField: 'name',
  states: [
    { id: 'planned', title: 'Planned', tone: 'open' },
    // Dates of support are set later; the guard of the room keeps name and version.
    { id: 'released', title: 'Released', tone: 'settled', onEdit: 'released' },
    { id: 'end-of-support', title: 'End of support', tone: 'attention' },
    { id: 'end-of-life', title: 'End of life', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'release',
      title: 'Release',
      from: ['planned'],
      to: 'released',
      roles: ['quality', 'security-lead'],
      signature: 'approve',
      effect: 'The release counts as shipped; its findings now concern the field.',
    },
    {
      id: 'adopt',
      title: 'Take over as released',
      from: ['planned'],
      to: 'released',
      roles: [],
      system: true,
      reason: 'required',
    },
    {
      id: 'end-support',
      title: 'End support',
      from: ['released'],
      to: 'end-of-support',
      roles: ['release-manager', 'quality'],
      reason: 'required',
    },
    {
      id: 'end-life',
      title: 'End life',
      from: ['released', 'end-of-support'],
      to: 'end-of-life',
      roles: ['release-manager', 'quality'],
      reason: 'required',
    },
  ],
  links: [{ type: 'follows', title: 'Follows', inverse: 'Followed by', to: ['release'] }],
  rights: {
    create: ['release-manager', 'quality', 'security-lead', 'developer'],
    edit: ['release-manager', 'quality', 'security-lead'],
  },
  editReason: ['released', 'end-of-support'],
});

/** Stages of a release; IEC 81001-5-1 6 and ISH1 ask that the last ones are planned from the start. */
export const STAGES = [
  'development',
  'market',
  'limited support',
  'end of support',
  'end of life',
  'decommissioned',
] as const;

export const plan = defineKind({
  kind: 'plan',
  key: 'PLN',
  title: 'Security management plan',
  plural: 'Security management plans',
  purpose:
    "Scope, policy, schedule and acceptance matrix of a product's security work, approved before the work begins.",
  clause: 'IEC 81001-5-1 4.1.1, 5.1',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    scope: text()
      .default('')
      .meta({ title: 'Scope', description: 'What the plan covers, and what it leaves out', widget: 'long' }),
    intendedUse: text(4_000).default('').meta({ title: 'Intended use', widget: 'long' }),
    useEnvironment: text(4_000).default('').meta({
      title: 'Use environment',
      description: 'Where it stands, who can reach it, which networks it meets, what is assumed of them',
      widget: 'long',
    }),
    roles: z
      .array(
        z.object({
          role: z.enum(ROLE_IDS).meta({ title: 'Role' }),
          duty: text(1_000).default('').meta({ title: 'Duty' }),
          training: text(1_000).default('').meta({ title: 'Training that is needed' }),
          independence: z
            .enum(INDEPENDENCE)
            .default('same team')
            .meta({ title: 'Least independence of those whose work is judged' }),
        }),
      )
      .max(30)
      .default([...PLANNED_ROLES])
      .meta({
        title: 'Roles that are needed',
        description: 'Who holds them stands in the role assignments, with training and independence',
      }),
    policy: text().default('').meta({ title: 'Policy in words', widget: 'long' }),
    schedule: text().default('').meta({ title: 'Schedule', widget: 'long' }),
    acceptance: text().default('').meta({ title: 'Acceptance of risk in words', widget: 'long' }),
    /** Edited as a matrix, not as a form of 50 fields (`pages/PolicyEditor.tsx`). */
    riskPolicy: RiskPolicy.default(DEFAULT_POLICY).meta({ title: 'Policy as data', widget: 'hidden' }),
    lifecycle: z
      .array(
        z.object({
          release: line(120)
            .default('')
            .meta({ title: 'Release', description: 'Its key, or what it is called' }),
          stage: z.enum(STAGES).default('market').meta({ title: 'Stage' }),
          untilOn: day().nullish().meta({ title: 'Until' }),
          duties: text(2_000).default('').meta({ title: 'Duties in this stage' }),
        }),
      )
      .max(100)
      .default([])
      .meta({ title: 'Life of each release' }),
    decommissioning: text(4_000)
      .default(DECOMMISSIONING)
      .meta({ title: 'Duties at decommissioning', widget: 'long' }),
    updateCadenceDays: z
      .number()
      .int()
      .min(1)
      .max(3_650)
      .nullish()
      .meta({ title: 'Security update cadence (days)' }),
    reviewOn: day().nullish().meta({ title: 'Next review on' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'in-review', title: 'In review', tone: 'attention', onEdit: 'draft' },
    { id: 'approved', title: 'Approved', tone: 'settled', onEdit: 'draft' },
    { id: 'superseded', title: 'Superseded', tone: 'ended', onEdit: false },
  ],
  transitions: [
    { id: 'submit', title: 'Submit for review', from: ['draft'], to: 'in-review', roles: ['security-lead'] },
    {
      id: 'return',
      title: 'Return to draft',
      from: ['in-review'],
      to: 'draft',
      roles: ['security-lead', 'quality'],
      reason: 'required',
    },
    {
      id: 'approve',
      title: 'Approve plan',
      from: ['in-review'],
      to: 'approved',
      roles: ['quality'],
      signature: 'approve',
      effect: 'The plan is in force from now on.',
    },
    {
      id: 'supersede',
      title: 'Supersede',
      from: ['approved'],
      to: 'superseded',
      roles: ['quality', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [{ type: 'replaces', title: 'Replaces', inverse: 'Replaced by', to: ['plan'] }],
  rights: { create: ['security-lead', 'quality'], edit: ['security-lead', 'quality'] },
  editReason: ['approved'],
});
