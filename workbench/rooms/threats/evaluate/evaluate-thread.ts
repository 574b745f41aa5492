// Entry of the thread that evaluates rules of strangers; see evaluate-in-worker.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { compileRules } from './evaluate.ts';
import type { EvaluateOrder } from './evaluate-in-worker.ts';

const { pack, model } = workerData as EvaluateOrder;
parentPort?.postMessage(compileRules(pack).evaluate(model));
