// Verifications and their results, per release (IEC 81001-5-1 5.7; independence 5.7.5).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const verification = defineKind({
  kind: 'verification',
  key: 'VER',
  title: 'Verification',
  plural: 'Verifications',
  purpose: 'A test case or review: what it proves, how, and how independent its tester has to be.',
  clause: 'IEC 81001-5-1 5.7',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    method: z
      .enum(['test', 'review', 'analysis', 'inspection', 'penetration test'])
      .meta({ title: 'Method' }),
    procedure: text().default('').meta({ title: 'Procedure', widget: 'long' }),
    expected: text(4_000).default('').meta({ title: 'Expected outcome', widget: 'long' }),
    independence: z
      .enum(['none', 'other person', 'other team', 'other department', 'other organisation'])
      .default('other person')
      .meta({ title: 'Independence needed' }),
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
      title: 'Approve verification',
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
      roles: ['tester', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'verifies', title: 'Verifies', inverse: 'Verified by', to: ['requirement', 'control', 'threat'] },
  ],
  rights: { create: ['tester', 'security-lead', 'developer'], edit: ['tester', 'security-lead'] },
  editReason: ['approved'],
});

export const result = defineKind({
  kind: 'result',
  key: 'RES',
  title: 'Result',
  plural: 'Results',
  purpose: 'The outcome of a verification in one release, with its evidence file and who ran it.',
  clause: 'IEC 81001-5-1 5.7, 5.8',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    outcome: z.enum(['pass', 'fail', 'not run']).meta({ title: 'Outcome' }),
    ranOn: day().nullish().meta({ title: 'Run on' }),
    ranBy: line().default('').meta({ title: 'Run by' }),
    tool: line().default('').meta({ title: 'Tool and version' }),
    evidenceHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullish()
      .meta({ title: 'Evidence file (SHA-256)' }),
    notes: text(4_000).default('').meta({ title: 'Notes', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'recorded', title: 'Recorded', tone: 'settled', onEdit: false },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'withdraw',
      title: 'Withdraw',
      from: ['recorded'],
      to: 'withdrawn',
      roles: ['tester', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'of', title: 'Result of', inverse: 'Results', to: ['verification'] },
    { type: 'in', title: 'In release', inverse: 'Test results', to: ['release'] },
  ],
  rights: { create: ['tester', 'developer'], edit: ['tester'] },
  editReason: 'always',
});
