// Drives one target for some seconds in a thread of its own, so that an input on which it hangs is found and stopped.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { seeded } from '../generate.ts';
import { mutate } from './mutate.ts';
import { FUZZ_TARGETS, type FuzzTarget } from './targets.ts';

/** One input that takes longer has hung: the readers themselves give up after ten seconds. */
const HUNG_MS = 20_000;
/** Between a tenth of the time and its end, both after a collection of garbage. */
const GROWTH_ALLOWED = 48 * 1024 * 1024;
const HEAP_MB = 768;
const LOOK_EVERY_MS = 250;
/** Native handles (zlib) are let go of by the event loop, which a row of synchronous readers would never reach. */
const BREATHE_EVERY = 50;

export interface FuzzTask {
  readonly target: string;
  readonly seconds: number;
  readonly seed: number;
}

export interface FuzzResult {
  readonly target: string;
  readonly seconds: number;
  readonly inputs: number;
  /** How often each outcome came: `read`, `warned`, codes of refusals. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly grownBytes: number;
  readonly fault: { readonly what: string; readonly input: Uint8Array | null } | null;
}

/** Always settles: a fault of the target is part of the result. */
export function fuzz(task: FuzzTask): Promise<FuzzResult> {
  // Bytes 0-3: number of the input that runs, so that the watcher sees it stand still.
  const beat = new SharedArrayBuffer(4);
  const count = new Int32Array(beat);
  const began = performance.now();
  return new Promise((settle) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { ...task, beat },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const end = (result: FuzzResult) => {
      clearInterval(watch);
      settle(result);
      void worker.terminate();
    };
    const broken = (what: string) =>
      end({
        target: task.target,
        seconds: (performance.now() - began) / 1_000,
        inputs: Atomics.load(count, 0),
        outcomes: {},
        slowestMs: performance.now() - since,
        grownBytes: 0,
        // The same seed makes the same inputs: the one that hung is made again here.
        fault: { what, input: inputNumber(task, Atomics.load(count, 0)) },
      });
    let seen = -1;
    let since = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(count, 0);
      if (now !== seen) {
        seen = now;
        since = performance.now();
      } else if (performance.now() - since > HUNG_MS) broken(`no end after ${HUNG_MS / 1_000} s`);
    }, LOOK_EVERY_MS);
    worker.once('message', end);
    worker.once('error', (error) => broken(error.stack ?? String(error)));
  });
}

function targetOf(name: string): FuzzTarget {
  const target = FUZZ_TARGETS.find((each) => each.name === name);
  if (!target) throw new Error(`There is no fuzz target ${name}.`);
  return target;
}

function inputNumber({ target, seed }: FuzzTask, number: number): Uint8Array | null {
  const { seeds } = targetOf(target);
  const random = seeded(seed);
  let input: Uint8Array | null = null;
  for (let n = 0; n < number; n += 1) input = mutate(seeds, random);
  return input;
}

async function driveInThread({ beat, ...task }: FuzzTask & { beat: SharedArrayBuffer }): Promise<FuzzResult> {
  const target = targetOf(task.target);
  const count = new Int32Array(beat);
  const random = seeded(task.seed);
  const outcomes: Record<string, number> = {};
  const began = performance.now();
  const runsFor = task.seconds * 1_000;
  let slowestMs = 0;
  let inputs = 0;
  let heapEarly: number | null = null;
  let fault: FuzzResult['fault'] = null;
  for (;;) {
    const passed = performance.now() - began;
    if (passed >= runsFor) break;
    if (heapEarly === null && passed > runsFor / 10) heapEarly = await heapAfterCollection();
    if (inputs % BREATHE_EVERY === 0) await breathe();
    const input = mutate(target.seeds, random);
    inputs += 1;
    Atomics.store(count, 0, inputs);
    const started = performance.now();
    try {
      const outcome = await target.run(input);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      fault = { what: error instanceof Error ? (error.stack ?? error.message) : String(error), input };
      break;
    }
    slowestMs = Math.max(slowestMs, performance.now() - started);
  }
  const grownBytes = heapEarly === null ? 0 : (await heapAfterCollection()) - heapEarly;
  if (fault === null && grownBytes > GROWTH_ALLOWED)
    fault = { what: `the heap has grown by ${Math.round(grownBytes / 1024 ** 2)} MiB`, input: null };
  const seconds = (performance.now() - began) / 1_000;
  return { target: task.target, seconds, inputs, outcomes, slowestMs, grownBytes, fault };
}

function breathe(): Promise<void> {
  return new Promise((settle) => void setImmediate(settle));
}

async function heapAfterCollection(): Promise<number> {
  setFlagsFromString('--expose-gc');
  for (let turn = 0; turn < 2; turn += 1) {
    (runInNewContext('gc') as () => void)();
    await breathe();
  }
  return process.memoryUsage().heapUsed;
}

const task = workerData as (FuzzTask & { beat: SharedArrayBuffer }) | null;
/** In the thread itself: this bundle is its program too. */
export const isFuzzThread = parentPort !== null && task !== null;
if (parentPort && task) parentPort.postMessage(await driveInThread(task));
