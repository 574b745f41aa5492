// What moved under results and decisions: named, and nothing else.
import { describe, expect, it } from 'vitest';
import type { PairResult, UsedFact } from './evaluate/contract.ts';
import { changeWords, comparePremises, differenceOf, premisesOf, staleReasons } from './premises.ts';

const fact = (name: string, value: string, origin: UsedFact['origin'] = 'model', target = 'e'): UsedFact => ({
  target,
  fact: name,
  value,
  origin,
});
const result = (given: Partial<PairResult> = {}): PairResult => ({
  rule: 'R-1',
  ruleVersion: 1,
  target: 'e',
  state: 'raised',
  questions: [],
  facts: [fact('crosses', 'true'), fact('answer a.b', 'no', 'answered')],
  mergedInto: null,
  ...given,
});
const pair = (given: Partial<PairResult> = {}) => {
  const one = result(given);
  return { rule: one.rule, target: one.target, ...premisesOf(one) };
};
const nothing = () => null;
const titleOf = (id: string) => (id === 'e' ? 'Console' : id);

describe('premises', () => {
  it('are the same in another order of reading', () => {
    const now = result({ facts: [...result().facts].reverse() });

    expect(comparePremises(premisesOf(result()), premisesOf(now))).toEqual([]);
  });

  it('are the same whoever gave the same answer', () => {
    const now = result({ facts: [fact('crosses', 'true'), fact('answer a.b', 'no', 'zone default')] });

    expect(comparePremises(premisesOf(result()), premisesOf(now))).toEqual([]);
  });

  it.each<[string, Partial<PairResult>, readonly string[]]>([
    [
      'an answer',
      { state: 'answered', facts: [fact('crosses', 'true'), fact('answer a.b', 'yes', 'answered')] },
      ['answer a.b of Console: no → yes', 'result: raised → answered'],
    ],
    ['the rule', { ruleVersion: 2 }, ['rule version: 1 → 2']],
    [
      'an answer that was taken away',
      { state: 'open', facts: [fact('crosses', 'true')] },
      ['answer a.b of Console: no → not answered', 'result: raised → open'],
    ],
    ['what it is merged into', { mergedInto: 'R-2' }, ['merged into: not there → R-2']],
    [
      'a property',
      { facts: [fact('crosses', 'false'), fact('answer a.b', 'no', 'answered')] },
      ['crosses of Console: true → false'],
    ],
  ])('name what moved: %s', (_what, now, words) => {
    const changes = comparePremises(premisesOf(result()), premisesOf(result(now)));

    expect(changes.map((change) => changeWords(change, titleOf))).toEqual(words);
  });
});

describe('the difference', () => {
  it('is empty where everything was accepted', () => {
    expect(differenceOf([pair()], { results: [result()] }, nothing).items).toEqual([]);
  });

  it('tells new, gone and changed, and why what is gone is gone', () => {
    const accepted = [pair(), pair({ target: 'old' }), pair({ rule: 'R-3' })];
    const results = [result({ state: 'answered' }), result({ rule: 'R-2' }), result({ rule: 'R-3' })];

    const { items, counts } = differenceOf(accepted, { results }, ({ fact: name }) =>
      name === 'crosses' ? 'false' : 'no',
    );

    expect(counts).toEqual({ new: 1, gone: 1, changed: 1 });
    expect(items.map(({ rule, target, change }) => [rule, target, change])).toEqual([
      ['R-1', 'e', 'changed'],
      ['R-2', 'e', 'new'],
      ['R-1', 'old', 'gone'],
    ]);
    expect(items[2]?.because).toEqual([{ target: 'e', fact: 'crosses', before: 'true', now: 'false' }]);
  });
});

describe('a decision', () => {
  it('stands while its premises stand, and also when its threat is merged into another', () => {
    const merged = premisesOf(result({ mergedInto: 'R-2' }));

    expect(staleReasons(premisesOf(result()), premisesOf(result()), titleOf, nothing)).toEqual([]);
    expect(staleReasons(premisesOf(result()), merged, titleOf, nothing)).toEqual([]);
  });

  it('says which premise is gone where the rule does not apply any more', () => {
    const reasons = staleReasons(premisesOf(result()), null, titleOf, ({ fact: name }) =>
      name === 'crosses' ? 'false' : 'no',
    );

    expect(reasons).toEqual([
      'crosses of Console: true → false',
      'The rule does not apply at this place any more.',
    ]);
  });
});
