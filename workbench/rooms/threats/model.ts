// Attackers and the threats that they are able to make real, and the rules that find them (IEC 81001-5-1 7.2).
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';
import { RULE_SAFETY, STRIDE } from './evaluate/contract.ts';
import { rulePackShape } from './rule-pack.ts';

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

/** In the ledger, at the model: somebody took over what a run of the rules changed. */
export const THREATS_ACCEPTED = 'threats.accepted';

/** Beyond STRIDE: what health software and devices have of their own. */
export const THREAT_CATEGORIES = [...STRIDE, 'patient safety', 'privacy', 'embedded', 'not stated'] as const;
export const SAFETY_RELEVANCE = ['not stated', ...RULE_SAFETY] as const;

const Ids = (pattern: RegExp, example: string) =>
  z
    .array(line(40).regex(pattern, `looks like ${example}`))
    .max(50)
    .default([]);

/** Ids only: the texts stay with those who publish them. */
export const References = z.object({
  cwe: Ids(/^CWE-\d{1,5}$/, 'CWE-287').meta({ title: 'CWE' }),
  capec: Ids(/^CAPEC-\d{1,5}$/, 'CAPEC-151').meta({ title: 'CAPEC' }),
  attackIcs: Ids(/^T\d{4}(\.\d{3})?$/, 'T0830').meta({ title: 'ATT&CK for ICS' }),
  emb3d: Ids(/^TID-\d{1,5}$/, 'TID-310').meta({ title: 'EMB3D' }),
});
export type References = z.infer<typeof References>;
const NO_REFERENCES: References = { cwe: [], capec: [], attackIcs: [], emb3d: [] };

/** “A *source* who *prerequisite* can *action*, which leads to *impact*, so that *goal* of *asset* suffers” (the grammar of Threat Composer). */
export const Grammar = z.object({
  source: line(300)
    .default('')
    .meta({ title: 'Threat source', description: 'Who: an intruder in the clinic network' }),
  prerequisite: line(500)
    .default('')
    .meta({ title: 'Prerequisite', description: 'With what: access to the maintenance port' }),
  action: line(500)
    .default('')
    .meta({ title: 'Threat action', description: 'Can do what: send a changed set of limits' }),
  impact: line(500)
    .default('')
    .meta({ title: 'Impact', description: 'Leads to: emission above the planned energy' }),
  goal: line(200)
    .default('')
    .meta({ title: 'Impaired goal', description: 'Integrity, availability, safety …' }),
  asset: line(300)
    .default('')
    .meta({ title: 'Impacted asset', description: 'Of what: the treatment parameters' }),
});
export type Grammar = z.infer<typeof Grammar>;
const NO_GRAMMAR: Grammar = { source: '', prerequisite: '', action: '', impact: '', goal: '', asset: '' };

/** What the file of another tool said, as it said it: evidence for whoever decides, never a decision. */
export const ImportedFrom = z.object({
  tool: line(80),
  file: line(300),
  place: line(300).default(''),
  status: line(120).default(''),
  state: z.enum(['raised', 'answered, unverified', 'not decided', 'decision', 'decision only']),
  category: line(200).default(''),
  severity: line(120).default(''),
  score: line(120).default(''),
  decisions: z
    .array(
      z.object({
        kind: line(60),
        reason: text(4_000).default(''),
        by: line(200).default(''),
        at: line(60).default(''),
      }),
    )
    .max(20)
    .default([]),
  mitigations: z
    .array(
      z.object({ title: line(300), description: text(4_000).default(''), status: line(120).default('') }),
    )
    .max(100)
    .default([]),
  references: z.array(line(300)).max(50).default([]),
});
export type ImportedFrom = z.infer<typeof ImportedFrom>;

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
    category: z.enum(THREAT_CATEGORIES).meta({ title: 'Category' }),
    target: line()
      .default('')
      .meta({ title: 'Target', description: 'Element, flow, asset or safety function of the system model' }),
    foundBy: line().default('').meta({ title: 'Found by', description: 'Rule or person' }),
    /** With `target` and the link to the model the identity of a rule's result: renaming and moving do not touch it. */
    rule: line(80).default('').meta({ title: 'Rule', description: 'Empty where a person found it' }),
    ruleVersion: z.int().min(0).max(1_000_000).default(0).meta({ title: 'Version of the rule' }),
    statement: Grammar.default(NO_GRAMMAR).meta({ title: 'Threat statement' }),
    steps: z.array(line(1_000).min(1)).max(50).default([]).meta({ title: 'Attack steps' }),
    description: text().default('').meta({ title: 'Description', widget: 'long' }),
    exploitability: z.int().min(1).max(5).nullable().default(null).meta({
      title: 'Exploitability, proposed',
      description: 'Before controls: 1 very hard to 5 trivial. A proposal for the risk, never a decision.',
    }),
    safetyRelevance: z.enum(SAFETY_RELEVANCE).default('not stated').meta({ title: 'Safety relevance' }),
    references: References.default(NO_REFERENCES).meta({ title: 'References' }),
    imported: ImportedFrom.nullish().meta({ title: 'From another tool', widget: 'hidden' }),
  }),
  titleField: 'title',
  states: [
    { id: 'open', title: 'Open', tone: 'attention' },
    { id: 'mitigated', title: 'Mitigated', tone: 'settled', onEdit: 'open' },
    { id: 'accepted', title: 'Accepted', tone: 'settled', onEdit: 'open' },
    { id: 'not-applicable', title: 'Not applicable', tone: 'ended', onEdit: 'open' },
    { id: 'gone', title: 'No longer raised', tone: 'ended', onEdit: 'open' },
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
    // Both follow from a difference that a person accepted; a decision of a person is never moved by a rule.
    {
      id: 'clear',
      title: 'No longer raised',
      from: ['open'],
      to: 'gone',
      roles: [],
      system: true,
      reason: 'required',
    },
    {
      id: 'raise',
      title: 'Raised again',
      from: ['gone'],
      to: 'open',
      roles: [],
      system: true,
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

export const rulePack = defineKind({
  kind: 'rule-pack',
  key: 'RUL',
  title: 'Rule pack',
  plural: 'Rule packs',
  purpose:
    'Rules of the house, or of others, that find threats on system models; each pack has an edition and tests.',
  clause: 'IEC 81001-5-1 7.2',
  scope: 'organisation',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    ...rulePackShape,
  }),
  titleField: 'title',
  states: [
    { id: 'active', title: 'Offered to products', tone: 'settled' },
    { id: 'withdrawn', title: 'Withdrawn', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'withdraw',
      title: 'Withdraw pack',
      from: ['active'],
      to: 'withdrawn',
      roles: ['security-lead'],
      reason: 'required',
      effect: 'Its rules raise nothing any more; products that use it see the difference.',
    },
  ],
  links: [],
  rights: { create: ['security-lead'], edit: ['security-lead'] },
  editReason: 'never',
});
