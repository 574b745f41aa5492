// Documents generated from frozen revisions, reviewed and signed (IEC 81001-5-1 4.1, 5.8; 21 CFR Part 11).
import { z } from 'zod';
import { defineKind, line, title } from '../../kernel/records/kind.ts';

export const document = defineKind({
  kind: 'document',
  key: 'DOC',
  title: 'Document',
  plural: 'Documents',
  purpose:
    'Generated from a frozen set of revisions, reviewed and signed; stale as soon as one of them has moved on.',
  clause: 'IEC 81001-5-1 4.1.6, 5.8',
  scope: 'product',
  machineMade: true,
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    profile: line(120).meta({ title: 'Profile' }),
    fileHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullish()
      .meta({ title: 'File (SHA-256)' }),
    cites: z
      .array(
        z.object({
          key: line(60).meta({ title: 'Record' }),
          revision: z.number().int().min(1).meta({ title: 'Revision' }),
        }),
      )
      .max(50_000)
      .default([])
      .meta({ title: 'Cites' }),
  }),
  titleField: 'title',
  states: [
    { id: 'generated', title: 'Generated', tone: 'open', onEdit: false },
    { id: 'reviewed', title: 'Reviewed', tone: 'open', onEdit: false },
    { id: 'signed', title: 'Signed', tone: 'settled', onEdit: false },
    { id: 'stale', title: 'Stale', tone: 'attention', onEdit: false },
  ],
  transitions: [
    {
      id: 'review',
      title: 'Reviewed',
      from: ['generated'],
      to: 'reviewed',
      roles: ['security-lead', 'quality'],
      signature: 'review',
    },
    {
      id: 'sign',
      title: 'Sign document',
      from: ['reviewed'],
      to: 'signed',
      roles: ['quality'],
      signature: 'approve',
    },
    {
      id: 'age',
      title: 'Stale',
      from: ['generated', 'reviewed', 'signed'],
      to: 'stale',
      roles: [],
      system: true,
    },
  ],
  links: [{ type: 'of-release', title: 'For', inverse: 'Documents', to: ['release'] }],
  rights: { create: [], edit: [] },
  editReason: 'never',
});
