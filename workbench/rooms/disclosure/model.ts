// Coordinated vulnerability disclosure: cases and advisories (ISO/IEC 29147, 30111; CSAF 2.0).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const disclosureCase = defineKind({
  kind: 'disclosure-case',
  key: 'CVD',
  title: 'Disclosure case',
  plural: 'Disclosure cases',
  purpose: 'A report from outside, from its receipt to the published advisory.',
  clause: 'IEC 81001-5-1 9.2; ISO/IEC 29147',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    reporter: line().default('').meta({ title: 'Reporter' }),
    report: text().default('').meta({ title: 'Report', widget: 'long' }),
    receivedAt: z.iso.datetime().nullish().meta({ title: 'Received at (UTC)' }),
    embargoUntil: day().nullish().meta({ title: 'Embargo until' }),
    coordination: text().default('').meta({ title: 'Coordination', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'received', title: 'Received', tone: 'attention' },
    { id: 'acknowledged', title: 'Acknowledged', tone: 'open' },
    { id: 'validated', title: 'Validated', tone: 'attention' },
    { id: 'remedied', title: 'Remedied', tone: 'open' },
    { id: 'published', title: 'Published', tone: 'settled', onEdit: 'remedied' },
    { id: 'closed', title: 'Closed', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'acknowledge',
      title: 'Acknowledge',
      from: ['received'],
      to: 'acknowledged',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'validate',
      title: 'Validated',
      from: ['acknowledged'],
      to: 'validated',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'remedy',
      title: 'Remedied',
      from: ['validated'],
      to: 'remedied',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'publish',
      title: 'Published',
      from: ['remedied', 'validated'],
      to: 'published',
      roles: ['security-lead'],
      signature: 'approve',
    },
    {
      id: 'close',
      title: 'Close case',
      from: ['acknowledged', 'validated', 'published'],
      to: 'closed',
      roles: ['incident-handler', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [{ type: 'concerns', title: 'Concerns', inverse: 'Disclosure cases', to: ['finding', 'release'] }],
  rights: { create: ['incident-handler', 'security-lead'], edit: ['incident-handler', 'security-lead'] },
  editReason: ['published'],
});

export const advisory = defineKind({
  kind: 'advisory',
  key: 'ADV',
  title: 'Advisory',
  plural: 'Advisories',
  purpose: 'What you tell users about a vulnerability: which releases, how bad, what to do.',
  clause: 'IEC 81001-5-1 9.5; CSAF 2.0',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    summary: text().default('').meta({ title: 'Summary', widget: 'long' }),
    advice: text().default('').meta({ title: 'What to do', widget: 'long' }),
    tlp: z
      .enum(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'])
      .default('AMBER')
      .meta({ title: 'TLP 2.0' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'approved', title: 'Approved', tone: 'open', onEdit: 'draft' },
    { id: 'published', title: 'Published', tone: 'settled', onEdit: 'revised' },
    { id: 'revised', title: 'In revision', tone: 'attention' },
  ],
  transitions: [
    {
      id: 'approve',
      title: 'Approve advisory',
      from: ['draft', 'revised'],
      to: 'approved',
      roles: ['security-lead', 'quality'],
      signature: 'approve',
    },
    {
      id: 'publish',
      title: 'Publish',
      from: ['approved'],
      to: 'published',
      roles: ['incident-handler', 'security-lead'],
    },
  ],
  links: [
    { type: 'about', title: 'About', inverse: 'Advisories', to: ['finding', 'disclosure-case'] },
    { type: 'concerns', title: 'Concerns', inverse: 'Advisories', to: ['release'] },
  ],
  rights: { create: ['incident-handler', 'security-lead'], edit: ['incident-handler', 'security-lead'] },
  editReason: ['approved', 'published'],
});
