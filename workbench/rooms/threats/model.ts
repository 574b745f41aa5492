// Attackers and the threats that they are able to make real (IEC 81001-5-1 7.2).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const attacker = defineKind({
  kind: 'attacker',
  key: 'ATK',
  title: 'Attacker',
  plural: 'Attackers',
  purpose: 'Who might attack, with which means and from where; each threat names one.',
  clause: 'IEC 81001-5-1 7.2',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    profile: z
      .enum(['outsider', 'insider', 'supplier', 'service', 'nation state'])
      .meta({ title: 'Kind of attacker' }),
    means: text(4_000).default('').meta({ title: 'Means', widget: 'long' }),
    access: text(4_000).default('').meta({ title: 'Access', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'active', title: 'Active', tone: 'settled' },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'withdraw',
      title: 'Withdraw',
      from: ['active'],
      to: 'withdrawn',
      roles: ['security-lead'],
      reason: 'required',
    },
  ],
  links: [],
  rights: { create: ['security-lead'], edit: ['security-lead'] },
  editReason: 'never',
});

export const STRIDE = [
  'spoofing',
  'tampering',
  'repudiation',
  'information disclosure',
  'denial of service',
  'elevation of privilege',
] as const;

export const threat = defineKind({
  kind: 'threat',
  key: 'THR',
  title: 'Threat',
  plural: 'Threats',
  purpose: 'What an attacker could do to an element, flow, asset or safety function, and by which steps.',
  clause: 'IEC 81001-5-1 7.2',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    category: z.enum(STRIDE).meta({ title: 'Category (STRIDE)' }),
    target: line()
      .default('')
      .meta({ title: 'Target', description: 'Element, flow, asset or safety function of the system model' }),
    foundBy: line().default('').meta({ title: 'Found by', description: 'Rule or person' }),
    steps: z.array(line(1_000).min(1)).max(50).default([]).meta({ title: 'Attack steps' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'open', title: 'Open', tone: 'attention' },
    { id: 'mitigated', title: 'Mitigated', tone: 'settled', onEdit: 'open' },
    { id: 'accepted', title: 'Accepted', tone: 'settled', onEdit: 'open' },
    { id: 'not-applicable', title: 'Not applicable', tone: 'ended', onEdit: 'open' },
  ],
  transitions: [
    {
      id: 'mitigate',
      title: 'Mitigated by controls',
      from: ['open'],
      to: 'mitigated',
      roles: ['security-lead'],
      reason: 'required',
    },
    {
      id: 'accept',
      title: 'Accept threat',
      from: ['open'],
      to: 'accepted',
      roles: ['security-lead', 'safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
    },
    {
      id: 'dismiss',
      title: 'Not applicable',
      from: ['open'],
      to: 'not-applicable',
      roles: ['security-lead'],
      reason: 'required',
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: ['mitigated', 'accepted', 'not-applicable'],
      to: 'open',
      roles: ['security-lead', 'developer'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'targets', title: 'Targets', inverse: 'Threatened by', to: ['system-model'] },
    { type: 'by', title: 'By attacker', inverse: 'Threats', to: ['attacker'] },
    { type: 'leads-to', title: 'Leads to', inverse: 'Caused by threat', to: ['harm'] },
  ],
  rights: {
    create: ['security-lead', 'developer', 'safety-risk-manager', 'tester'],
    edit: ['security-lead', 'developer'],
  },
  editReason: ['mitigated', 'accepted', 'not-applicable'],
});
