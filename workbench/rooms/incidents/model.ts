// Incidents and the clocks that they start (IEC 81001-5-1 9; deadlines are data).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const incident = defineKind({
  kind: 'incident',
  key: 'INC',
  title: 'Incident',
  plural: 'Incidents',
  purpose: 'What happened, to whom, how it was contained and why; safety and privacy are kept apart.',
  clause: 'IEC 81001-5-1 9.1, 9.5',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    detectedAt: z.iso.datetime().nullish().meta({ title: 'Detected at (UTC)' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    containment: text().default('').meta({ title: 'Containment', widget: 'long' }),
    patientsAffected: z
      .enum(['not known', 'none', 'possible', 'yes'])
      .default('not known')
      .meta({ title: 'Patients affected' }),
    dataAffected: z
      .enum(['not known', 'none', 'possible', 'yes'])
      .default('not known')
      .meta({ title: 'Personal data affected' }),
    rootCause: text().default('').meta({ title: 'Root cause', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'detected', title: 'Detected', tone: 'attention' },
    { id: 'contained', title: 'Contained', tone: 'attention' },
    { id: 'eradicated', title: 'Eradicated', tone: 'open' },
    { id: 'recovered', title: 'Recovered', tone: 'open' },
    { id: 'closed', title: 'Closed', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'contain',
      title: 'Contained',
      from: ['detected'],
      to: 'contained',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'eradicate',
      title: 'Eradicated',
      from: ['contained'],
      to: 'eradicated',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'recover',
      title: 'Recovered',
      from: ['eradicated'],
      to: 'recovered',
      roles: ['incident-handler', 'security-lead'],
    },
    {
      id: 'close',
      title: 'Close incident',
      from: ['recovered'],
      to: 'closed',
      roles: ['security-lead', 'quality'],
      signature: 'approve',
      reason: 'required',
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: ['closed'],
      to: 'detected',
      roles: ['incident-handler', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [{ type: 'concerns', title: 'Concerns', inverse: 'Incidents', to: ['finding', 'release'] }],
  rights: {
    create: ['incident-handler', 'security-lead', 'developer', 'quality'],
    edit: ['incident-handler', 'security-lead'],
  },
  editReason: ['recovered'],
});

export const clock = defineKind({
  kind: 'clock',
  key: 'CLK',
  title: 'Clock',
  plural: 'Clocks',
  purpose:
    'One legal or promised deadline, started by an event. A clock whose start is not known is shown as unknown, not as fine.',
  clause: 'IEC 81001-5-1 9.5',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    rule: line(200).default('').meta({ title: 'Rule' }),
    recipient: line().default('').meta({ title: 'Recipient' }),
    startedAt: z.iso.datetime().nullish().meta({ title: 'Started at (UTC)' }),
    startReason: text(2_000).default('').meta({ title: 'Why it started then', widget: 'long' }),
    dueAt: z.iso.datetime().nullish().meta({ title: 'Due at (UTC)' }),
    confidence: z
      .enum(['verified', 'secondary', 'unverified'])
      .default('unverified')
      .meta({ title: 'How sure the rule is' }),
  }),
  titleField: 'title',
  states: [
    { id: 'running', title: 'Running', tone: 'attention' },
    { id: 'met', title: 'Met', tone: 'settled', onEdit: false },
    { id: 'missed', title: 'Missed', tone: 'attention', onEdit: false },
    { id: 'stopped', title: 'Stopped', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'meet',
      title: 'Met',
      from: ['running', 'missed'],
      to: 'met',
      roles: ['incident-handler', 'quality'],
      reason: 'required',
    },
    { id: 'miss', title: 'Missed', from: ['running'], to: 'missed', roles: [], system: true },
    {
      id: 'stop',
      title: 'Stop clock',
      from: ['running', 'missed'],
      to: 'stopped',
      roles: ['quality'],
      signature: 'approve',
      reason: 'required',
    },
  ],
  links: [
    {
      type: 'started-by',
      title: 'Started by',
      inverse: 'Clocks',
      to: ['incident', 'finding', 'disclosure-case'],
    },
  ],
  rights: { create: ['incident-handler', 'quality', 'security-lead'], edit: ['incident-handler', 'quality'] },
  editReason: 'always',
});
