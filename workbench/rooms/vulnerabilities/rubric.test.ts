import { describe, expect, it } from 'vitest';
import data from '../../../regulation/cvss-medical-rubric.json' with { type: 'json' };
import { score } from '../../knowledge/cvss.ts';
import type { RubricAnswers } from './rubric.ts';
import {
  answersOfProduct,
  askedFacts,
  askedQuestions,
  asksForHarm,
  baseVectors,
  contextScore,
  judgeMetrics,
  keptAnswers,
  modifiedMetrics,
  strayAnswers,
} from './rubric.ts';

const BASE = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const BASE4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
const verdict = (metric: string, answers: RubricAnswers) =>
  judgeMetrics(answers).find((found) => found.metric === metric)!;
const all = (part: string, answer: 'H' | 'L' | 'N') =>
  Object.fromEntries([...'PDTWSO'].map((area) => [`X${part}${area}`, answer]));

describe('the questions', () => {
  it('are asked when the answers before them make sense of them', () => {
    const ids = (answers: RubricAnswers) => askedQuestions(answers).map(({ id }) => id);

    expect(ids({})).toContain('XAVN');
    expect(ids({})).not.toContain('XAVT');
    expect(ids({ XAVN: 'Y' })).toContain('XAVT');
    expect(ids({ XAVN: 'N' })).toContain('XAVP');
    expect(ids({ XAVN: 'U' })).not.toContain('XAVT');
    expect(ids({ XCP: 'L' })).toContain('XCPM');
  });

  it('lose the answers that an earlier one makes moot', () => {
    expect(strayAnswers({ XAVN: 'N', XAVT: 'Y', XAVW: 'Y' })).toEqual(['XAVT', 'XAVW']);
    expect(keptAnswers({ XAVN: 'Y', XAVT: 'Y', XAVW: 'Y', XAVR: 'Y' })).toEqual({ XAVN: 'Y', XAVT: 'Y' });
    expect(strayAnswers({ XIT: 'Y', nothing: 'Y' })).toEqual(['XIT', 'nothing']);
  });
});

describe('a metric', () => {
  it.each(['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A'])(
    '%s stays at X while nothing is answered',
    (metric) => {
      const found = verdict(metric, {});

      expect(found.value).toBeNull();
      expect(found.open.length).toBeGreaterThan(0);
    },
  );

  it.each<[string, RubricAnswers, string | null, readonly string[]]>([
    ['AV', { XAVN: 'Y', XAVT: 'Y' }, 'N', []],
    ['AV', { XAVN: 'Y' }, null, ['XAVT']],
    // Whatever the last questions are answered, it is an adjacent network.
    ['AV', { XAVN: 'Y', XAVT: 'N' }, 'A', []],
    ['AV', { XAVN: 'N' }, null, ['XAVP']],
    ['AV', { XAVN: 'N', XAVP: 'N' }, 'L', []],
    ['AV', { XAVN: 'N', XAVP: 'Y' }, 'P', []],
    ['AC', { XACL: 'N' }, 'H', []],
    ['PR', { XPRL: 'N' }, 'N', []],
    ['PR', { XPRL: 'Y', XPRZ: 'N' }, 'N', []],
    ['PR', { XPRL: 'Y', XPRZ: 'Y', XPRS: 'N' }, 'L', []],
    ['PR', { XPRL: 'Y', XPRZ: 'Y', XPRS: 'Y' }, 'H', []],
    ['PR', { XPRL: 'Y', XPRZ: 'Y' }, null, ['XPRS']],
    ['UI', { XUI: 'Y' }, 'R', []],
    ['S', { XS: 'N' }, 'U', []],
  ])('%s from %j is %s', (metric, answers, value, open) => {
    expect(verdict(metric, answers)).toMatchObject({ value, open });
  });

  it('takes the worse value where the answer is "not known", and says what is to be found out', () => {
    for (const { metric, unknown } of data.decisions.filter((decision) => 'rules' in decision)) {
      const first = data.questions.find((question) => question.metric === metric)!.id;

      expect(verdict(metric, { [first]: 'U' })).toMatchObject({ value: unknown, unknown: [first] });
    }
    // Not worse than what is still possible: no network reaches it.
    expect(verdict('AV', { XAVN: 'N', XAVP: 'U' })).toMatchObject({ value: 'L', unknown: ['XAVP'] });
  });

  it('of impact is the highest over the areas', () => {
    expect(verdict('I', { ...all('I', 'N'), XIW: 'L' })).toMatchObject({ value: 'L', by: ['XIW'] });
    expect(verdict('A', { XAT: 'H' })).toMatchObject({ value: 'H', by: ['XAT'], open: [] });
    expect(verdict('C', all('C', 'N')).value).toBe('N');
  });

  it('of impact never takes an area without an answer for none', () => {
    const { XIO: _, ...five } = all('I', 'N');

    expect(verdict('I', five)).toMatchObject({ value: null, open: ['XIO'] });
    expect(verdict('I', { ...five, XIO: 'U' })).toMatchObject({ value: 'H', unknown: ['XIO'] });
  });

  it('of confidentiality is high when few data of each of many persons leak', () => {
    const low = { ...all('C', 'N'), XCP: 'L' } as RubricAnswers;

    expect(verdict('C', low)).toMatchObject({ value: null, open: ['XCPM'] });
    expect(verdict('C', { ...low, XCPM: 'Y' })).toMatchObject({ value: 'H', by: ['XCP', 'XCPM'] });
    expect(verdict('C', { ...low, XCPM: 'N' })).toMatchObject({ value: 'L' });
    expect(verdict('C', { ...low, XCPM: 'U' })).toMatchObject({ value: 'H', unknown: ['XCPM'] });
  });
});

describe('the score in context', () => {
  const local: RubricAnswers = { XAVN: 'N', XAVP: 'Y', XACL: 'Y' };

  it('changes only the metrics that are decided', () => {
    const found = contextScore('3.1', BASE, local, 'not assessed');

    expect(found).toEqual({ version: '3.1', base: BASE, vector: `${BASE}/MAV:P/MAC:L`, score: 6.8 });
    expect(score(BASE)?.base).toBe(9.8);
  });

  it('says which answer set which metric', () => {
    expect(modifiedMetrics('3.1', local, 'not assessed')).toEqual([
      ['MAV', 'P', ['XAVN', 'XAVP']],
      ['MAC', 'L', ['XACL']],
    ]);
  });

  it('is none without an answer, without a base vector, and with one of another version', () => {
    expect(contextScore('3.1', BASE, {}, 'none')).toBeNull();
    expect(contextScore('3.1', null, local, 'none')).toBeNull();
    expect(contextScore('3.1', BASE4, local, 'none')).toBeNull();
    expect(contextScore('4.0', BASE, local, 'none')).toBeNull();
    expect(contextScore('3.1', 'CVSS:3.1/rubbish', local, 'none')).toBeNull();
  });

  it('takes a vector of 3.0 as one of 3.1, and leaves out what the source says of threats and its own environment', () => {
    const stated = 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/MAV:L';

    expect(contextScore('3.1', stated, { XUI: 'Y' }, 'none')?.vector).toBe(`${BASE}/MUI:R`);
  });

  it('is made of the answers alone when they decide every metric', () => {
    const answers = {
      ...{ XAVN: 'N', XAVP: 'N', XACL: 'N', XPRL: 'N', XUI: 'N', XS: 'N' },
      ...all('C', 'N'),
      ...all('I', 'L'),
      ...all('A', 'H'),
    } as RubricAnswers;

    expect(contextScore('3.1', null, answers, 'none')).toMatchObject({
      base: null,
      vector: expect.stringMatching(/^CVSS:3\.1\/AV:L\/AC:H\/PR:N\/UI:N\/S:U\/C:N\/I:L\/A:H\/MAV:L/),
    });
  });

  it('of 4.0 leaves to the source what the rubric does not tell apart', () => {
    const metrics = (answers: RubricAnswers, safety: 'none' | 'possible' = 'none') =>
      modifiedMetrics('4.0', answers, safety).map(([metric, value]) => `${metric}:${value}`);

    expect(metrics({ XACL: 'N' })).toEqual(['MAT:P']);
    expect(metrics({ XUI: 'Y' })).toEqual([]);
    expect(metrics({ XUI: 'N' })).toEqual(['MUI:N']);
    expect(metrics({ XS: 'N' })).toEqual(['MSC:N', 'MSI:N', 'MSA:N']);
    expect(metrics({ XS: 'Y' })).toEqual([]);
    expect(metrics({ XS: 'N', XIT: 'H' }, 'possible')).toEqual(['MSC:N', 'MSA:N', 'MVI:H', 'MSI:S']);
    expect(contextScore('4.0', BASE4, { XAVN: 'N', XAVP: 'Y' }, 'none')).toMatchObject({
      vector: `${BASE4}/MAV:P`,
    });
  });

  it('starts from the highest vector of each version, 3.1 before 3.0', () => {
    const low = 'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N';
    const old = 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    const of = (...vectors: string[]) => baseVectors(vectors.map((vector) => ({ vector })));

    expect(of(old, low)).toEqual({ '3.1': low, '4.0': null });
    expect(of(low, BASE, BASE4)).toEqual({ '3.1': BASE, '4.0': BASE4 });
    expect(of(old, 'AV:N/AC:L/Au:N/C:P/I:P/A:P', 'rubbish')).toEqual({ '3.1': old, '4.0': null });
  });
});

describe('what holds for the product', () => {
  it('answers how it is reached, and that an area it does not have cannot be hurt', () => {
    expect(answersOfProduct({ XAVN: 'yes', XAVT: 'no', 'area-phi': 'no' })).toEqual({
      XAVN: 'Y',
      XAVT: 'N',
      XCP: 'N',
      XIP: 'N',
      XAP: 'N',
    });
  });

  it('says nothing of a flaw where the product has the area', () => {
    expect(answersOfProduct({ 'area-therapy': 'yes' })).toEqual({});
  });

  it('leaves out what is not asked', () => {
    expect(askedFacts({}).map(({ id }) => id)).not.toContain('XAVT');
    expect(answersOfProduct({ XAVN: 'no', XAVT: 'yes' })).toEqual({ XAVN: 'N' });
  });
});

it('asks for a harm where therapy or diagnosis can be badly changed or lost', () => {
  expect(asksForHarm({ XIT: 'H' })).toBe(true);
  expect(asksForHarm({ XAD: 'H' })).toBe(true);
  expect(asksForHarm({ XIT: 'L', XCT: 'H', XIW: 'H' })).toBe(false);
});
