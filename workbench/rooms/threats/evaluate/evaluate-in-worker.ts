// Rules of strangers run in a thread with a deadline, so that the server answers others meanwhile. What they may say is bounded
// already (`language.ts`: no loops); the deadline holds whatever was overlooked. Server and command only.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { SystemModel } from '../../system/index.ts';
import { type ReadExample, type RuleTests, runExamples } from '../run-examples.ts';
import type { Evaluation, RulePack } from './contract.ts';
import { compileRules } from './evaluate.ts';
import { refusePack } from './rule-pack.ts';

export interface EvaluateOrder {
  readonly pack: RulePack;
  readonly model: SystemModel;
}

export interface ExamplesOrder {
  readonly pack: RulePack;
  readonly examples: readonly ReadExample[];
}

/** 960 elements, 1,280 flows and 165 rules take about a third of a second with the start of the thread. */
const DEADLINE_MS = 10_000;
const HEAP_MB = 1_024;

interface Options {
  readonly deadlineMs?: number;
  readonly heapMb?: number;
  /** Path of the built thread; null: evaluate here. */
  readonly thread?: string | null;
}

/**
 * As `compileRules(pack).evaluate(model)`. Refuses with `rules.time-limit` when the deadline passes or the memory is used up; then the
 * thread has ended and nothing came of it. Run from the sources, where no built thread lies beside, it evaluates here.
 */
export async function evaluateAside(
  pack: RulePack,
  model: SystemModel,
  { deadlineMs = DEADLINE_MS, heapMb = HEAP_MB, thread = builtThread() }: Options = {},
): Promise<Evaluation> {
  if (thread === null) return compileRules(pack).evaluate(model);
  return askThread(thread, { pack, model }, deadlineMs, heapMb);
}

/** As `runExamples`, refused in the same way. */
export async function runExamplesAside(
  pack: RulePack,
  examples: readonly ReadExample[],
  { deadlineMs = DEADLINE_MS, heapMb = HEAP_MB, thread = builtThread() }: Options = {},
): Promise<RuleTests[]> {
  if (thread === null) return runExamples(pack, compileRules, examples);
  return askThread(thread, { pack, examples }, deadlineMs, heapMb);
}

function askThread<Answer>(
  thread: string,
  order: EvaluateOrder | ExamplesOrder,
  deadlineMs: number,
  heapMb: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    let isOver = false;
    const finish = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      void worker.terminate();
      settle();
    };
    const refuse = (what: string, cause?: unknown) =>
      reject(
        refusePack('rules.time-limit', `The rules of ${order.pack.id} ${what}.`, {
          at: order.pack.id,
          cause,
        }),
      );
    const timer = setTimeout(() => finish(() => refuse(`took more than ${deadlineMs} ms`)), deadlineMs);
    worker.once('message', (found: Answer) => finish(() => resolve(found)));
    worker.once('error', (cause: NodeJS.ErrnoException) =>
      finish(() =>
        cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? refuse(`took more than ${heapMb} MB of memory`, cause)
          : reject(cause),
      ),
    );
    worker.once('exit', (code) =>
      finish(() => reject(new Error(`The thread that evaluates rules ended with ${code}.`))),
    );
  });
}

/** The bundle has it beside the entry; this module may stand in a folder of parts below. */
function builtThread(): string | null {
  if (import.meta.url.endsWith('.ts')) return null;
  const places = ['./evaluate-thread.mjs', '../evaluate-thread.mjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((path) => existsSync(path)) ?? null;
}
