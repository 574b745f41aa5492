// Threats of a model by rules: one pure function, deterministic, explained, incremental. It runs in the browser while somebody
// draws, in the command without a server, and in the server.
import type { SystemModel } from '../../system/index.ts';
import { type CompiledRule, compileRule, resultOf } from './compile-rule.ts';
import type {
  Evaluation,
  EvaluationProblem,
  Evaluator,
  PairResult,
  RulePack,
  RuleTarget,
} from './contract.ts';
import { type ComparedEnds, changedFacts, NEW } from './fact-changes.ts';
import { FactMemory } from './fact-memory.ts';
import { deriveFacts, type ModelFacts, type TargetFacts } from './facts.ts';
import { circlesOf, mergeRaised, supersedingOf } from './supersede.ts';

/**
 * Checks and compiles the rules of a pack. Rules that do not pass stand in `problems` with their place and reason and are left
 * out; a rule that fails while it runs is named in the evaluation and left out of it. The others go on.
 *
 * @example
 * const { results } = compileRules(shippedPack()).evaluate(model);
 * results.filter(({ state, mergedInto }) => state === 'raised' && mergedInto === null);
 */
export function compileRules(pack: RulePack): Evaluator {
  return new RuleEvaluator(pack);
}

class RuleEvaluator implements Evaluator {
  readonly problems: readonly EvaluationProblem[];
  readonly #rules: readonly CompiledRule[];
  readonly #superseding;
  readonly #memory: FactMemory;
  /** Per kind of target and name of a fact: the rules that read it. */
  readonly #readers = new Map<RuleTarget, Map<string, CompiledRule[]>>();
  readonly #facts = new WeakMap<SystemModel, ModelFacts>();
  /** The models of evaluations that came from here. */
  readonly #own = new WeakMap<Evaluation, SystemModel>();

  constructor(pack: RulePack) {
    const problems: EvaluationProblem[] = circlesOf(pack.rules);
    const inCircle = new Set(problems.map(({ rule }) => rule));
    const rules = new Map<string, CompiledRule>();
    for (const rule of pack.rules) {
      if (inCircle.has(rule.id)) continue;
      if (rules.has(rule.id)) {
        problems.push({ rule: rule.id, place: 'rule', message: 'another rule of the pack has this id' });
        continue;
      }
      const compiled = compileRule(rule, pack.questions);
      if (Array.isArray(compiled)) problems.push(...compiled);
      else rules.set(rule.id, compiled);
    }
    this.problems = problems;
    this.#rules = [...rules.values()];
    this.#superseding = supersedingOf(this.#rules.map(({ rule }) => rule));
    this.#memory = new FactMemory(pack.protocolFacts);
    for (const rule of this.#rules) this.#noteReader(rule);
  }

  evaluate(model: SystemModel): Evaluation {
    const facts = this.#factsOf(model);
    const found = this.#rules.map((rule) => this.#runRule(rule, facts[rule.rule.appliesTo]));
    return this.#conclude(model, facts, found);
  }

  reevaluate(before: Evaluation, modelBefore: SystemModel, model: SystemModel): Evaluation {
    // What another set of rules found, or what came from a file, says nothing of what these rules left out.
    if (this.#own.get(before) !== modelBefore) return this.evaluate(model);
    const factsBefore = this.#factsOf(modelBefore);
    const facts = this.#factsOf(model);
    const touched = this.#touchedRules(factsBefore, facts);
    const failed = new Set(before.problems.map(({ rule }) => rule));
    let at = 0;
    const found = this.#rules.map((rule) => {
      const from = at;
      while (before.results[at]?.rule === rule.rule.id) at += 1;
      const targets = facts[rule.rule.appliesTo];
      if (failed.has(rule.rule.id)) return this.#runRule(rule, targets);
      const touches = touched.get(rule);
      if (!touches) return { rule, results: before.results.slice(from, at), problem: null };
      const known = new Map(before.results.slice(from, at).map((result) => [result.target, result]));
      return this.#runRule(rule, targets, (target) =>
        touches.has(target.id) ? undefined : (known.get(target.id) ?? null),
      );
    });
    return this.#conclude(model, facts, found);
  }

  /** `known`: a result that still holds, null where the rule still does not apply, undefined where it has to be asked. */
  #runRule(
    rule: CompiledRule,
    targets: readonly TargetFacts[],
    known: (target: TargetFacts) => PairResult | null | undefined = () => undefined,
  ): RuleFound {
    const results: PairResult[] = [];
    for (const target of targets) {
      const before = known(target);
      if (before === null) continue;
      if (before) {
        results.push(before);
        continue;
      }
      const verdict = rule.judge(target);
      if (verdict.problem) {
        const message = `it failed at ${target.id}: ${verdict.problem.message}`;
        return { rule, results: [], problem: { ...verdict.problem, message } };
      }
      if (verdict.state !== 'not-applicable') results.push(resultOf(rule.rule, target, verdict));
    }
    return { rule, results, problem: null };
  }

  #conclude(model: SystemModel, facts: ModelFacts, found: readonly RuleFound[]): Evaluation {
    const results = mergeRaised(
      found.flatMap((one) => one.results),
      this.#superseding,
    );
    const counts = { 'not-applicable': 0, raised: 0, answered: 0, open: 0, raisedAfterMerge: 0 };
    for (const { state, mergedInto } of results) {
      counts[state] += 1;
      if (state === 'raised' && mergedInto === null) counts.raisedAfterMerge += 1;
    }
    for (const { rule, results: own, problem } of found)
      if (!problem) counts['not-applicable'] += facts[rule.rule.appliesTo].length - own.length;
    const failures = found.flatMap(({ problem }) => problem ?? []);
    const evaluation: Evaluation = { results, counts, problems: [...this.problems, ...failures] };
    this.#own.set(evaluation, model);
    return evaluation;
  }

  #factsOf(model: SystemModel): ModelFacts {
    const known = this.#facts.get(model);
    if (known) return known;
    const facts = deriveFacts(model, this.#memory.protocolFacts, this.#memory);
    this.#facts.set(model, facts);
    return facts;
  }

  #noteReader(rule: CompiledRule): void {
    const kind = rule.rule.appliesTo;
    const readers = this.#readers.get(kind) ?? new Map<string, CompiledRule[]>();
    this.#readers.set(kind, readers);
    const ends = [...rule.reads].flatMap((fact) => /^(src|dst|owner)\./.exec(fact)?.[1] ?? []);
    for (const fact of new Set([...rule.reads, ...ends])) {
      const list = readers.get(fact);
      if (list) list.push(rule);
      else readers.set(fact, [rule]);
    }
  }

  /** Rules with something to look at anew, and at which targets; an empty set: only the order of the targets is another. */
  #touchedRules(before: ModelFacts, now: ModelFacts): Map<CompiledRule, Set<string>> {
    const touched = new Map<CompiledRule, Set<string>>();
    const touch = (rule: CompiledRule): Set<string> => {
      const known = touched.get(rule);
      if (known) return known;
      const made = new Set<string>();
      touched.set(rule, made);
      return made;
    };
    const compared: ComparedEnds = new Map();
    for (const kind of new Set(this.#rules.map(({ rule }) => rule.appliesTo))) {
      const changes = changedFacts(before[kind], now[kind], compared);
      const ofKind = this.#rules.filter(({ rule }) => rule.appliesTo === kind);
      if (changes.otherTargets) for (const rule of ofKind) touch(rule);
      for (const [target, facts] of changes.byTarget) {
        if (facts === NEW) for (const rule of ofKind) touch(rule).add(target);
        else
          for (const fact of facts)
            for (const rule of this.#readers.get(kind)?.get(fact) ?? []) touch(rule).add(target);
      }
    }
    return touched;
  }
}

interface RuleFound {
  readonly rule: CompiledRule;
  readonly results: readonly PairResult[];
  readonly problem: EvaluationProblem | null;
}
