// The field as the benchmark holds it: one process, one order at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { FieldAnswer, FieldOrder } from './field-messages.ts';

export interface Field {
  /** Throws a plain Error when the field has ended. */
  tell(order: FieldOrder): Promise<FieldAnswer>;
  close(): Promise<void>;
}

export function startField(planFile: string): Field {
  const child = spawn(process.execPath, ['scripts/run.mjs', 'bench/fleet/field.ts', planFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  return {
    async tell(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`The field ended at the order ${order.kind}.`);
      return JSON.parse(line.value) as FieldAnswer;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
