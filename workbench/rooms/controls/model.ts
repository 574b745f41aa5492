// Controls: what stops, shows or limits an attack, and where in the model it stands (IEC 81001-5-1 5.3, 7.4).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { CATEGORIES, CATEGORY_TITLES } from '../requirements/index.ts';

export const EFFECTS = ['not stated', 'prevent', 'detect', 'respond'] as const;
export const CONTROL_ORDERS = [
  'not stated',
  'inherent safety by design',
  'protective measure',
  'information for safety',
] as const;

const EFFECT_TITLES: Readonly<Record<(typeof EFFECTS)[number], string>> = {
  'not stated': 'Not stated',
  prevent: 'Prevents it',
  detect: 'Detects it',
  respond: 'Responds to it',
};
const ORDER_TITLES: Readonly<Record<(typeof CONTROL_ORDERS)[number], string>> = {
  'not stated': 'Not stated',
  'inherent safety by design': 'Inherently safe design',
  'protective measure': 'Protective measure',
  'information for safety': 'Information for safety',
};

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
    category: z.enum(CATEGORIES).meta({
      title: 'Category',
      description: 'After the control categories of the FDA guidance',
      enumTitles: CATEGORY_TITLES,
    }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    /** Ids of elements, flows, interfaces or zones of the system model. */
    places: z
      .array(line(80).min(1))
      .max(200)
      .default([])
      .meta({ title: 'Where it stands in the model', description: 'Ids; choose them from the model below.' }),
    effect: z
      .enum(EFFECTS)
      .default('not stated')
      .meta({ title: 'What it does to an attack', enumTitles: EFFECT_TITLES }),
    /** ISO 14971 7.1: the order in which risk control options are tried. */
    riskControl: z
      .enum(CONTROL_ORDERS)
      .default('not stated')
      .meta({ title: 'Kind of risk control (ISO 14971 7.1)', enumTitles: ORDER_TITLES }),
    /** Only such a control may lower a severity (policy: software alone never does). */
    independent: z.boolean().default(false).meta({
      title: 'Hardware, or independent of the software that it guards',
      description: 'It holds when that software is taken over.',
    }),
    implementation: line(400).default('').meta({
      title: 'Implemented by',
      description: 'Element of the model, or component (name or package URL), in which it is built',
    }),
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
