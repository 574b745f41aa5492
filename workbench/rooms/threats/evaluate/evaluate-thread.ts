// Entry of the thread that evaluates rules of strangers; see evaluate-in-worker.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { runExamples } from '../run-examples.ts';
import { compileRules } from './evaluate.ts';
import type { EvaluateOrder, ExamplesOrder } from './evaluate-in-worker.ts';

const order = workerData as EvaluateOrder | ExamplesOrder;
parentPort?.postMessage(
  'examples' in order
    ? runExamples(order.pack, compileRules, order.examples)
    : compileRules(order.pack).evaluate(order.model),
);
