// Suppliers of components and services (IEC 81001-5-1 5.2.3 and 8; 62443-4-1 SM-9, SM-10).
import { z } from 'zod';
import { day, defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const supplier = defineKind({
  kind: 'supplier',
  key: 'SUP',
  title: 'Supplier',
  plural: 'Suppliers',
  purpose:
    'Who makes a part you rely on: agreement, contact, where flaws are reported, and when support ends.',
  clause: 'IEC 81001-5-1 5.2.3, 6.1',
  scope: 'organisation',
  schema: z.object({
    name: title().meta({ title: 'Name' }),
    contact: line().default('').meta({ title: 'Contact' }),
    disclosureChannel: line()
      .default('')
      .meta({ title: 'Disclosure channel', description: 'Address or page where they take reports of flaws' }),
    securityTxt: line(500).default('').meta({
      title: 'security.txt',
      description: 'Address of the file of RFC 9116, where they publish one',
    }),
    psirt: line(300)
      .default('')
      .meta({ title: 'Security team', description: 'Address of their product security team' }),
    classification: z.enum(['maintained', 'supported', 'required', 'not set']).default('not set').meta({
      title: 'Kind of software',
      description:
        'Maintained: you take the risk on. Supported: you tell customers of known risks. Required: you weigh what is known before release.',
    }),
    criticality: z
      .enum(['low', 'medium', 'high', 'not set'])
      .default('not set')
      .meta({ title: 'Criticality', description: 'How much of the product depends on them' }),
    agreementReference: line(200).default('').meta({ title: 'Agreement reference' }),
    agreementSignedOn: day().nullish().meta({ title: 'Agreement signed on' }),
    agreement: text(4_000).default('').meta({ title: 'Agreement', widget: 'long' }),
    agreementEndsOn: day().nullish().meta({ title: 'Agreement ends on' }),
    supportEndsOn: day().nullish().meta({ title: 'Support ends on' }),
    notes: text().default('').meta({ title: 'Notes', widget: 'long' }),
  }),
  titleField: 'name',
  states: [
    { id: 'active', title: 'Active', tone: 'settled' },
    { id: 'ended', title: 'Ended', tone: 'ended' },
  ],
  transitions: [
    {
      id: 'end',
      title: 'End',
      from: ['active'],
      to: 'ended',
      roles: ['release-manager', 'quality', 'security-lead'],
      reason: 'required',
    },
    {
      id: 'renew',
      title: 'Take up again',
      from: ['ended'],
      to: 'active',
      roles: ['release-manager', 'quality', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [{ type: 'supplies', title: 'Supplies', inverse: 'Supplied by', to: ['product', 'release'] }],
  rights: {
    create: ['release-manager', 'quality', 'security-lead', 'developer'],
    edit: ['release-manager', 'quality', 'security-lead'],
  },
  editReason: 'never',
});
