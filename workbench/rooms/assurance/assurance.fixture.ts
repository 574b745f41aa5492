// Small models for the tests of the computation, and one written by hand for all of them.
import { SystemModel } from '../system/metamodel.ts';
import type { Evaluation, PairResult } from '../threats/index.ts';
import { assure } from './assure.ts';
import type { Assurance, AssuranceInput, Depth, PlacedControl } from './contract.ts';

export const ENOUGH = { 1: 0, 2: 1, 3: 2, 4: 2, 5: 2 } as const;
export const NOTHING_EVALUATED: Evaluation = {
  results: [],
  counts: { 'not-applicable': 0, raised: 0, answered: 0, open: 0, raisedAfterMerge: 0 },
  problems: [],
};

export function makeModel(parts: object): SystemModel {
  const titled = Object.fromEntries(
    Object.entries(parts).map(([part, list]) => [
      part,
      Array.isArray(list) ? list.map((one) => ({ title: one.id, ...one })) : list,
    ]),
  );
  return SystemModel.parse({ title: 'Test', ...titled });
}

/** `a>b` in words: a flow with the id `a-b` from a to b. */
export const flows = (...ways: string[]) =>
  ways.map((way) => {
    const [from = '', to = ''] = way.split('>');
    return { id: `${from}-${to}`, from, to };
  });
export const elements = (...ids: string[]) => ids.map((id) => ({ id, kind: 'process', zone: '' }));

export function makeControl(
  id: string,
  places: readonly string[],
  is: 'counted' | 'claimed' | 'planned' = 'counted',
) {
  const control: PlacedControl = {
    id,
    title: id,
    places,
    claimed: is !== 'planned',
    counted: is === 'counted',
    why: is,
  };
  return control;
}

export function makeResult(rule: string, target: string, state: PairResult['state']): PairResult {
  return {
    rule,
    ruleVersion: 1,
    target,
    state,
    questions: state === 'open' ? [{ target, key: `${rule}.asked` }] : [],
    facts: [{ target, fact: `answer ${rule}.asked`, value: state, origin: 'answered' }],
    mergedInto: null,
  };
}

export function makeInput(parts: Partial<AssuranceInput> & Pick<AssuranceInput, 'model'>): AssuranceInput {
  return {
    evaluation: NOTHING_EVALUATED,
    controls: [],
    severities: {},
    exploitabilities: {},
    strides: {},
    enough: ENOUGH,
    ...parts,
  };
}

/** The depth of one target against one attacker (`null`: all of them); throws where there is none. */
export function depthIn(result: Assurance, target: string, attacker: string | null = null): Depth {
  const found = result.depths.find((depth) => depth.target === target && depth.attacker === attacker);
  if (!found) throw new Error(`no depth of ${target} against ${attacker}`);
  return found;
}

export const assureModel = (parts: object, rest: Partial<AssuranceInput> = {}) =>
  assure(makeInput({ model: makeModel(parts), ...rest }));
