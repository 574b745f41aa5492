// The results of the rules in use for a model. Each revision is evaluated once for each set of packs and kept in memory.
import type { Kernel } from '../../kernel/kernel.ts';
import type { SystemModel } from '../system/index.ts';
import type { Evaluation, Evaluator, RulePack } from './evaluate/contract.ts';
import { compileRules } from './evaluate/evaluate.ts';
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
}

interface Compiled {
  readonly pack: RulePack;
  readonly evaluator: Evaluator;
}

const compiled = new Map<string, Compiled>();
const results = new Map<string, Evaluation>();
const MOST_COMPILED = 20;
const MOST_RESULTS = 60;

/** With the packs that the model's product uses. */
export async function evaluateModel(db: Kernel['db'], { record, model }: ModelRecord): Promise<Evaluated> {
  const packs = (await packsOf(db, record.productId)).filter(({ inUse }) => inUse);
  return evaluateWith(packs, model, `${record.id}@${record.revision}`);
}

/** `mark`: names the model's content, so that the result is kept; none for a what-if. */
export function evaluateWith(packs: readonly KnownPack[], model: SystemModel, mark?: string): Evaluated {
  const print = printOf(packs);
  const { pack, evaluator } = keep(compiled, print, MOST_COMPILED, () => {
    const merged = joinPacks(packs.map((known) => known.pack));
    return { pack: merged, evaluator: compileRules(merged) };
  });
  const evaluation =
    mark === undefined
      ? evaluator.evaluate(model)
      : keep(results, `${mark} ${print}`, MOST_RESULTS, () => evaluator.evaluate(model));
  return { evaluation, pack, packs, print };
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
