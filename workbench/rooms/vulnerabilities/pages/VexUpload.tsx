// Imports a VEX document of a supplier: for a release, from a supplier, or both.
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { announce } from '../../../web/design/announcer.ts';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { queryClient } from '../../../web/query-client.ts';
import { DropArea } from '../../components/pages/DropArea.tsx';
import { UploadOutcome } from '../../components/pages/ImportedFile.tsx';
import { sendFile } from '../../components/pages/send-file.ts';
import { UploadProgress } from '../../components/pages/UploadProgress.tsx';
import { useUpload } from '../../components/pages/use-upload.ts';
import type { VexResult } from '../vex/api.ts';
import type { VexAbout } from './VexSection.tsx';

export function VexUpload({ release, supplier }: VexAbout) {
  const { running, result, error, upload } = useUpload<VexResult>();
  const [from, setFrom] = useState('');
  const send = (file: File) => {
    const query = new URLSearchParams({ name: file.name.slice(0, 300) });
    const given = supplier ?? from.trim();
    if (release) query.set('release', release);
    if (given !== '') query.set('supplier', given);
    return upload(
      file,
      async () => {
        const [done] = await sendFile({ path: `/vex/upload?${query}`, file });
        if (!isResult(done)) throw new Error('The answer ended before the import was done.');
        return done;
      },
      async (done) => {
        announce(wordsOf(done));
        await Promise.all(
          ['vex', 'findings', 'today'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })),
        );
      },
    );
  };
  return (
    <div className="stack">
      {supplier ? null : (
        <TextInput
          label="Supplier"
          description="Key of the supplier whom it came from, e.g. SUP-1. Empty: shown as from somebody you do not know."
          className="form__short"
          maxLength={60}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      )}
      <DropArea
        verb="Choose a VEX document"
        accept=".json"
        disabled={running !== null}
        onFile={(file) => void send(file)}
      >
        <p>
          Drop a VEX document here
          {release ? ` to import what it says for ${release}` : ' to import what this supplier says'}.
        </p>
        <p className="muted small">
          OpenVEX, CSAF or CycloneDX as JSON, up to 64 MiB. The original is kept; no finding is changed by it.
        </p>
      </DropArea>
      {running ? (
        <UploadProgress
          fileName={running.file.name}
          size={running.file.size}
          at={running.at}
          onStop={undefined}
        />
      ) : null}
      {error ? <ProblemNotice error={error} /> : null}
      {result ? (
        <UploadOutcome unchanged={result.unchanged} warnings={result.warnings}>
          {wordsOf(result)}
        </UploadOutcome>
      ) : null}
    </div>
  );
}

function wordsOf({ unchanged, format, author, statements, applied }: VexResult): string {
  if (unchanged) return 'This very file was imported before.';
  const many = statements === 1 ? '1 statement' : `${statements} statements`;
  return `${many} of ${author || 'an unnamed author'} (${format}); ${applied} about what is known here.`;
}

function isResult(value: unknown): value is VexResult {
  return typeof value === 'object' && value !== null && 'statements' in value && 'applied' in value;
}
