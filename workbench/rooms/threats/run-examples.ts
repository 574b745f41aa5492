// The tests that a pack brings for its rules: each example is evaluated with the pack alone. Pure: the editor runs them too.
import type { SystemModel } from '../system/index.ts';
import type { Evaluator, RulePack } from './evaluate/contract.ts';
import type { RuleExample } from './rule-pack.ts';

export type Tested = 'tested' | 'half tested' | 'untested' | 'failing';

export interface RuleTests {
  readonly rule: string;
  readonly positive: number;
  readonly negative: number;
  /** One sentence for each example that says otherwise than the rule. */
  readonly failures: readonly string[];
  readonly tested: Tested;
}

/** An example with its model read; null where its data are none. */
export type ReadExample = Pick<RuleExample, 'rule' | 'kind' | 'target'> & {
  readonly model: SystemModel | null;
};

/** Each rule is compiled alone, at its first example. */
export function runExamples(
  pack: RulePack,
  compile: (pack: RulePack) => Evaluator,
  examples: readonly ReadExample[],
): RuleTests[] {
  const byRule = new Map<string, { positive: number; negative: number; failures: string[] }>();
  for (const rule of pack.rules) byRule.set(rule.id, { positive: 0, negative: 0, failures: [] });
  const evaluators = new Map<string, Evaluator>();
  const evaluatorOf = (id: string): Evaluator => {
    const known =
      evaluators.get(id) ?? compile({ ...pack, rules: pack.rules.filter((rule) => rule.id === id) });
    evaluators.set(id, known);
    return known;
  };
  for (const [index, example] of examples.entries()) {
    const tests = byRule.get(example.rule);
    if (tests === undefined) continue;
    tests[example.kind] += 1;
    const { model } = example;
    if (model === null) {
      tests.failures.push(`Example ${index + 1} holds no system model.`);
      continue;
    }
    const { results } = evaluatorOf(example.rule).evaluate(model);
    const state =
      results.find(({ rule, target }) => rule === example.rule && target === example.target)?.state ??
      'not applicable';
    const holds =
      example.kind === 'positive' ? state === 'raised' : state === 'answered' || state === 'not applicable';
    if (!holds)
      tests.failures.push(
        `Example ${index + 1} (${example.kind}) at ${example.target}: the rule is ${state} there${example.kind === 'positive' ? ', not raised' : ''}.`,
      );
  }
  return [...byRule].map(([rule, tests]) => ({ rule, ...tests, tested: testedOf(tests) }));
}

function testedOf({
  positive,
  negative,
  failures,
}: {
  readonly positive: number;
  readonly negative: number;
  readonly failures: readonly string[];
}): Tested {
  if (failures.length > 0) return 'failing';
  if (positive > 0 && negative > 0) return 'tested';
  return positive + negative > 0 ? 'half tested' : 'untested';
}

/** Of a whole pack: as good as its least tested rule. */
export function testedPack(tests: readonly RuleTests[]): Tested {
  const order: readonly Tested[] = ['failing', 'untested', 'half tested', 'tested'];
  return order.find((one) => tests.some(({ tested }) => tested === one)) ?? 'untested';
}
