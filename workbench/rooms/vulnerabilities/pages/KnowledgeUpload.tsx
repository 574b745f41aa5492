// Imports what is known from a file: records of any format that Ward reads, single, listed, or packed.
import { useRef, useState } from 'react';
import type { KnowledgeView } from '../../../knowledge/api.ts';
import { announce } from '../../../web/design/announcer.ts';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { queryClient } from '../../../web/query-client.ts';
import { DropArea } from '../../components/pages/DropArea.tsx';
import { sendFile } from '../../components/pages/send-file.ts';
import { UploadProgress } from '../../components/pages/UploadProgress.tsx';
import type { UploadPhase } from '../../components/pages/upload-words.ts';
import { WarningList } from '../../components/pages/WarningList.tsx';
import type { ImportCounts } from './knowledge-words.ts';
import { importWords, uploadName } from './knowledge-words.ts';

type Result = ImportCounts & Pick<KnowledgeView['runs'][number], 'firstProblems'>;

export function KnowledgeUpload() {
  const [running, setRunning] = useState<{ readonly file: File; readonly at: UploadPhase } | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);
  const send = async (file: File) => {
    setResult(null);
    setError(null);
    setRunning({ file, at: { phase: 'sending', share: 0 } });
    stop.current = new AbortController();
    try {
      const lines = await sendFile({
        path: `/knowledge/upload?${new URLSearchParams({ name: uploadName(file.name) })}`,
        file,
        signal: stop.current.signal,
        onSent: (share) =>
          setRunning({
            file,
            at: share < 1 ? { phase: 'sending', share } : { phase: 'reading', share: null },
          }),
      });
      const done = lines[0];
      if (!isResult(done)) throw new Error('The answer ended before the import was done.');
      setResult(done);
      announce(importWords(done));
    } catch (refusal) {
      setError(refusal);
    } finally {
      setRunning(null);
      // A file that was refused halfway may have brought something all the same.
      await Promise.all(
        ['knowledge', 'findings', 'components', 'sboms', 'tree', 'today'].map((first) =>
          queryClient.invalidateQueries({ queryKey: [first] }),
        ),
      );
    }
  };
  return (
    <div className="stack">
      <DropArea
        verb="Choose a file"
        accept=".json,.jsonl,.csv,.zip,.gz"
        disabled={running !== null}
        onFile={(file) => void send(file)}
      >
        <p>Drop advisories here to import them.</p>
        <p className="muted small">
          OSV, NVD, CSAF and CVE records, KEV, EPSS and endoflife.date, plain or packed with zip or gzip, up
          to 2 GiB. From a terminal, also for whole folders: <code>ward knowledge import PATH…</code>
        </p>
      </DropArea>
      {running ? (
        <UploadProgress
          fileName={running.file.name}
          size={running.file.size}
          at={running.at}
          onStop={running.at.phase === 'sending' ? () => stop.current?.abort() : undefined}
        />
      ) : null}
      {error ? <ProblemNotice error={error} /> : null}
      {result ? (
        <div className="upload" role="status">
          <p className="row">
            <StateBadge tone={result.problems > 0 ? 'attention' : 'settled'}>
              {result.problems > 0 ? 'Imported with problems' : 'Imported'}
            </StateBadge>
            {importWords(result)}
          </p>
          <WarningList warnings={result.firstProblems} />
        </div>
      ) : null}
    </div>
  );
}

function isResult(value: unknown): value is Result {
  return typeof value === 'object' && value !== null && 'read' in value && 'firstProblems' in value;
}
