// Packs of rules as files: the shipped one is sound, others are taken over whole or refused by name and place.
import { describe, expect, it } from 'vitest';
import { compileRules } from './evaluate.ts';
import { joinPacks, readRulePack } from './rule-pack.ts';
import { shippedPack } from './shipped-pack.ts';

describe('the shipped pack', () => {
  const { rules, questions, protocolFacts } = shippedPack();

  it('holds 165 rules in 14 categories and 150 questions', () => {
    expect(rules).toHaveLength(165);
    expect(new Set(rules.map(({ category }) => category)).size).toBe(14);
    expect(Object.keys(questions)).toHaveLength(150);
  });

  it('passes all checks that packs of others have to pass', () => {
    expect(readRulePack(structuredClone(shippedPack()))).toEqual(shippedPack());
    expect(compileRules(shippedPack()).problems).toEqual([]);
  });

  it('names only rules and questions that it has, and asks each question', () => {
    const ids = new Set(rules.map(({ id }) => id));
    const conditions = rules.map(({ when, unless }) => `${when} ${unless}`).join(' ');
    const missing = rules.flatMap(({ id, supersedes }) =>
      (supersedes ?? []).filter((other) => !ids.has(other)).map((other) => `${id}: ${other}`),
    );

    expect(missing).toEqual([]);
    expect(Object.keys(questions).filter((key) => !conditions.includes(`"${key}"`))).toEqual([]);
    expect(
      Object.values(protocolFacts)
        .flatMap(Object.keys)
        .filter((key) => !(key in questions)),
    ).toEqual([]);
  });

  it('refers by ids only', () => {
    const references = rules.map((rule) => rule.references);

    for (const { cwe, capec, attackIcs, emb3d } of references) {
      for (const id of cwe) expect(id).toMatch(/^CWE-\d+$/);
      for (const id of capec) expect(id).toMatch(/^CAPEC-\d+$/);
      for (const id of attackIcs) expect(id).toMatch(/^T\d{4}$/);
      for (const id of emb3d) expect(id).toMatch(/^TID-\d{3}$/);
    }
  });

  it('says each threat of the thing that it is about', () => {
    const letters = {
      element: 'e',
      actor: 'e',
      external: 'e',
      flow: 'f',
      zone: 'z',
      interface: 'i',
      function: 's',
    };
    const wrong = rules.filter(({ statement, appliesTo }) =>
      [...statement.matchAll(/\{(\w+)\}/g)].some((found) => found[1] !== letters[appliesTo]),
    );

    expect(wrong.map(({ id }) => id)).toEqual([]);
  });
});

describe('a pack of others', () => {
  it('is taken over whole', () => {
    expect(readRulePack(packWith({})).rules).toHaveLength(2);
  });

  it.each([
    ['e.nope', 'when', /no field nope/],
    ['e.constructor == 1', 'when', /no field constructor/],
    ['e.yes("house.locked")', 'unless', /no question house\.locked/],
    [Array(251).fill('true').join(' && '), 'when', /maxAstNodes/],
  ])('T28: is refused whole for %s', (condition, place, words) => {
    expect(refusalOf(packWith({ [place]: condition }))).toMatchObject({
      code: 'rules.refused',
      at: `OWN-2 ${place}`,
      message: expect.stringMatching(new RegExp(`^Rule OWN-2, ${place}: .*${words.source}`)),
      detail: { problems: [{ rule: 'OWN-2', place }] },
    });
  });

  it('is refused where two of its rules have one id', () => {
    expect(refusalOf(packWith({ id: 'OWN-1' }))).toMatchObject({ code: 'rules.refused', at: 'OWN-1 rule' });
  });

  it.each([
    ['no object', null, '$'],
    ['no version', { ...packWith({}), version: undefined }, '$.version'],
    ['a rule without a condition', packWith({ when: '' }), '$.rules[1].when'],
    ['a condition of 4,001 characters', packWith({ when: ' '.repeat(4_001) }), '$.rules[1].when'],
    ['an exploitability of 6', packWith({ exploitability: 6 }), '$.rules[1].exploitability'],
    ['a target that there is not', packWith({ appliesTo: 'planet' }), '$.rules[1].appliesTo'],
    ['2,001 rules', { ...packWith({}), rules: Array(2_001).fill(packWith({}).rules[0]) }, '$.rules'],
    ['a protocol in capitals', { ...packWith({}), protocolFacts: { TLS: {} } }, '$.protocolFacts.TLS'],
  ])('is refused for its shape: %s', (_, value, at) => {
    expect(refusalOf(value)).toMatchObject({ code: 'rules.wrong-shape', at });
  });

  it('is evaluated beside the shipped one, whose questions stand', () => {
    const value = packWith({ unless: 'e.yes("os.supported")' });
    const questions = { ...value.questions, 'os.hardened': { appliesTo: 'element', text: 'Mine?' } };

    const own = readRulePack({ ...value, questions }, [shippedPack()]);
    const joined = joinPacks([shippedPack(), own]);

    expect(joined.rules).toHaveLength(167);
    expect(joined.questions['os.hardened']).toEqual(shippedPack().questions['os.hardened']);
    expect(compileRules(joined).problems).toEqual([]);
  });
});

function refusalOf(value: unknown): unknown {
  try {
    readRulePack(value);
  } catch (error) {
    return error;
  }
  return null;
}

function packWith(change: object) {
  const first = {
    id: 'OWN-1',
    version: 1,
    title: 'Own rule',
    statement: '{e} is threatened.',
    appliesTo: 'element',
    when: 'e.safety',
    unless: 'e.yes("own.question")',
    exploitability: 3,
    safetyRelevance: 'direct',
  };
  return {
    id: 'own',
    title: 'Own rules',
    version: '1',
    rules: [first, { ...first, id: 'OWN-2', ...change }],
    questions: { 'own.question': { appliesTo: 'element', text: 'Is it so?' } },
  };
}
