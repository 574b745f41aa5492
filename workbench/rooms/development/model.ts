// Evidence of secure development practice, per release (IEC 81001-5-1 5.4 to 5.6, 4.1).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const practiceEvidence = defineKind({
  kind: 'practice-evidence',
  key: 'EVD',
  title: 'Practice evidence',
  plural: 'Practice evidence',
  purpose:
    'Coding standard, review, static analysis, training, tools and build environment: what shows that it was done.',
  clause: 'IEC 81001-5-1 4.1, 5.4, 5.5',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    practice: z
      .enum([
        'coding standard',
        'code review',
        'static analysis',
        'training',
        'tool',
        'build environment',
        'other',
      ])
      .meta({ title: 'Practice' }),
    summary: text().default('').meta({ title: 'Summary', widget: 'long' }),
    tool: line().default('').meta({ title: 'Tool and version' }),
    performedOn: day().nullish().meta({ title: 'Done on' }),
    evidenceHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullish()
      .meta({ title: 'Evidence file (SHA-256)' }),
  }),
  titleField: 'title',
  states: [
    { id: 'recorded', title: 'Recorded', tone: 'settled' },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'withdraw',
      title: 'Withdraw',
      from: ['recorded'],
      to: 'withdrawn',
      roles: ['security-lead', 'quality'],
      reason: 'required',
    },
  ],
  links: [{ type: 'in', title: 'In release', inverse: 'Practice evidence', to: ['release'] }],
  rights: {
    create: ['developer', 'security-lead', 'tester', 'quality'],
    edit: ['developer', 'security-lead', 'quality'],
  },
  editReason: 'always',
});
