// The questions of a model, by what they decide; on the laser of the catalogue the figures that its authors measured.
import { describe, expect, it } from 'vitest';
import type { PairResult } from './evaluate/contract.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { SHARED_RULES, sharedModel } from './evaluate/laser.fixture.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';
import { ModelPlaces } from './model-places.ts';
import { questionsOf, quickestKeys } from './open-questions.ts';

const open = (...keys: string[]): PairResult => ({
  rule: 'R',
  ruleVersion: 1,
  target: 'e',
  state: 'open',
  questions: keys.map((key) => ({ target: 'e', key })),
  facts: [],
  mergedInto: null,
});

describe('the quickest keys', () => {
  it('are those that settle most, and a result is settled only by all that it asks', () => {
    const results = [open('a'), open('a'), open('b', 'c'), open('d')];

    expect(quickestKeys({ results }, 1)).toEqual({ keys: ['a'], settles: 2 });
    expect(quickestKeys({ results }, 2)).toEqual({ keys: ['a', 'd'], settles: 3 });
    expect(quickestKeys({ results }, 10)).toEqual({ keys: ['a', 'd', 'b', 'c'], settles: 4 });
    expect(quickestKeys({ results: [] }, 10)).toEqual({ keys: [], settles: 0 });
  });
});

describe.skipIf(SHARED_RULES === undefined)('the laser (skipped without the shared files)', () => {
  const model = SHARED_RULES === undefined ? undefined : sharedModel('laser-model.json');
  const pack = shippedPack();
  const view = () => questionsOf(model!, pack, compileRules(pack).evaluate(model!), new ModelPlaces(model!));

  it('has 252 open questions for 247 open results, worst first', () => {
    const { questions, open: count, openResults } = view();

    expect(count).toBe(252);
    expect(openResults).toBe(247);
    const first = questions.filter(({ value }) => value === null);
    expect(first.map(({ decides }) => decides)).toEqual(
      first.map(({ decides }) => decides).sort((a, b) => b - a),
    );
    expect(questions.slice(0, count).every(({ value }) => value === null)).toBe(true);
  });

  it('is settled for the most part by twenty keys', () => {
    const { quickest } = view();

    expect(quickest.keys).toHaveLength(20);
    expect(quickest.settles).toBeGreaterThanOrEqual(108);
  });

  it('says where each answer comes from', () => {
    const { questions } = view();
    const origins = new Set(questions.map(({ origin }) => origin));

    expect([...origins].sort()).toEqual(['answered', 'protocol', 'zone default', null].sort());
    expect(questions.filter(({ severity }) => severity > 0).length).toBeGreaterThan(50);
  });
});
