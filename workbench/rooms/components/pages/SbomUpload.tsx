// Imports an SBOM into a release: file, phases as the server reports them, the result with its warnings or the refusal.
import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { asProblem } from '../../../web/client.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { announce } from '../../../web/design/announcer.ts';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { SbomResult } from '../api.ts';
import { DropArea } from './DropArea.tsx';
import { UploadOutcome } from './ImportedFile.tsx';
import { sendFile } from './send-file.ts';
import { UploadProgress } from './UploadProgress.tsx';
import { phaseOf } from './upload-words.ts';
import { useUpload } from './use-upload.ts';

export function SbomUpload({ release }: { readonly release: string }) {
  const { running, result, error, upload } = useUpload<SbomResult>();
  const [part, setPart] = useState('');
  const stop = useRef<AbortController | null>(null);
  const [sent, setSent] = useState<File | null>(null);

  /** `as`: what people say the file describes, `''` for the whole release; null leaves it to the file. */
  const send = (file: File, as: string | null) => {
    const stopping = new AbortController();
    stop.current = stopping;
    setSent(file);
    const search = new URLSearchParams({ release, name: file.name.slice(0, 300), progress: 'lines' });
    if (as !== null) search.set('part', as);
    return upload(
      file,
      async (report) => {
        const lines = await sendFile({
          path: `/sboms/upload?${search}`,
          file,
          signal: stopping.signal,
          onSent: (share) =>
            report(share < 1 ? { phase: 'sending', share } : { phase: 'reading', share: null }),
          onLine: (line) => {
            const at = phaseOf(line);
            if (at) report(at);
          },
        });
        const done = lines.find(isResult)?.result;
        if (!done) throw new Error('The answer ended before the import was done.');
        return done;
      },
      async (done) => {
        announce(resultWords(done));
        await refreshAfterImport();
      },
    );
  };
  return (
    <div className="stack">
      <details className="more">
        <summary>The SBOM describes one part of the release</summary>
        <TextInput
          label="Part"
          description="A new SBOM replaces the one of the same part. Empty: the name that the file gives to its subject."
          className="form__short"
          maxLength={200}
          value={part}
          onChange={(event) => setPart(event.currentTarget.value)}
        />
      </details>
      <DropArea
        verb="Choose an SBOM"
        accept=".json,.xml,.spdx,.yaml,.yml,.rdf,.jsonld,.cdx,.gz"
        disabled={running !== null}
        onFile={(file) => void send(file, part.trim() || null)}
      >
        <p>Drop an SBOM here to import it into {release}.</p>
        <p className="muted small">
          CycloneDX as JSON or XML; SPDX 2 as JSON, YAML, tag-value or RDF/XML; SPDX 3 as JSON-LD; also packed
          as .gz. Up to 256 MiB unpacked. Checked before anything is stored; the SBOM before it is kept.
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
      {error && sent && running === null && asProblem(error).code === 'sbom.part-unclear' ? (
        <div className="row">
          <Button onClick={() => void send(sent, sent.name.slice(0, 200))}>Keep both: this is a part</Button>
          <Button variant="default" onClick={() => void send(sent, '')}>
            Replace the one in force
          </Button>
        </div>
      ) : null}
      {result ? <Imported result={result} /> : null}
    </div>
  );
}

function Imported({ result }: { readonly result: SbomResult }) {
  return (
    <UploadOutcome unchanged={result.unchanged} warnings={result.warnings}>
      {resultWords(result)}
      <AppLink to={`/releases/${result.releaseKey}`} search={{ tab: 'findings' }}>
        Findings of this release
      </AppLink>
    </UploadOutcome>
  );
}

function resultWords({ unchanged, format, part, components, watched, newVersions }: SbomResult): string {
  const what = `${format}${part === '' ? '' : `, part ${part}`}: ${components} components, ${watched} with an identity that can be watched`;
  if (unchanged) return `This very file is the SBOM in force already. ${what}.`;
  return `${what}; ${newVersions} of them new to Ward in this version.`;
}

function isResult(line: unknown): line is { readonly result: SbomResult } {
  return typeof line === 'object' && line !== null && 'result' in line;
}

async function refreshAfterImport(): Promise<void> {
  const touched = ['sboms', 'components', 'tree', 'findings', 'today', 'knowledge'];
  await Promise.all([
    ...touched.map((first) => queryClient.invalidateQueries({ queryKey: [first] })),
    refreshRecords(),
  ]);
}
