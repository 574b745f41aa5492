// The system model of a product: what there is, how it talks, where trust ends (IEC 81001-5-1 5.3, 7).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

const Node = z.object({
  id: line(80).min(1).meta({ title: 'Id' }),
  title: title().meta({ title: 'Title' }),
  type: line(80).default('').meta({ title: 'Type' }),
  zone: line(80).default('').meta({ title: 'Zone' }),
});

/** Security questions have three answers: `not answered` is never `no`. */
const Answer = z.object({
  question: line(120).min(1).meta({ title: 'Question' }),
  element: line(80).default('').meta({ title: 'Element' }),
  answer: z
    .enum(['yes', 'no', 'not answered', 'not applicable'])
    .default('not answered')
    .meta({ title: 'Answer' }),
  evidence: line(1_000).default('').meta({ title: 'Evidence' }),
});

export const systemModel = defineKind({
  kind: 'system-model',
  key: 'SYS',
  title: 'System model',
  plural: 'System models',
  purpose:
    'Elements, interfaces, flows, zones, data, safety functions and actors: threats and attack paths are found on it.',
  clause: 'IEC 81001-5-1 5.3, 7.1',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    elements: z.array(Node).max(5_000).default([]).meta({ title: 'Elements' }),
    flows: z
      .array(
        z.object({
          id: line(80).min(1).meta({ title: 'Id' }),
          from: line(80).min(1).meta({ title: 'From' }),
          to: line(80).min(1).meta({ title: 'To' }),
          protocol: line(80).default('').meta({ title: 'Protocol' }),
          data: line(300).default('').meta({ title: 'Data' }),
        }),
      )
      .max(10_000)
      .default([])
      .meta({ title: 'Flows' }),
    zones: z
      .array(Node.omit({ zone: true }))
      .max(500)
      .default([])
      .meta({ title: 'Zones and conduits' }),
    dataAssets: z
      .array(Node.omit({ zone: true }))
      .max(1_000)
      .default([])
      .meta({ title: 'Data assets' }),
    safetyFunctions: z
      .array(Node.omit({ zone: true }))
      .max(500)
      .default([])
      .meta({ title: 'Safety functions' }),
    actors: z
      .array(Node.omit({ zone: true }))
      .max(500)
      .default([])
      .meta({ title: 'Actors' }),
    answers: z.array(Answer).max(20_000).default([]).meta({ title: 'Answers to security questions' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'approved', title: 'Approved', tone: 'settled', onEdit: 'draft' },
  ],
  transitions: [
    {
      id: 'approve',
      title: 'Approve model',
      from: ['draft'],
      to: 'approved',
      roles: ['security-lead', 'safety-risk-manager'],
      signature: 'approve',
      effect: 'Threats and paths are judged on this revision.',
    },
  ],
  links: [{ type: 'of-release', title: 'Model of', inverse: 'System model', to: ['release'] }],
  rights: { create: ['security-lead', 'developer'], edit: ['security-lead', 'developer'] },
  editReason: ['approved'],
});
