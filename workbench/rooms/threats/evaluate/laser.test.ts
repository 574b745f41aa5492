// Acceptance tests T10 and T24 to T29 on the laser of the rule catalogue, pair by pair.
import { describe, expect, it } from 'vitest';
import type { SystemModel } from '../../system/index.ts';
import type { Evaluation } from './contract.ts';
import { compileRules } from './evaluate.ts';
import { expectedRuns, SHARED_RULES, sharedModel } from './laser.fixture.ts';
import { shippedPack } from './shipped-pack.ts';

describe.skipIf(!SHARED_RULES)(
  'the laser (skipped: the shared rule catalogue is not beside this checkout)',
  () => {
    const pack = shippedPack();
    const evaluator = compileRules(pack);
    const withoutProtocols = compileRules({ ...pack, protocolFacts: {} });

    it.each(['laser-model.json', 'fixture-model.json'])(
      'T24: gives on %s each expected result and no other',
      (name) => {
        const run = expectedRuns().find(({ model }) => model === name)!;

        const { results, counts, problems } = evaluator.evaluate(sharedModel(name));

        expect(problems).toEqual([]);
        expect(counts).toMatchObject(run.counts);
        expect(results.map(comparable)).toEqual(run.results.map(comparable));
      },
    );

    it('T24: comes to 165 rules, 3,836 pairs, 38 raised, 30 after merging, 171 answered and 252 questions in 247 open', () => {
      const { counts, results } = evaluator.evaluate(sharedModel('laser-model.json'));

      expect(pack.rules).toHaveLength(165);
      expect(pairsOf(counts)).toBe(3_836);
      expect(counts).toEqual({
        'not-applicable': 3_380,
        answered: 171,
        open: 247,
        raised: 38,
        raisedAfterMerge: 30,
      });
      expect(questionsOf(results).size).toBe(252);
    });

    it('T10: says the same three times', () => {
      const runs = [1, 2, 3].map(() => evaluator.evaluate(sharedModel('laser-model.json')));

      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    });

    it('T25: raises nothing where nothing was answered and protocols say nothing', () => {
      const { counts } = withoutProtocols.evaluate(answerAll(sharedModel('laser-model.json'), null));

      expect(counts).toMatchObject({ open: 456, raised: 0, answered: 0 });
    });

    it.each([
      ['nothing answered, protocols known', null, { answered: 31, open: 401, raised: 24 }],
      ['all no', 'no', { answered: 0, open: 0, raised: 456 }],
      ['all yes', 'yes', { answered: 456, open: 0, raised: 0 }],
    ] as const)('counts as the catalogue says: %s', (_, value, counts) => {
      const found = evaluator.evaluate(answerAll(sharedModel('laser-model.json'), value));

      expect(found.counts).toMatchObject({ 'not-applicable': 3_380, ...counts });
    });

    it('T26: follows an answer that is given and taken back', () => {
      const [no, yes] = (['no', 'yes'] as const).map((value) =>
        answer(sharedModel('laser-model.json'), 'e-fleet', { 'fleet.blast-radius': value }),
      ) as [SystemModel, SystemModel];
      const first = evaluator.evaluate(no);
      const second = evaluator.reevaluate(first, no, yes);
      const third = evaluator.reevaluate(second, yes, no);

      const states = [first, second, third].map(
        ({ results }) =>
          results.find(({ rule, target }) => rule === 'WR-FLT-001' && target === 'e-fleet')?.state,
      );
      expect(states).toEqual(['raised', 'answered', 'raised']);
      expect(third).toEqual(first);
    });

    it('T27: clears the images’ flow when it is protected and authenticated, or names the answer that is missing', () => {
      const plain = sharedModel('laser-model.json');
      const secured = answer(
        {
          ...plain,
          flows: plain.flows.map((flow) =>
            flow.id === 'f-14' ? { ...flow, protocol: ['dicom-tls'] } : flow,
          ),
        },
        'f-14',
        { 'flow.auth-source': 'yes', 'flow.auth-destination': 'yes' },
      );
      const at = ({ results }: Evaluation) => results.filter(({ target }) => target === 'f-14');
      const before = at(evaluator.evaluate(plain));

      const after = at(evaluator.evaluate(secured));

      expect(before.filter(({ state }) => state === 'raised')).toHaveLength(7);
      expect(after.filter(({ state }) => state === 'raised')).toEqual([]);
      expect(after.filter(({ state, questions }) => state === 'open' && questions.length === 0)).toEqual([]);
    });

    it('no single answer of yes to an open question raises a threat', () => {
      const model = sharedModel('laser-model.json');
      const before = evaluator.evaluate(model);
      const raised = new Set(raisedOf(before));

      const worse = [...questionsOf(before.results)].flatMap((question) => {
        const [target, key] = question.split(' ') as [string, string];
        const next = answer(model, target, { [key]: 'yes' });
        return raisedOf(evaluator.reevaluate(before, model, next)).filter((pair) => !raised.has(pair));
      });

      expect(worse).toEqual([]);
    });

    it('T29: judges 40 copies in less than a second', () => {
      const model = copies(sharedModel('laser-model.json'), 40);
      const times = [1, 2, 3].map(() => {
        const began = performance.now();
        compileRules(pack).evaluate(model);
        return performance.now() - began;
      });

      // The best of three: other programs may hold the cores for a while.
      expect(Math.min(...times)).toBeLessThan(1_000);
      expect(model.elements).toHaveLength(960);
      expect(model.flows).toHaveLength(1_280);
      expect(evaluator.evaluate(model).counts).toMatchObject({
        raised: 40 * 38,
        open: 40 * 247,
        answered: 40 * 171,
      });
    });
  },
);

interface Comparable {
  readonly rule: string;
  readonly target: string;
  readonly state: string;
  readonly mergedInto?: string | null;
  readonly questions?: readonly { readonly target: string; readonly key: string }[];
}

const comparable = ({ rule, target, state, mergedInto, questions }: Comparable) => ({
  rule,
  target,
  state,
  mergedInto: mergedInto ?? null,
  questions: questions ?? [],
});

const pairsOf = (counts: Evaluation['counts']) =>
  counts['not-applicable'] + counts.answered + counts.open + counts.raised;

const questionsOf = (results: Evaluation['results']) =>
  new Set(results.flatMap(({ questions }) => questions.map(({ target, key }) => `${target} ${key}`)));

const raisedOf = ({ results }: Evaluation) =>
  results.filter(({ state }) => state === 'raised').map(({ rule, target }) => `${rule} ${target}`);

const ANSWERED = ['zones', 'elements', 'interfaces', 'flows', 'safetyFunctions'] as const;
const by = (value: 'yes' | 'no') =>
  ({ value, origin: 'person', by: '', at: '', evidence: '', note: '' }) as const;

/** One object answers so. */
function answer(model: SystemModel, id: string, values: Record<string, 'yes' | 'no'>): SystemModel {
  const given = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, by(value)]));
  const changed = ANSWERED.map((part) => [
    part,
    model[part].map((object) =>
      object.id === id ? { ...object, answers: { ...object.answers, ...given } } : object,
    ),
  ]);
  return { ...model, ...Object.fromEntries(changed) };
}

/** Everything answers so, or nothing at all. */
function answerAll(model: SystemModel, value: 'yes' | 'no' | null): SystemModel {
  const keys = value === null ? [] : Object.keys(shippedPack().questions);
  const answers = Object.fromEntries(keys.map((key) => [key, by(value as 'yes' | 'no')]));
  const changed = ANSWERED.map((part) => [
    part,
    model[part].map((object) => ({
      ...object,
      answers,
      ...(part === 'zones' ? { elementDefaults: {} } : {}),
    })),
  ]);
  return { ...model, ...Object.fromEntries(changed) };
}

/** The same model so many times beside itself, each with ids of its own. */
function copies(model: SystemModel, count: number): SystemModel {
  const own = new Set([...ANSWERED, 'assets' as const].flatMap((part) => model[part].map(({ id }) => id)));
  const all = Array.from({ length: count }, (_, at) =>
    JSON.parse(JSON.stringify(model), (_key, value) =>
      typeof value === 'string' && own.has(value) ? `${value}.${at}` : value,
    ),
  ) as SystemModel[];
  const joined = [...ANSWERED, 'assets' as const].map((part) => [
    part,
    all.flatMap((one): object[] => one[part]),
  ]);
  return { ...model, ...Object.fromEntries(joined) };
}
