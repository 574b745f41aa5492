// What a change of the model does to the results of rules, before anybody saves or accepts it. Pure.
import type { SystemModel } from '../system/index.ts';
import type { Evaluator } from './evaluate/contract.ts';
import { factsNow } from './facts-now.ts';
import { ModelPlaces } from './model-places.ts';
import { changeWords, differenceOf, type PairChange, premisesOf } from './premises.ts';

export interface AffectedThreat extends PairChange {
  readonly targetTitle: string;
  /** In words: `crosses of Calibration: z-device → z-room`. */
  readonly why: readonly string[];
}

/** New, gone and changed results, with the facts that moved; none where the models say the same. */
export function affectedThreats(
  evaluator: Evaluator,
  before: SystemModel,
  after: SystemModel,
  protocolFacts: Parameters<typeof factsNow>[1],
): AffectedThreat[] {
  const was = evaluator.evaluate(before);
  const is = evaluator.reevaluate(was, before, after);
  const accepted = was.results.map((result) => ({
    rule: result.rule,
    target: result.target,
    ...premisesOf(result),
  }));
  const old = new ModelPlaces(before);
  const young = new ModelPlaces(after);
  const titleOf = (id: string) => (young.get(id) === undefined ? old : young).titleOf(id);
  return differenceOf(accepted, is, factsNow(after, protocolFacts)).items.map((item) => ({
    ...item,
    targetTitle: titleOf(item.target),
    why: item.because.map((change) => changeWords(change, titleOf)),
  }));
}
