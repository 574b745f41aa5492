// The rule tried on a model while one types: in a worker, given up after a deadline.
import { useEffect, useState } from 'react';
import type { TrialOrder } from './rule-trial-worker.ts';
import type { Tried } from './try-rule.ts';

export type Trial =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'tried'; readonly tried: Tried }
  | { readonly kind: 'too slow' };

const PAUSE_MS = 250;
const DEADLINE_MS = 3_000;

/** Null: there is nothing to try yet. */
export function useRuleTrial(order: TrialOrder | null): Trial {
  const [trial, setTrial] = useState<Trial>({ kind: 'waiting' });
  const text = order === null ? '' : JSON.stringify([order.rule, order.questions, order.model.title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tried anew when its text changes, not with every drawing
  useEffect(() => {
    if (order === null) return;
    let worker: Worker | undefined;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    const pause = setTimeout(() => {
      worker = new Worker(new URL('./rule-trial-worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = ({ data }: MessageEvent<Tried>) => {
        clearTimeout(deadline);
        worker?.terminate();
        setTrial({ kind: 'tried', tried: data });
      };
      deadline = setTimeout(() => {
        worker?.terminate();
        setTrial({ kind: 'too slow' });
      }, DEADLINE_MS);
      worker.postMessage(order);
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
      clearTimeout(deadline);
      worker?.terminate();
    };
  }, [text]);
  return trial;
}
