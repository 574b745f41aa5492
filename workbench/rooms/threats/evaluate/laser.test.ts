// Acceptance tests T10 and T24 to T29 on the laser of the rule catalogue, pair by pair.
import { describe, expect, it } from 'vitest';
import { compileRules } from './evaluate.ts';
import { expectedRuns, SHARED_RULES, sharedModel } from './laser.fixture.ts';
import { shippedPack } from './shipped-pack.ts';

describe.skipIf(!SHARED_RULES)(
  'the laser (skipped: the shared rule catalogue is not beside this checkout)',
  () => {
    const evaluator = compileRules(shippedPack());

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
