// What the form of an assessment asks for each status, what is missing, and the body that is sent. Pure.

import type { Justification, VexStatus } from '../model.ts';
import { JUSTIFICATIONS, missingForStatus, VERDICTS, VEX_STATUSES } from '../model.ts';

export type Verdict = (typeof VERDICTS)[number];

export interface AssessFields {
  readonly status: VexStatus | '';
  readonly justification: Justification | '';
  readonly rationale: string;
  readonly actionStatement: string;
  readonly safety: Verdict;
  readonly safetyRationale: string;
  readonly privacy: Verdict;
  readonly privacyRationale: string;
  readonly reviewOn: string;
}
export type AssessField = keyof AssessFields;

export const EMPTY: AssessFields = {
  status: '',
  justification: '',
  rationale: '',
  actionStatement: '',
  safety: 'not assessed',
  safetyRationale: '',
  privacy: 'not assessed',
  privacyRationale: '',
  reviewOn: '',
};

const VERDICT_FIELDS: readonly AssessField[] = ['safety', 'safetyRationale', 'privacy', 'privacyRationale'];

/** Fields that the status asks for, in their order; before a status is chosen there is nothing else to say. */
export function askedFields(
  fields: Pick<AssessFields, 'status' | 'safety' | 'privacy'>,
): readonly AssessField[] {
  const verdicts = VERDICT_FIELDS.filter(
    (field) =>
      (field !== 'safetyRationale' || fields.safety !== 'not assessed') &&
      (field !== 'privacyRationale' || fields.privacy !== 'not assessed'),
  );
  switch (fields.status) {
    case '':
      return ['status'];
    case 'under_investigation':
      return ['status', 'rationale', ...verdicts, 'reviewOn'];
    case 'affected':
      return ['status', 'rationale', 'actionStatement', ...verdicts, 'reviewOn'];
    case 'not_affected':
      return ['status', 'justification', 'rationale', ...verdicts, 'reviewOn'];
    case 'fixed':
      return ['status', 'rationale', ...verdicts];
    default:
      return fields.status satisfies never;
  }
}

/** What is wrong, by field. Verdicts may wait, because somebody else may have to give them; their reason may not. */
export function assessComplaints(fields: AssessFields): ReadonlyMap<AssessField, string> {
  const complaints = new Map<AssessField, string>();
  if (fields.status === '') {
    complaints.set('status', 'Choose a status.');
    return complaints;
  }
  const asked = new Set(askedFields(fields));
  for (const { field, message } of missingForStatus({
    status: fields.status,
    justification: fields.justification || null,
    rationale: fields.rationale,
    actionStatement: fields.actionStatement,
  }))
    complaints.set(field as AssessField, message);
  for (const verdict of ['safety', 'privacy'] as const) {
    const reason = `${verdict}Rationale` as const;
    if (asked.has(reason) && fields[reason].trim() === '')
      complaints.set(reason, 'Say why: a verdict without a reason cannot be checked.');
  }
  if (asked.has('reviewOn') && fields.reviewOn !== '' && !isDay(fields.reviewOn))
    complaints.set('reviewOn', 'Give a day as 2026-11-24.');
  return complaints;
}

/** The body of the assessment: only what the status asks for; what was typed for another status is left out. */
export function assessBody(fields: AssessFields): Record<string, string | null> {
  const body: Record<string, string | null> = {};
  for (const field of askedFields(fields)) {
    const value = fields[field].trim();
    body[field] = value === '' && (field === 'justification' || field === 'reviewOn') ? null : value;
  }
  return body;
}

/** A kept draft as fields; what does not fit any more is dropped, so that an old draft cannot break the form. */
export function fieldsFromDraft(kept: Readonly<Record<string, unknown>>): AssessFields {
  const text = (name: AssessField) => (typeof kept[name] === 'string' ? (kept[name] as string) : '');
  const one = <T extends string>(allowed: readonly T[], name: AssessField): T | undefined =>
    allowed.find((value) => value === kept[name]);
  return {
    status: one(VEX_STATUSES, 'status') ?? '',
    justification: one(JUSTIFICATIONS, 'justification') ?? '',
    rationale: text('rationale'),
    actionStatement: text('actionStatement'),
    safety: one(VERDICTS, 'safety') ?? 'not assessed',
    safetyRationale: text('safetyRationale'),
    privacy: one(VERDICTS, 'privacy') ?? 'not assessed',
    privacyRationale: text('privacyRationale'),
    reviewOn: text('reviewOn'),
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
