// The results of the rules in use for a model. Each revision is evaluated once for each set of packs and kept in memory.
import type { Kernel } from '../../kernel/kernel.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { SystemModel } from '../system/index.ts';
import type { Evaluation, Evaluator, RulePack } from './evaluate/contract.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { evaluateAside } from './evaluate/evaluate-in-worker.ts';
import { joinPacks } from './evaluate/rule-pack.ts';
import { type KnownPack, packsOf, printOf } from './packs.ts';
import type { ModelRecord } from './read-model.ts';

export interface Evaluated {
  readonly evaluation: Evaluation;
  /** All rules in use as one pack. */
  readonly pack: RulePack;
  readonly packs: readonly KnownPack[];
  /** Stands for the packs and their editions. */
  readonly print: string;
  /** The same rules for the model as somebody has it on the screen, from the difference where that is possible. */
  readonly evaluateChanged: (model: SystemModel) => Promise<Evaluation>;
}

interface Compiled {
  readonly pack: RulePack;
  readonly evaluator: Evaluator;
}

/** With the very model that was evaluated: only from that a difference can be computed. */
interface Found {
  readonly model: SystemModel;
  readonly evaluation: Evaluation;
}

const compiled = new Map<string, Compiled>();
/** Also those under way: who asks meanwhile waits for the same answer. */
const results = new Map<string, Promise<Found>>();
/** By model and packs: what was found last, from which the next revision is computed. */
const newest = new Map<string, Found>();
const MOST_COMPILED = 20;
const MOST_RESULTS = 60;

/** With the packs that the model's product uses. */
export async function evaluateModel(db: Kernel['db'], { record, model }: ModelRecord): Promise<Evaluated> {
  const packs = (await packsOf(db, record.productId)).filter(({ inUse }) => inUse);
  return evaluateWith(packs, model, record);
}

/** `record`: where the model stands, so that the result is kept. Rules of the house run in a thread. Refuses `rules.time-limit`. */
export async function evaluateWith(
  packs: readonly KnownPack[],
  model: SystemModel,
  { id, revision, updatedAt }: Pick<WardRecord, 'id' | 'revision' | 'updatedAt'>,
): Promise<Evaluated> {
  const print = printOf(packs);
  const { pack, evaluator } = keep(compiled, print, MOST_COMPILED, () => {
    const merged = joinPacks(packs.map((known) => known.pack));
    return { pack: merged, evaluator: compileRules(merged) };
  });
  const own = packs.some(({ origin }) => origin !== 'shipped');
  const evaluate = async (changed: SystemModel, before?: Found): Promise<Evaluation> => {
    if (own) return evaluateAside(pack, changed);
    return before
      ? evaluator.reevaluate(before.evaluation, before.model, changed)
      : evaluator.evaluate(changed);
  };
  const find = async (before?: Found): Promise<Found> => ({
    model,
    evaluation: await evaluate(model, before),
  });
  const found = await keptResult(`${id} ${print}`, `${revision} ${updatedAt.getTime()}`, find);
  const evaluateChanged = (changed: SystemModel) => evaluate(changed, found);
  return { evaluation: found.evaluation, pack, packs, print, evaluateChanged };
}

async function keptResult(
  near: string,
  edition: string,
  find: (before?: Found) => Promise<Found>,
): Promise<Found> {
  const name = `${near} ${edition}`;
  const asked = keep(results, name, MOST_RESULTS, () => find(newest.get(near)));
  try {
    const found = await asked;
    newest.delete(near);
    keep(newest, near, MOST_COMPILED, () => found);
    return found;
  } catch (error) {
    results.delete(name);
    throw error;
  }
}

/** The one that was used longest ago goes first. */
function keep<Value>(cache: Map<string, Value>, key: string, most: number, make: () => Value): Value {
  const known = cache.get(key);
  const value = known ?? make();
  cache.delete(key);
  if (cache.size >= most) cache.delete(cache.keys().next().value as string);
  cache.set(key, value);
  return value;
}
