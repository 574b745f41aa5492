import { describe, expect, it } from 'vitest';
import type { RulePack } from './evaluate/contract.ts';
import { shippedExamples } from './evaluate/shipped-examples.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';
import { testsOf } from './pack-tests.ts';
import type { KnownPack } from './packs.ts';
import type { RuleExample } from './rule-pack.ts';
import { testedPack } from './run-examples.ts';

const known = (pack: RulePack, examples: readonly RuleExample[], mark: string): KnownPack => ({
  pack,
  examples,
  mark,
  origin: 'own',
  record: null,
  source: '',
  licence: '',
});

const MODEL = {
  title: 'Kiosk',
  elements: [{ id: 'k', title: 'Kiosk', kind: 'process', tags: ['kiosk'] }],
};
const pack: RulePack = {
  ...shippedPack(),
  id: 'house',
  rules: [
    {
      ...shippedPack().rules[0]!,
      id: 'HR-1',
      appliesTo: 'element',
      when: 'e.tag("kiosk")',
      unless: 'e.safety',
    },
  ],
};
const example = (kind: RuleExample['kind'], model: Record<string, unknown> = MODEL): RuleExample => ({
  rule: 'HR-1',
  kind,
  target: 'k',
  model,
});
const other = { ...MODEL, elements: [{ ...MODEL.elements[0], tags: [] }] };

describe('the tests of a pack', () => {
  it.each<[string, readonly RuleExample[], string]>([
    ['none is untested', [], 'untested'],
    ['one of two is half tested', [example('positive')], 'half tested'],
    ['both is tested', [example('positive'), example('negative', other)], 'tested'],
    ['one that says otherwise fails', [example('negative')], 'failing'],
    ['one that holds no model fails', [example('positive', { title: 7 })], 'failing'],
  ])('%s', async (what, examples, tested) => {
    const tests = await testsOf(known(pack, examples, what));

    expect(testedPack(tests)).toBe(tested);
    expect(tests[0]?.failures.length).toBe(tested === 'failing' ? 1 : 0);
  });

  it('hold for every shipped rule', async () => {
    const tests = await testsOf(known(shippedPack(), shippedExamples, 'shipped'));

    expect(tests.filter(({ tested }) => tested !== 'tested')).toEqual([]);
    expect(tests.length).toBe(shippedPack().rules.length);
  });
});
