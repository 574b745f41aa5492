// The tests of a pack, run once for each edition of it.
import { SystemModel } from '../system/index.ts';
import { compileRules } from './evaluate/evaluate.ts';
import type { KnownPack } from './packs.ts';
import { type RuleTests, runExamples } from './run-examples.ts';

const done = new Map<string, readonly RuleTests[]>();
const MOST = 50;

export function testsOf({ pack, mark, examples }: KnownPack): readonly RuleTests[] {
  const known = done.get(mark);
  if (known) return known;
  const tests = runExamples(pack, compileRules, examples, (model) => {
    const parsed = SystemModel.safeParse(model);
    return parsed.success ? parsed.data : null;
  });
  if (done.size >= MOST) done.delete(done.keys().next().value as string);
  done.set(mark, tests);
  return tests;
}
