// One upload at a time: how far it is, what came of it, or how it was refused.
import { useState } from 'react';
import { useRequest } from '../../../web/use-request.ts';
import type { UploadPhase } from './upload-words.ts';

interface Running {
  readonly file: File;
  readonly at: UploadPhase;
}

export function useUpload<Result>() {
  const [running, setRunning] = useState<Running | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const { error, run } = useRequest();
  /** `send` says as it goes how far it is; `after` is done with what came of it. */
  const upload = (
    file: File,
    send: (report: (at: UploadPhase) => void) => Promise<Result>,
    after: (result: Result) => Promise<void>,
  ) =>
    run(async () => {
      const report = (at: UploadPhase) => setRunning({ file, at });
      setResult(null);
      report({ phase: 'sending', share: 0 });
      try {
        const done = await send(report);
        setResult(done);
        await after(done);
      } finally {
        setRunning(null);
      }
    });
  return { running, result, error, upload };
}
