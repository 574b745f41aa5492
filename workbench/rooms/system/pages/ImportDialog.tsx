// Takes a model of another tool: first what would be kept, changed, left raw and refused; then, when somebody confirms, the model.
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { fetchJson } from '../../../web/client.ts';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import { useRequest } from '../../../web/use-request.ts';
import { DropArea } from '../../components/pages/DropArea.tsx';
import type { ModelImportView } from '../exchange-api.ts';
import { PART_PLURALS } from './drawing/model-words.ts';

export interface ImportDialogProps {
  readonly product: string;
  /** The model of which the file is a newer state; absent: a new model. */
  readonly model?: { readonly key: string; readonly revision: number };
  readonly onClose: () => void;
  readonly onDone: (key: string) => void;
}

const LISTS = [
  ['refused', 'Refused: not taken'],
  ['changed', 'Changed: taken, and something was lost or read another way'],
  ['raw', 'Raw: only in the original file, which is kept'],
  ['kept', 'Kept as it is'],
] as const;

/** What else comes with the file: its threats are taken into the threats of the model, as evidence and not as decisions. */
function threatWords({ threats = 0, decisions = 0 }: ModelImportView['counts']): string {
  const count = (n: number, one: string) => `${n} ${n === 1 ? one : `${one}s`}`;
  if (threats + decisions === 0) return '';
  const decided = decisions > 0 ? ` and ${count(decisions, 'decision')}` : '';
  return `; ${count(threats, 'threat')}${decided} of the file, which come to the threats of the model`;
}

export function ImportDialog({ product, model, onClose, onDone }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<ModelImportView | null>(null);
  const [zones, setZones] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const { busy, error, run } = useRequest();

  const send = (chosen: File, dryRun: boolean) => {
    const query = new URLSearchParams({
      name: chosen.name,
      ...(model ? { model: model.key, seenRevision: String(model.revision) } : {}),
      // The zones that are chosen now may be those of the file before.
      ...(dryRun ? { dryRun: 'true' } : { zones: zones.join(',') }),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    return fetchJson<ModelImportView>(`/products/${product}/system-models/import?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: chosen,
    });
  };
  const look = async (chosen: File) => {
    setFile(chosen);
    setPreview(null);
    await run(async () => {
      const seen = await send(chosen, true);
      setPreview(seen);
      setZones(seen.proposedZones.map((zone) => zone.id));
    });
  };
  const take = async () => {
    if (!file) return;
    await run(async () => {
      const done = await send(file, false);
      const key = done.key ?? model?.key ?? '';
      await refreshRecords();
      await queryClient.invalidateQueries({ queryKey: ['system-layout', key] });
      showToast(`${file.name} was taken as ${key}, revision ${done.revision ?? 1}.`);
      onDone(key);
    });
  };
  return (
    <Dialog
      title={model ? `Import a newer state of ${model.key}` : 'Import a system model'}
      opened={true}
      onClose={onClose}
      size="xl"
    >
      <div className="stack">
        <DropArea verb="Choose a file" disabled={busy} onFile={(chosen) => void look(chosen)}>
          <p>
            Ward’s text form, OWASP Threat Dragon, Threagile, Microsoft TM7, pytm, OTM, CycloneDX, TM Library,
            Threat Composer. Nothing is stored before you have seen what is taken.
          </p>
        </DropArea>
        {busy && !preview ? <Loading lines={4} label="Reading the file" /> : null}
        {error ? <ProblemNotice error={error} /> : null}
        {preview ? (
          <>
            <p>
              <strong>{preview.title}</strong> <span className="muted">({preview.format})</span>:{' '}
              {Object.entries(preview.objects)
                .filter(([, count]) => count > 0)
                .map(
                  ([part, count]) =>
                    `${count} ${PART_PLURALS[part as keyof typeof PART_PLURALS].toLowerCase()}`,
                )
                .join(', ') || 'nothing in it'}
              {threatWords(preview.counts)}.
            </p>
            {preview.changes ? (
              <details open={preview.changes.length <= 12}>
                <summary>{preview.changes.length} changes against the present model</summary>
                <ul className="small">
                  {preview.changes.slice(0, 200).map((change) => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
              </details>
            ) : null}
            {preview.proposedZones.length > 0 ? (
              <fieldset className="answers">
                <legend>Zones read from the drawing: which of them are right?</legend>
                {preview.proposedZones.map((zone) => (
                  <Checkbox
                    key={zone.id}
                    label={`${zone.title}: ${zone.elements.length} elements`}
                    checked={zones.includes(zone.id)}
                    onChange={(event) => {
                      const on = event.currentTarget.checked;
                      setZones((now) => (on ? [...now, zone.id] : now.filter((id) => id !== zone.id)));
                    }}
                  />
                ))}
              </fieldset>
            ) : null}
            {LISTS.map(([list, title]) =>
              preview.report.counts[list] === 0 ? null : (
                <details key={list} open={list === 'refused'}>
                  <summary>
                    {title} <span className="muted">({preview.report.counts[list]})</span>
                  </summary>
                  <ul className="small import__lines">
                    {preview.report[list].slice(0, 200).map((line) => (
                      <li key={`${line.place} ${line.what}`}>
                        {line.what}
                        {line.why === '' ? '' : `: ${line.why}`} <code>{line.place}</code>
                      </li>
                    ))}
                  </ul>
                </details>
              ),
            )}
            {model ? (
              <ReasonField
                label="Reason for the change"
                description="Stays with the history."
                needed={false}
                value={reason}
                onChange={setReason}
              />
            ) : null}
          </>
        ) : null}
      </div>
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={!preview}
          loading={busy && preview !== null}
          onClick={() => void take()}
        >
          {model ? `Take as revision ${model.revision + 1}` : 'Import model'}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
