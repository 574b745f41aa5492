// Harms of the safety file and the risks that lead to them (ISO 14971; IEC 81001-5-1 7.3, 7.4).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const SEVERITIES = ['negligible', 'minor', 'serious', 'critical', 'catastrophic'] as const;
export const EXPLOITABILITIES = ['not rated', 'very low', 'low', 'medium', 'high', 'very high'] as const;

export const harm = defineKind({
  kind: 'harm',
  key: 'HRM',
  title: 'Harm',
  plural: 'Harms',
  purpose:
    'Harms and hazardous situations of the ISO 14971 safety file. They are imported, not invented here.',
  clause: 'ISO 14971 5.4; IEC 81001-5-1 7.1',
  scope: 'product',
  machineMade: true,
  schema: z.object({
    title: title().meta({ title: 'Harm' }),
    sourceId: line(120).default('').meta({ title: 'Id in the safety file' }),
    hazardousSituation: text(4_000).default('').meta({ title: 'Hazardous situation', widget: 'long' }),
    severity: z.enum(SEVERITIES).meta({ title: 'Severity' }),
    source: line().default('').meta({ title: 'Source' }),
  }),
  titleField: 'title',
  states: [
    { id: 'imported', title: 'Imported', tone: 'settled', onEdit: false },
    { id: 'gone', title: 'Gone from the safety file', tone: 'ended', onEdit: false },
  ],
  transitions: [
    { id: 'drop', title: 'Dropped by re-import', from: ['imported'], to: 'gone', roles: [], system: true },
    { id: 'return', title: 'Back by re-import', from: ['gone'], to: 'imported', roles: [], system: true },
  ],
  links: [],
  rights: { create: [], edit: [] },
  editReason: 'never',
});

const Rating = z.object({
  exploitability: z.enum(EXPLOITABILITIES).default('not rated').meta({ title: 'Exploitability' }),
  severity: z
    .enum(['not rated', ...SEVERITIES])
    .default('not rated')
    .meta({ title: 'Severity' }),
  rationale: text(4_000).default('').meta({ title: 'Rationale', widget: 'long' }),
});

export const risk = defineKind({
  kind: 'risk',
  key: 'RSK',
  title: 'Risk',
  plural: 'Risks',
  purpose:
    'Threats and vulnerabilities on one side, a harm or an asset on the other; judged before and after controls.',
  clause: 'IEC 81001-5-1 7.3, 7.4; ISO 14971 6',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    before: Rating.prefault({}).meta({ title: 'Before controls' }),
    after: Rating.prefault({}).meta({ title: 'After controls' }),
    effectiveness: text(4_000).default('').meta({ title: 'Effect on performance', widget: 'long' }),
    data: text(4_000).default('').meta({ title: 'Effect on data', widget: 'long' }),
    residualRationale: text(4_000).default('').meta({ title: 'Residual risk and benefit', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'assessed', title: 'Assessed', tone: 'attention', onEdit: 'draft' },
    { id: 'accepted', title: 'Accepted', tone: 'settled', onEdit: 'draft' },
    { id: 'reduce', title: 'To be reduced', tone: 'attention', onEdit: 'draft' },
    { id: 'residual-accepted', title: 'Residual risk accepted', tone: 'settled', onEdit: 'draft' },
  ],
  transitions: [
    {
      id: 'assess',
      title: 'Assess risk',
      from: ['draft'],
      to: 'assessed',
      roles: ['security-lead', 'safety-risk-manager', 'developer'],
    },
    {
      id: 'accept',
      title: 'Accept risk',
      from: ['assessed'],
      to: 'accepted',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
    },
    {
      id: 'reduce',
      title: 'Reduce risk',
      from: ['assessed'],
      to: 'reduce',
      roles: ['security-lead', 'safety-risk-manager'],
      reason: 'required',
    },
    {
      id: 'accept-residual',
      title: 'Accept residual risk',
      from: ['reduce'],
      to: 'residual-accepted',
      roles: ['safety-risk-manager'],
      signature: 'approve',
      reason: 'required',
    },
    {
      id: 'reopen',
      title: 'Re-open',
      from: ['accepted', 'residual-accepted'],
      to: 'draft',
      roles: ['security-lead', 'safety-risk-manager'],
      reason: 'required',
    },
  ],
  links: [
    { type: 'of', title: 'Of', inverse: 'Risks', to: ['threat', 'finding'] },
    { type: 'harms', title: 'Harms', inverse: 'Risks', to: ['harm'] },
  ],
  rights: {
    create: ['security-lead', 'safety-risk-manager', 'developer'],
    edit: ['security-lead', 'safety-risk-manager'],
  },
  editReason: ['assessed', 'accepted', 'residual-accepted'],
});
