import { useSyncExternalStore } from 'react';
import { exactTime, relativeTime } from './time.ts';

const listeners = new Set<() => void>();
let minute = new Date();
let clock: ReturnType<typeof setInterval> | undefined;

/** One clock for all times on the page; it ticks only while something shows a time. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  clock ??= setInterval(() => {
    minute = new Date();
    for (const tell of listeners) tell();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** `3 hours ago`; the exact instant on hover and for machines. */
export function RelativeTime({ at }: { readonly at: string }) {
  const tick = useSyncExternalStore(subscribe, () => minute);
  // What was written after the last tick is not in the future.
  const now = Date.parse(at) > tick.getTime() && Date.parse(at) <= Date.now() ? new Date() : tick;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
