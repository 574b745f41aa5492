// What the form of an assessment asks for each status, what is missing, and the body that is sent. Pure.

import type { Justification, VexStatus } from '../model.ts';
import { JUSTIFICATIONS, missingForStatus, REACH, RUBRIC_ANSWERS, VERDICTS, VEX_STATUSES } from '../model.ts';
import type { RubricAnswer, RubricAnswers } from '../rubric.ts';
import { contextScore, keptAnswers, RUBRIC_EDITION } from '../rubric.ts';
import type { SsvcAnswers, SsvcTreeId } from '../ssvc.ts';
import { SSVC_TREES, strayPoints, walkTree } from '../ssvc.ts';

export type Verdict = (typeof VERDICTS)[number];
export type Reach = (typeof REACH)[number];

export interface AssessFields {
  readonly status: VexStatus | '';
  readonly justification: Justification | '';
  readonly rationale: string;
  readonly actionStatement: string;
  readonly safety: Verdict;
  readonly safetyRationale: string;
  readonly privacy: Verdict;
  readonly privacyRationale: string;
  readonly reach: Reach;
  readonly reachRationale: string;
  readonly reviewOn: string;
  /** Answers that a person gave here; those of the product come before them. */
  readonly answers: RubricAnswers;
  readonly tree: SsvcTreeId;
  readonly points: SsvcAnswers;
}
/** Fields of one text or choice; answers and points are many. */
export type AssessField = Exclude<keyof AssessFields, 'answers' | 'tree' | 'points'>;

export const EMPTY: AssessFields = {
  status: '',
  justification: '',
  rationale: '',
  actionStatement: '',
  safety: 'not assessed',
  safetyRationale: '',
  privacy: 'not assessed',
  privacyRationale: '',
  reach: 'not answered',
  reachRationale: '',
  reviewOn: '',
  answers: {},
  // A maker of devices is the supplier of the fix.
  tree: 'supplier',
  points: {},
};

const VERDICT_FIELDS: readonly AssessField[] = [
  'safety',
  'safetyRationale',
  'privacy',
  'privacyRationale',
  'reach',
  'reachRationale',
];

/** Fields that the status asks for, in their order; before a status is chosen there is nothing else to say. */
export function askedFields(
  fields: Pick<AssessFields, 'status' | 'safety' | 'privacy' | 'reach'>,
): readonly AssessField[] {
  const verdicts = VERDICT_FIELDS.filter(
    (field) =>
      (field !== 'safetyRationale' || fields.safety !== 'not assessed') &&
      (field !== 'privacyRationale' || fields.privacy !== 'not assessed') &&
      (field !== 'reachRationale' || fields.reach !== 'not answered'),
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
  if (asked.has('reachRationale') && fields.reachRationale.trim() === '')
    complaints.set('reachRationale', 'Say why: name the way, or what stands in it.');
  if (asked.has('reviewOn') && fields.reviewOn !== '' && !isDay(fields.reviewOn))
    complaints.set('reviewOn', 'Give a day as 2026-11-24.');
  return complaints;
}

/** Answers that count: a person's, and before them those that hold for the product; without what became moot. */
export function countedAnswers(
  fields: Pick<AssessFields, 'answers'>,
  ofProduct: RubricAnswers,
): RubricAnswers {
  return keptAnswers({ ...ofProduct, ...fields.answers });
}

/** Base vectors of the sources, from which the score in the device starts. */
export type Bases = Readonly<Record<'3.1' | '4.0', string | null>>;

/**
 * The body of the assessment: only what the status asks for; what was typed for another status is left out. Scores and
 * outcome follow from the answers, as the server will work them out again.
 */
export function assessBody(
  fields: AssessFields,
  ofProduct: RubricAnswers = {},
  bases: Bases = { '3.1': null, '4.0': null },
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of askedFields(fields)) {
    const value = fields[field].trim();
    body[field] = value === '' && (field === 'justification' || field === 'reviewOn') ? null : value;
  }
  const answers = countedAnswers(fields, ofProduct);
  if (Object.keys(answers).length > 0) {
    const scores = (['3.1', '4.0'] as const)
      .map((version) => contextScore(version, bases[version], answers, fields.safety))
      .filter((found) => found !== null);
    body.environment = { rubric: RUBRIC_EDITION, answers, scores };
  }
  const points = treePoints(fields);
  if (Object.keys(points).length > 0)
    body.ssvc = { tree: fields.tree, points, outcome: walkTree(fields.tree, points).outcome };
  return body;
}

/** Points of the chosen tree; what was answered in another one is kept for it and left out here. */
export function treePoints({ tree, points }: Pick<AssessFields, 'tree' | 'points'>): SsvcAnswers {
  const stray = strayPoints(tree, points);
  return Object.fromEntries(Object.entries(points).filter(([id]) => !stray.includes(id)));
}

/** A kept draft, or the body of an assessment, as fields; what does not fit any more is dropped and breaks nothing. */
export function fieldsFromDraft(kept: Readonly<Record<string, unknown>>): AssessFields {
  const text = (name: AssessField) => (typeof kept[name] === 'string' ? (kept[name] as string) : '');
  const one = <T extends string>(allowed: readonly T[], name: string, from = kept): T | undefined =>
    allowed.find((value) => value === from[name]);
  const environment = objectOf(kept.environment);
  const ssvc = objectOf(kept.ssvc);
  const tree = one(SSVC_TREES, 'tree') ?? one(SSVC_TREES, 'tree', ssvc) ?? EMPTY.tree;
  return {
    status: one(VEX_STATUSES, 'status') ?? '',
    justification: one(JUSTIFICATIONS, 'justification') ?? '',
    rationale: text('rationale'),
    actionStatement: text('actionStatement'),
    safety: one(VERDICTS, 'safety') ?? 'not assessed',
    safetyRationale: text('safetyRationale'),
    privacy: one(VERDICTS, 'privacy') ?? 'not assessed',
    privacyRationale: text('privacyRationale'),
    reach: one(REACH, 'reach') ?? 'not answered',
    reachRationale: text('reachRationale'),
    reviewOn: text('reviewOn'),
    answers: keptAnswers(rubricAnswers(kept.answers ?? environment.answers)),
    tree,
    points: treePoints({ tree, points: texts(kept.points ?? ssvc.points) }),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function rubricAnswers(value: unknown): RubricAnswers {
  return Object.fromEntries(
    Object.entries(texts(value)).filter((entry): entry is [string, RubricAnswer] =>
      (RUBRIC_ANSWERS as readonly string[]).includes(entry[1]),
    ),
  );
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
