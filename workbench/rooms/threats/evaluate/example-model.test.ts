// The model of the example that Ward ships: nothing is raised that its answers rule out, and nothing because nobody answered.
import { describe, expect, it } from 'vitest';
import data from '../../../../example/risks.json' with { type: 'json' };
import { SystemModel } from '../../system/index.ts';
import { compileRules } from './evaluate.ts';
import { shippedPack } from './shipped-pack.ts';

const body = data.records.find(({ kind }) => kind === 'system-model')?.body;
const model = SystemModel.parse(body);
const { results, counts, problems } = compileRules(shippedPack()).evaluate(model);

describe('the model of the example', () => {
  it('is judged by all rules', () => {
    expect(problems).toEqual([]);
    expect(counts.answered).toBeGreaterThan(20);
    expect(counts.raised).toBeGreaterThan(0);
    expect(counts.open).toBeGreaterThan(100);
  });

  it('raises a threat only where somebody, or a protocol, said no', () => {
    const raised = results.filter(({ state }) => state === 'raised');
    const withoutNo = raised.filter(
      ({ facts }) => !facts.some(({ fact, value }) => fact.startsWith('answer ') && value === 'no'),
    );

    expect(withoutNo).toEqual([]);
  });

  it('answers each rule whose one question was answered yes', () => {
    const objects = [
      ...model.zones,
      ...model.elements,
      ...model.interfaces,
      ...model.flows,
      ...model.safetyFunctions,
    ];
    const answers = new Map(objects.map((object) => [object.id, object.answers]));
    const key = new Map(
      shippedPack().rules.map(({ id, unless }) => [id, /^[efzis]\.yes\("([^"]+)"\)$/.exec(unless)?.[1]]),
    );

    const ruledOut = results.filter(
      ({ rule, target }) => answers.get(target)?.[key.get(rule) ?? '']?.value === 'yes',
    );

    expect(ruledOut.length).toBeGreaterThan(10);
    expect(ruledOut.filter(({ state }) => state !== 'answered')).toEqual([]);
  });

  it('asks in words what nobody answered', () => {
    const asked = results.flatMap(({ questions }) => questions.map(({ key }) => key));

    expect(new Set(asked).size).toBeGreaterThan(50);
    for (const { key } of results.flatMap(({ questions }) => questions))
      expect(shippedPack().questions[key]?.text).toMatch(/\?$/);
  });
});
