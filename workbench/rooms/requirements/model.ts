// Security requirements: what the product must do, why, and how one sees that it does (IEC 81001-5-1 5.2).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { CATEGORIES, CATEGORY_TITLES } from './categories.ts';

export const requirement = defineKind({
  kind: 'requirement',
  key: 'REQ',
  title: 'Security requirement',
  plural: 'Security requirements',
  purpose: 'Specific, measurable and testable: what the product must do, why, and how one sees that it does.',
  clause: 'IEC 81001-5-1 5.2',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    statement: text(4_000).default('').meta({
      title: 'Requirement',
      description: 'One demand in one sentence: who or what shall do what, under which condition.',
      widget: 'long',
    }),
    category: z.enum(CATEGORIES).meta({
      title: 'Category',
      description: 'After the control categories of the FDA guidance',
      enumTitles: CATEGORY_TITLES,
    }),
    acceptance: text(4_000).default('').meta({
      title: 'Acceptance criterion',
      description: 'What is done and what is seen when it holds, with numbers and units.',
      widget: 'long',
    }),
    safetyRelevant: z.boolean().default(false).meta({ title: 'Safety relevant' }),
    clauses: z.array(line(120)).max(50).default([]).meta({ title: 'Regulation clauses' }),
    rationale: text(4_000).default('').meta({ title: 'Rationale', widget: 'long' }),
    /** `SR-…` of the library, or the identifier in the file that it came from: what a second import finds it by. */
    source: line(200).default('').meta({
      title: 'Source',
      description: 'Id in the requirement library or in the file that it came from',
    }),
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
      title: 'Approve requirement',
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
      roles: ['security-lead'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'demands', title: 'Demands', inverse: 'Demanded by', to: ['control'] },
    { type: 'derives-from', title: 'Derives from', inverse: 'Requirements', to: ['risk', 'threat'] },
  ],
  rights: {
    create: ['security-lead', 'developer', 'safety-risk-manager'],
    edit: ['security-lead', 'developer'],
  },
  editReason: ['approved'],
});
