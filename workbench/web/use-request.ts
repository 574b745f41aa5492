// What every form does around its request: one at a time, busy while it runs, and the refusal kept for the page.
import { useRef, useState } from 'react';

export interface Request {
  readonly busy: boolean;
  /** How the last one was refused; null while none was. */
  readonly error: unknown;
  /** Runs `work`, unless one runs already: a second press sends nothing. Never throws. */
  readonly run: (work: () => Promise<void>) => Promise<void>;
}

export function useRequest(): Request {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // The state comes with the next drawing of the page, and two presses may come before it.
  const running = useRef(false);
  const run = async (work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refusal) {
      setError(refusal);
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, run };
}
