// The scores of an assessment over a real database: worked out again from their answers, kept, and refused when they differ.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { createRecord, editRecord, makeTransition } from '../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { decidedScore } from '../workbench/rooms/vulnerabilities/decided-score.ts';
import {
  contextScore,
  RUBRIC_EDITION,
  type RubricAnswers,
} from '../workbench/rooms/vulnerabilities/rubric.ts';
import { makeProduct, PASSWORD, type TestWard, testWard } from './setup/test-ward.ts';

let ward: TestWard;
let lead: Principal;
let approver: Principal;
let product: WardRecord;

beforeAll(async () => {
  ward = await testWard();
  lead = await ward.person('Lea Lead', ['security-lead']);
  approver = await ward.person('Sam Safety', ['safety-risk-manager']);
  await ward.people.setPassword(approver.personId as string, PASSWORD);
  product = await makeProduct(ward);
});
afterAll(() => ward.close());

const BASE = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const LOCAL: RubricAnswers = { XAVN: 'N', XAVP: 'Y' };

function environment(answers: RubricAnswers = LOCAL) {
  const made = contextScore('3.1', BASE, answers, 'none');
  return { rubric: RUBRIC_EDITION, answers, scores: made ? [made] : [] };
}
const body = (change: Record<string, unknown> = {}) => ({
  title: 'A flaw: assessment',
  status: 'not_affected',
  rationale: 'Never called.',
  safety: 'none',
  safetyRationale: 'No path to emission.',
  privacy: 'none',
  privacyRationale: 'No personal data.',
  ...change,
});

async function assess(change: Record<string, unknown> = {}): Promise<WardRecord> {
  const finding = await createRecord(ward.records, lead, {
    kind: 'finding',
    productId: product.id,
    body: { title: 'A flaw that a person found' },
  });
  return createRecord(ward.records, lead, {
    kind: 'assessment',
    productId: product.id,
    body: body(change) as never,
    links: [{ type: 'judges', to: finding.id }],
  });
}
const approve = (record: WardRecord) =>
  makeTransition(ward.records, approver, record.key, {
    seenRevision: record.revision,
    transition: 'approve',
    reason: null,
    credential: { password: PASSWORD },
  });
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('a score in the device', () => {
  it('is kept with its answers, and stands in lists once it is approved', async () => {
    const record = await assess({ environment: environment() });

    expect(record.body.environment).toMatchObject({ answers: LOCAL, scores: [{ score: 6.8 }] });
    expect(decidedScore(record.state, record.body)).toBeNull();
    const approved = await approve(record);
    expect(decidedScore(approved.state, approved.body)).toMatchObject({ version: '3.1', score: 6.8 });
  });

  it.each([
    ['a lower number', { score: 1.2 }],
    ['another vector', { vector: `${BASE}/MAV:L` }],
    ['another base', { base: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N' }],
    ['another version', { version: '4.0' }],
    ['no base', { base: null }],
  ])('is refused with %s than its answers give', async (_, change) => {
    const made = environment();
    const scores = [{ ...made.scores[0], ...change }];

    expect(await code(assess({ environment: { ...made, scores } }))).toBe('assessment.score-differs');
  });

  it('is refused twice for one version, and for other questions than there are', async () => {
    const made = environment();

    expect(await code(assess({ environment: { ...made, scores: [...made.scores, ...made.scores] } }))).toBe(
      'assessment.score-differs',
    );
    expect(await code(assess({ environment: { ...made, rubric: 'another@1' } }))).toBe(
      'assessment.score-differs',
    );
  });

  it('is refused with answers that are not asked', async () => {
    const answers = { ...LOCAL, XAVT: 'Y' } as RubricAnswers;

    expect(await code(assess({ environment: { ...environment(), answers } }))).toBe(
      'assessment.answer-unknown',
    );
    expect(await code(assess({ environment: { ...environment(), answers: { ...LOCAL, XNO: 'Y' } } }))).toBe(
      'assessment.answer-unknown',
    );
  });

  it('is worked out again when the assessment is edited', async () => {
    const record = await assess({ environment: environment() });
    const edit = (change: Record<string, unknown>) =>
      editRecord(ward.records, lead, record.key, {
        seenRevision: 1,
        body: { ...record.body, ...change } as never,
        reason: 'Looked again.',
      });

    expect(await code(edit({ environment: { ...environment(), answers: { XAVN: 'N', XAVP: 'N' } } }))).toBe(
      'assessment.score-differs',
    );
    expect(await code(edit({ environment: environment({ XAVN: 'N', XAVP: 'N' }) }))).toBe('done');
  });

  it('needs a word about the harm before anyone approves a grave one', async () => {
    const grave = environment({ XIT: 'H' });
    const silent = await assess({ environment: grave, safety: 'none', safetyRationale: '' });

    expect(await code(approve(silent))).toBe('assessment.harm-not-named');
    expect(await code(approve(await assess({ environment: grave })))).toBe('done');
  });

  it('may be left out, as in every assessment before there were scores', async () => {
    const record = await assess();

    expect(record.body).toMatchObject({ reach: 'not answered' });
    expect(record.body.environment ?? null).toBeNull();
    expect(await code(approve(record))).toBe('done');
  });
});

describe('an outcome of SSVC', () => {
  const points = { E: 'A', EXP: 'O', A: 'Y', SI: 'R', MI: 'MSC' };

  it.each([
    ['that follows', { tree: 'deployer', points, outcome: 'I' }, 'done'],
    ['that is open while points are', { tree: 'deployer', points: { E: 'A' }, outcome: null }, 'done'],
    ['that is milder', { tree: 'deployer', points, outcome: 'D' }, 'assessment.score-differs'],
    [
      'that is said too early',
      { tree: 'deployer', points: { E: 'A' }, outcome: 'O' },
      'assessment.score-differs',
    ],
    ['of points of another tree', { tree: 'supplier', points, outcome: null }, 'assessment.answer-unknown'],
  ])('%s', async (_, ssvc, expected) => {
    expect(await code(assess({ ssvc }))).toBe(expected);
  });
});

it('facts of the product are part of its record', async () => {
  const edited = await editRecord(ward.records, lead, product.key, {
    seenRevision: product.revision,
    body: { ...product.body, securityFacts: { XAVN: 'no', 'area-phi': 'no' } } as never,
    reason: null,
  });

  expect(edited.body.securityFacts).toEqual({ XAVN: 'no', 'area-phi': 'no' });
});
