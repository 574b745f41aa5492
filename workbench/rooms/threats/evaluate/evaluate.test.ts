// What an evaluation promises, on random models: deterministic, independent of order, incremental, explained.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SystemModel } from '../../system/index.ts';
import type { Evaluation, RulePack, ThreatRule } from './contract.ts';
import { compileRules } from './evaluate.ts';
import { changedModel, randomModel, shuffledModel } from './random-model.fixture.ts';
import { shippedPack } from './shipped-pack.ts';

const evaluator = compileRules(shippedPack());
const keys = Object.keys(shippedPack().questions);

describe('an evaluation', () => {
  it('is the same when it is made again, also by rules compiled anew', () => {
    fc.assert(
      fc.property(randomModel, (model) => {
        const once = evaluator.evaluate(model);

        expect(evaluator.evaluate(structuredClone(model))).toEqual(once);
      }),
      { numRuns: 20 },
    );
    const [model] = fc.sample(randomModel, { numRuns: 1, seed: 7 }) as [SystemModel];
    expect(compileRules(shippedPack()).evaluate(model)).toEqual(evaluator.evaluate(model));
  });

  it('does not hang on the order of the objects', () => {
    fc.assert(
      fc.property(shuffledModel, ([model, shuffled]) => {
        const [one, other] = [evaluator.evaluate(model), evaluator.evaluate(shuffled)];

        expect(other.counts).toEqual(one.counts);
        expect(sorted(other)).toEqual(sorted(one));
      }),
      { numRuns: 40 },
    );
  });

  it('says after a change what a whole evaluation says', () => {
    fc.assert(
      fc.property(changedModel, ([before, after]) => {
        const found = evaluator.evaluate(before);

        expect(evaluator.reevaluate(found, before, after)).toEqual(compiledAnew.evaluate(after));
      }),
      { numRuns: 150 },
    );
  });

  it('may be carried on from change to change', () => {
    fc.assert(
      fc.property(fc.array(changedModel, { minLength: 2, maxLength: 4 }), (steps) => {
        const models = steps.flat();
        let model = models[0] as SystemModel;
        let found = evaluator.evaluate(model);
        for (const next of models.slice(1)) {
          found = evaluator.reevaluate(found, model, next);
          model = next;
        }

        expect(found).toEqual(compiledAnew.evaluate(model));
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the very results that did not change', () => {
    const model = withFlow({});
    const before = evaluator.evaluate(model);

    const after = evaluator.reevaluate(before, model, withFlow({ 'flow.encrypted': { value: 'yes' } }));

    const kept = after.results.filter((result) => before.results.includes(result));
    expect(after.results.length - kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeGreaterThan(after.results.length / 2);
  });

  it('follows a flow to another element with the very same facts', () => {
    const twin = { id: 'twin', title: 'Cloud', kind: 'store', zone: 'maker' };
    const model = SystemModel.parse({ ...withFlow({}), elements: [...withFlow({}).elements, twin] });
    const moved = { ...model, flows: model.flows.map((flow) => ({ ...flow, to: 'twin' })) };

    const after = evaluator.reevaluate(evaluator.evaluate(model), model, moved);

    expect(after).toEqual(compiledAnew.evaluate(moved));
    expect(after.results.find(({ rule: id }) => id === 'WR-DAT-008')?.questions).toEqual([
      { target: 'twin', key: 'priv.deidentified-export' },
    ]);
  });

  it('follows an answer that changes only where it comes from', () => {
    const derived = withFlow({});
    const explicit = withFlow({ 'flow.encrypted': { value: 'yes' } });

    const after = evaluator.reevaluate(evaluator.evaluate(derived), derived, explicit);

    expect(after).toEqual(compiledAnew.evaluate(explicit));
  });

  it('starts anew where the earlier one came from other rules or from a file', () => {
    const model = withFlow({});
    const foreign = { ...compileRules({ ...shippedPack(), rules: [] }).evaluate(model) };

    expect(evaluator.reevaluate(foreign, model, model)).toEqual(evaluator.evaluate(model));
  });

  it('raises nothing more when a question that was open is answered yes', () => {
    fc.assert(
      fc.property(randomModel, fc.nat(), (model, at) => {
        const before = evaluator.evaluate(model);
        const open = before.results.flatMap(({ questions }) => questions);
        if (open.length === 0) return;
        const { target, key } = open[at % open.length]!;

        const after = evaluator.evaluate(answer(model, target, key, 'yes'));

        const raised = new Set(raisedOf(before));
        expect(raisedOf(after).filter((pair) => !raised.has(pair))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('raises nothing on a model in which everything is answered yes, and leaves nothing open on one with all no', () => {
    fc.assert(
      fc.property(randomModel, (model) => {
        const yes = evaluator.evaluate(answerAll(model, 'yes'));
        const no = evaluator.evaluate(answerAll(model, 'no'));

        expect(yes.counts.open + no.counts.open + no.counts.answered).toBe(0);
        expect(new Set(raisedOf(yes).map((pair) => pair.split(' ')[0]))).toEqual(
          new Set(raisedOf(yes).length > 0 ? ['WR-NET-016'] : []),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('names the facts that made each result, and the open questions apart', () => {
    const { results } = evaluator.evaluate(withFlow({ 'flow.encrypted': { value: 'no' } }));

    const encrypted = results.find(({ rule }) => rule === 'WR-NET-003');
    expect(encrypted).toMatchObject({ state: 'raised', target: 'f', mergedInto: null, questions: [] });
    expect(encrypted?.facts).toEqual([
      { target: 'f', fact: 'crosses', value: 'true', origin: 'model' },
      { target: 'f', fact: 'net', value: 'true', origin: 'model' },
      { target: 'f', fact: 'carriesKind patient-data', value: 'true', origin: 'model' },
      { target: 'f', fact: 'answer flow.encrypted', value: 'no', origin: 'answered' },
    ]);
    const export_ = results.find(({ rule }) => rule === 'WR-DAT-008');
    expect(export_).toMatchObject({
      state: 'open',
      questions: [{ target: 'cloud', key: 'priv.deidentified-export' }],
    });
    expect(export_?.facts.at(-1)).toEqual({
      target: 'cloud',
      fact: 'inZone maker',
      value: 'true',
      origin: 'model',
    });
    expect(results.find(({ rule }) => rule === 'WR-NET-002')?.facts.at(-1)).toMatchObject({
      fact: 'answer flow.auth-destination',
      value: 'yes',
      origin: 'protocol',
    });
    expect(results.find(({ rule }) => rule === 'WR-NET-017')?.facts.at(-1)).toMatchObject({
      fact: 'answer os.hardened',
      origin: 'zone default',
    });
  });
});

describe('what a model does not say', () => {
  it.each([
    ['a flow without a protocol goes over a network', 'f.net', { flows: [{ protocol: [] }] }],
    ['an element in no zone is beyond a boundary', 'f.crosses', { elements: [{ zone: '' }, { zone: '' }] }],
    ['a safety function without a known harm has the highest severity', 's.severity == 5', {}],
  ])('is taken at its worst: %s', (_, when, change) => {
    const appliesTo = when.startsWith('s') ? 'function' : 'flow';

    expect(judged({ when, appliesTo }, change)).toEqual(['raised']);
  });

  it.each([
    ['an element out of scope', 'element', { elements: [{ outOfScope: true }, { outOfScope: true }] }],
    ['an interface that was removed', 'interface', { interfaces: [{ state: 'removed' }] }],
    ['a flow with a loose end', 'flow', { flows: [{ to: '' }] }],
  ] as const)('is not judged: %s', (_, appliesTo, change) => {
    expect(judged({ when: 'true', appliesTo }, {}).length).toBeGreaterThan(0);
    expect(judged({ when: 'true', appliesTo }, change)).toEqual([]);
  });

  it('does not break an evaluation: references that lead nowhere, zones in themselves, ids that stand twice', () => {
    const model = SystemModel.parse({
      title: 'Broken',
      zones: [
        { id: 'z', title: 'z', parent: 'y' },
        { id: 'y', title: 'y', parent: 'z' },
      ],
      elements: [
        { id: 'e', title: 'e', kind: 'process', zone: 'z', holds: ['nowhere'] },
        { id: 'e', title: 'again', kind: 'store', zone: 'gone' },
      ],
      flows: [{ id: 'f', title: 'f', from: 'e', to: 'gone', protocol: ['__proto__'] }],
      interfaces: [{ id: 'i', title: 'i', element: 'gone' }],
      safetyFunctions: [{ id: 's', title: 's', realisedBy: ['gone'], harms: ['gone'] }],
    });

    const { problems, counts } = evaluator.evaluate(model);

    expect(problems).toEqual([]);
    expect(counts.raised).toBe(0);
  });
});

describe('a rule that fails', () => {
  const failing = rule({ id: 'overflows', when: 'e.trust * 9223372036854775807 > 5' });

  it('is named with its place and target, and the rest goes on', () => {
    const { results, problems } = compileRules(packOf([failing, rule({ id: 'other' })])).evaluate(
      withFlow({}),
    );

    expect(problems).toEqual([
      { rule: 'overflows', place: 'when', message: expect.stringMatching(/^it failed at app: .*overflow/i) },
    ]);
    expect(new Set(results.map((result) => result.rule))).toEqual(new Set(['other']));
  });

  it('is asked again after a change', () => {
    const own = compileRules(packOf([failing, rule({ id: 'other' })]));
    const model = withFlow({});
    const calm = { ...model, zones: model.zones.map((zone) => ({ ...zone, trust: 1 })) };

    const after = own.reevaluate(own.evaluate(model), model, calm);
    const again = own.reevaluate(after, calm, model);

    expect(after).toEqual(own.evaluate(calm));
    expect(after.problems).toEqual([]);
    expect(again).toEqual(own.evaluate(model));
  });
});

describe('rules that supersede', () => {
  const raised = (id: string, supersedes: string[]) => rule({ id, supersedes });

  it('take over what they say more precisely; of several the last', () => {
    const { results, counts } = compileRules(
      packOf([raised('general', []), raised('precise', ['general']), raised('last', ['general', 'precise'])]),
    ).evaluate(withFlow({}));

    const app = results.filter(({ target }) => target === 'app');
    expect(app.map(({ rule: id, mergedInto }) => [id, mergedInto])).toEqual([
      ['general', 'last'],
      ['precise', 'last'],
      ['last', null],
    ]);
    expect(counts).toMatchObject({ raised: 6, raisedAfterMerge: 2 });
  });

  it('are refused in a circle, where they would merge each other away', () => {
    const { problems } = compileRules(
      packOf([raised('a', ['b']), raised('b', ['a']), raised('c', ['c']), raised('d', ['a', 'gone'])]),
    );

    expect(problems.map(({ rule: id, place }) => [id, place])).toEqual([
      ['a', 'rule'],
      ['b', 'rule'],
      ['c', 'rule'],
    ]);
  });
});

const compiledAnew = compileRules(shippedPack());

function rule(changes: Partial<ThreatRule>): ThreatRule {
  return {
    id: 'rule',
    version: 1,
    title: 'Rule',
    statement: '{e} is threatened.',
    stride: ['tampering'],
    appliesTo: 'element',
    when: 'true',
    unless: 'false',
    exploitability: 3,
    safetyRelevance: 'none',
    requirements: [],
    references: { cwe: [], capec: [], attackIcs: [], emb3d: [] },
    ...changes,
  };
}

const packOf = (rules: ThreatRule[]): RulePack => ({ ...shippedPack(), rules });

type Change = Readonly<Record<string, readonly object[]>>;

function judged(changes: Partial<ThreatRule>, change: Change): string[] {
  const model = withFlow({}, change);
  return compileRules(packOf([rule(changes)]))
    .evaluate(model)
    .results.map(({ state }) => state);
}

/** An application in the unit that sends patient data to the maker's cloud. */
function withFlow(answers: object, change: Change = {}): SystemModel {
  const parts: Record<string, object[]> = {
    zones: [
      {
        id: 'unit',
        title: 'Unit',
        kind: 'device',
        trust: 4,
        elementDefaults: { 'os.hardened': { value: 'yes' } },
      },
      { id: 'maker', title: 'Maker', kind: 'maker', trust: 3 },
    ],
    elements: [
      { id: 'app', title: 'Application', kind: 'process', zone: 'unit' },
      { id: 'cloud', title: 'Cloud', kind: 'store', zone: 'maker' },
    ],
    assets: [{ id: 'images', title: 'Images', kind: 'patient-data' }],
    flows: [
      { id: 'f', title: 'Upload', from: 'app', to: 'cloud', protocol: ['tls'], carries: ['images'], answers },
    ],
    interfaces: [{ id: 'usb', title: 'USB', kind: 'usb', element: 'app' }],
    safetyFunctions: [{ id: 'limit', title: 'Limit' }],
  };
  for (const [part, objects] of Object.entries(change))
    parts[part] = parts[part]!.map((object, at) => ({ ...object, ...objects[at] }));
  return SystemModel.parse({ title: 'Upload', ...parts });
}

const PARTS = ['zones', 'elements', 'flows', 'interfaces', 'safetyFunctions'] as const;

function answer(model: SystemModel, target: string, key: string, value: 'yes' | 'no'): SystemModel {
  const copy = structuredClone(model);
  for (const part of PARTS)
    for (const object of copy[part])
      if (object.id === target)
        object.answers[key] = { value, origin: 'person', by: '', at: '', evidence: '', note: '' };
  return copy;
}

function answerAll(model: SystemModel, value: 'yes' | 'no'): SystemModel {
  const copy = structuredClone(model);
  const given = { value, origin: 'person', by: '', at: '', evidence: '', note: '' } as const;
  for (const part of PARTS)
    for (const object of copy[part]) object.answers = Object.fromEntries(keys.map((key) => [key, given]));
  return copy;
}

const raisedOf = ({ results }: Evaluation) =>
  results.filter(({ state }) => state === 'raised').map(({ rule: id, target }) => `${id} ${target}`);

const sorted = ({ results }: Evaluation) =>
  [...results].sort((a, b) => (`${a.rule} ${a.target}` < `${b.rule} ${b.target}` ? -1 : 1));
