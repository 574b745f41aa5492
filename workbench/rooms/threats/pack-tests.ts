// The tests of a pack, run once for each edition of it. Rules of the house run in a thread with a deadline.
import { isWardError } from '../../kernel/errors.ts';
import { SystemModel } from '../system/index.ts';
import type { RulePack } from './evaluate/contract.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { runExamplesAside } from './evaluate/evaluate-in-worker.ts';
import type { KnownPack } from './packs.ts';
import type { RuleExample } from './rule-pack.ts';
import { type ReadExample, type RuleTests, runExamples } from './run-examples.ts';

const done = new Map<string, Promise<readonly RuleTests[]>>();
const MOST = 50;

export function testsOf(known: KnownPack): Promise<readonly RuleTests[]> {
  const before = done.get(known.mark);
  if (before) return before;
  const tests = runTests(known);
  if (done.size >= MOST) done.delete(done.keys().next().value as string);
  done.set(known.mark, tests);
  tests.catch(() => done.delete(known.mark));
  return tests;
}

async function runTests({ pack, origin, examples }: KnownPack): Promise<readonly RuleTests[]> {
  const read = examples.map(readExample);
  if (origin === 'shipped') return runExamples(pack, compileRules, read);
  try {
    return await runExamplesAside(pack, read);
  } catch (error) {
    // Said at the rules: the list of packs is shown all the same.
    if (isWardError(error) && error.code === 'rules.time-limit') return allFailing(pack, error.message);
    throw error;
  }
}

function readExample({ model, ...example }: RuleExample): ReadExample {
  const parsed = SystemModel.safeParse(model);
  return { ...example, model: parsed.success ? parsed.data : null };
}

function allFailing({ rules }: RulePack, message: string): RuleTests[] {
  return rules.map(({ id }) => ({
    rule: id,
    positive: 0,
    negative: 0,
    failures: [message],
    tested: 'failing',
  }));
}
