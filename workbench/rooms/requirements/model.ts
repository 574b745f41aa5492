// Security requirements and the controls that they demand (IEC 81001-5-1 5.2, 5.3).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const CATEGORIES = [
  'authentication',
  'authorization',
  'encryption',
  'integrity',
  'access control',
  'audit',
  'secure communication',
  'data protection',
  'update',
  'availability',
  'other',
] as const;

export const control = defineKind({
  kind: 'control',
  key: 'CTL',
  title: 'Control',
  plural: 'Controls',
  purpose:
    'What stops or slows an attack. Until a test of it passed in a release it is a claim, and shown as one.',
  clause: 'IEC 81001-5-1 5.3, 7.4',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    category: z.enum(CATEGORIES).meta({ title: 'Category' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    /** Ids of elements, flows, interfaces or zones of the system model. */
    places: z.array(line(80).min(1)).max(200).default([]).meta({ title: 'Where it stands in the model' }),
  }),
  titleField: 'title',
  states: [
    { id: 'planned', title: 'Planned', tone: 'open' },
    { id: 'implemented', title: 'Implemented (claimed)', tone: 'open', onEdit: 'planned' },
    { id: 'verified', title: 'Verified', tone: 'settled', onEdit: 'planned' },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'implement',
      title: 'Implemented',
      from: ['planned'],
      to: 'implemented',
      roles: ['developer', 'security-lead'],
    },
    {
      id: 'verify',
      title: 'Verified',
      from: ['implemented'],
      to: 'verified',
      roles: ['tester'],
      signature: 'approve',
      effect: 'Says that a verification passed; the test result is the evidence.',
    },
    {
      id: 'doubt',
      title: 'No longer verified',
      from: ['verified'],
      to: 'implemented',
      roles: ['tester', 'security-lead'],
      reason: 'required',
    },
    {
      id: 'withdraw',
      title: 'Withdraw',
      from: ['planned', 'implemented', 'verified'],
      to: 'withdrawn',
      roles: ['security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'cuts', title: 'Cuts', inverse: 'Cut by', to: ['threat', 'system-model'] },
    { type: 'implemented-by', title: 'Implemented by element of', inverse: 'Controls', to: ['system-model'] },
  ],
  rights: { create: ['security-lead', 'developer'], edit: ['security-lead', 'developer'] },
  editReason: ['implemented', 'verified'],
});

export const requirement = defineKind({
  kind: 'requirement',
  key: 'REQ',
  title: 'Security requirement',
  plural: 'Security requirements',
  purpose: 'Specific, measurable and testable: what the product must do, why, and how one sees that it does.',
  clause: 'IEC 81001-5-1 5.2',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    statement: text(4_000).default('').meta({ title: 'Requirement', widget: 'long' }),
    category: z.enum(CATEGORIES).meta({ title: 'Category' }),
    acceptance: text(4_000).default('').meta({ title: 'Acceptance criterion', widget: 'long' }),
    safetyRelevant: z.boolean().default(false).meta({ title: 'Safety relevant' }),
    clauses: z.array(line(120)).max(50).default([]).meta({ title: 'Regulation clauses' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'approved', title: 'Approved', tone: 'settled', onEdit: 'draft' },
    { id: 'obsolete', title: 'Obsolete', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'approve',
      title: 'Approve requirement',
      from: ['draft'],
      to: 'approved',
      roles: ['security-lead', 'quality'],
      signature: 'approve',
    },
    {
      id: 'retire',
      title: 'Make obsolete',
      from: ['draft', 'approved'],
      to: 'obsolete',
      roles: ['security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'demands', title: 'Demands', inverse: 'Demanded by', to: ['control'] },
    { type: 'derives-from', title: 'Derives from', inverse: 'Requirements', to: ['risk', 'threat'] },
  ],
  rights: {
    create: ['security-lead', 'developer', 'safety-risk-manager'],
    edit: ['security-lead', 'developer'],
  },
  editReason: ['approved'],
});
