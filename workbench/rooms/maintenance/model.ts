// Security updates: which findings they answer and whether they may ship (IEC 81001-5-1 6.3).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const update = defineKind({
  kind: 'update',
  key: 'UPD',
  title: 'Update',
  plural: 'Updates',
  purpose: 'A security update: its target release, the findings it answers, and the risk of deploying it.',
  clause: 'IEC 81001-5-1 6.1, 6.3',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    deploymentRisk: text(4_000).default('').meta({ title: 'Risk of deployment', widget: 'long' }),
    artefacts: z
      .array(
        z.object({
          name: line().min(1).meta({ title: 'Name' }),
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .meta({ title: 'SHA-256' }),
        }),
      )
      .max(200)
      .default([])
      .meta({ title: 'Signed artefacts' }),
  }),
  titleField: 'title',
  states: [
    { id: 'planned', title: 'Planned', tone: 'open' },
    { id: 'built', title: 'Built', tone: 'open', onEdit: 'planned' },
    { id: 'verified', title: 'Verified', tone: 'open', onEdit: 'planned' },
    { id: 'released', title: 'Released', tone: 'settled', onEdit: false },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    { id: 'build', title: 'Built', from: ['planned'], to: 'built', roles: ['developer', 'release-manager'] },
    {
      id: 'verify',
      title: 'Verified',
      from: ['built'],
      to: 'verified',
      roles: ['tester'],
      signature: 'review',
    },
    {
      id: 'release',
      title: 'Release update',
      from: ['verified'],
      to: 'released',
      roles: ['quality', 'security-lead'],
      signature: 'approve',
    },
    {
      id: 'withdraw',
      title: 'Withdraw',
      from: ['planned', 'built', 'verified', 'released'],
      to: 'withdrawn',
      roles: ['release-manager', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'fixes', title: 'Fixes', inverse: 'Fixed by', to: ['finding'] },
    { type: 'brings', title: 'Brings', inverse: 'Brought by', to: ['release'] },
  ],
  rights: {
    create: ['release-manager', 'developer', 'security-lead'],
    edit: ['release-manager', 'developer'],
  },
  editReason: ['built', 'verified'],
});
