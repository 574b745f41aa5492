// What the shipped rules ask of one object of a model that is being drawn. Rules of the house ask in the tab of questions, which
// the server answers.
import type { ModelPart, SystemModel } from '../../system/metamodel.ts';
import type { Evaluation } from '../evaluate/contract.ts';
import { evaluator, pack } from './shipped-rules.ts';

interface Asked {
  readonly key: string;
  readonly text: string;
}

let last: { readonly model: SystemModel; readonly keys: ReadonlyMap<string, ReadonlySet<string>> } | null =
  null;
/** The last drawing that held together: from there the next one is computed. */
let whole: { readonly model: SystemModel; readonly evaluation: Evaluation } | null = null;

/** Open questions of the object and those that were read and answered, by their text. A model that contradicts itself gives none. */
export function questionsFor(model: SystemModel, _part: ModelPart, id: string): readonly Asked[] {
  if (last?.model !== model) last = { model, keys: keysByPlace(model) };
  return [...(last.keys.get(id) ?? [])]
    .map((key) => ({ key, text: pack.questions[key]?.text ?? key }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

function keysByPlace(model: SystemModel): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  const add = (place: string, key: string) => places.set(place, (places.get(place) ?? new Set()).add(key));
  try {
    const evaluation = whole
      ? evaluator.reevaluate(whole.evaluation, whole.model, model)
      : evaluator.evaluate(model);
    whole = { model, evaluation };
    for (const { questions, facts } of evaluation.results) {
      for (const { target, key } of questions) add(target, key);
      for (const { target, fact } of facts)
        if (fact.startsWith('answer ')) add(target, fact.slice('answer '.length));
    }
  } catch {
    // A drawing in between may not hold together yet; its questions come back when it does.
    return new Map();
  }
  return places;
}
