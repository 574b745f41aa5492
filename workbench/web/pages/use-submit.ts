import type { FormEvent } from 'react';
import { useState } from 'react';

export interface Submit {
  readonly error: unknown;
  readonly busy: boolean;
  readonly onSubmit: (event: FormEvent) => void;
}

/** Runs a form's work once at a time and keeps its refusal for showing. */
export function useSubmit(work: () => Promise<unknown>): Submit {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  return {
    error,
    busy,
    onSubmit: (event) => {
      event.preventDefault();
      if (busy) return;
      setBusy(true);
      setError(null);
      work()
        .catch((refusal: unknown) => setError(refusal))
        .finally(() => setBusy(false));
    },
  };
}
