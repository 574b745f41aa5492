// The results of the rules in use for a model. Each revision is evaluated once for each set of packs and kept in memory.
import type { Kernel } from '../../kernel/kernel.ts';
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

/**
 * `mark`: names the model's content, so that the result is kept; none for a what-if. Rules of the house run in a thread with a
 * deadline. Refuses `rules.time-limit`.
 */
export async function evaluateWith(
  packs: readonly KnownPack[],
  model: SystemModel,
  mark?: string,
): Promise<Evaluated> {
  const print = printOf(packs);
  const { pack, evaluator } = keep(compiled, print, MOST_COMPILED, () => {
    const merged = joinPacks(packs.map((known) => known.pack));
    return { pack: merged, evaluator: compileRules(merged) };
  });
  const name = mark === undefined ? undefined : `${mark} ${print}`;
  const known = name === undefined ? undefined : results.get(name);
  const own = packs.some(({ origin }) => origin !== 'shipped');
  const evaluation = known ?? (own ? await evaluateAside(pack, model) : evaluator.evaluate(model));
  if (name !== undefined) keep(results, name, MOST_RESULTS, () => evaluation);
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
