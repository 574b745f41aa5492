// A file of requirements: chosen, shown as a difference, and only then taken.
import { Button, FileInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ImportView } from '../api.ts';
import { refreshRequirements, sendRequirements } from './requirements-queries.ts';
import './requirements.css';

/** Lines of each list that are shown; the numbers say how many there are. */
const SHOWN = 100;

export function ImportDialog({
  product,
  onClose,
}: {
  readonly product: string;
  readonly onClose: () => void;
}) {
  const [file, setFile] = useState<File | null>(null);
  const [plan, setPlan] = useState<ImportView | null>(null);
  const { busy, error, run } = useRequest();
  const ask = (chosen: File | null, confirm?: string) =>
    run(async () => {
      setFile(chosen);
      if (!confirm) setPlan(null);
      if (!chosen) return;
      const answer = await sendRequirements(product, chosen, confirm);
      if (!answer.done) return setPlan(answer);
      await Promise.all([refreshRequirements(), refreshRecords()]);
      showToast(
        `${answer.done.created.length} requirements were made, ${answer.done.changed.length} changed.`,
      );
      onClose();
    });
  const nothing = plan !== null && plan.create.length + plan.change.length === 0;
  return (
    <Dialog title="Import requirements" opened={true} onClose={onClose} size="lg">
      <form
        className="req-import"
        onSubmit={(event) => {
          event.preventDefault();
          if (plan && !nothing) void ask(file, plan.digest);
        }}
      >
        <FileInput
          label="File"
          description="CSV, ReqIF or Markdown. Requirements are found by their key, else by their source."
          placeholder="Choose a file"
          accept=".csv,.tsv,.txt,.reqif,.xml,.md,.markdown"
          value={file}
          disabled={busy}
          onChange={(chosen) => void ask(chosen)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        {plan ? <Difference plan={plan} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!plan || nothing}>
            {plan && !nothing ? `Make ${plan.create.length}, change ${plan.change.length}` : 'Import'}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function Difference({ plan }: { readonly plan: ImportView }) {
  return (
    <section aria-label="What the file would do" className="req-import">
      <p>
        {plan.create.length} new, {plan.change.length} changed, {plan.same} the same. {plan.absent.length} of
        the product are not in the file and stay as they are.
      </p>
      {plan.change.length > 0 ? (
        <ul>
          {plan.change.slice(0, SHOWN).map((one) => (
            <li key={one.key}>
              <KeyLink recordKey={one.key} title={one.title} />
              <ul>
                {one.fields.map(({ field, before, after }) => (
                  <li key={field}>
                    {field}: <del>{before || '(empty)'}</del> <ins>{after}</ins>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      ) : null}
      {plan.create.length > 0 ? (
        <ul>
          {plan.create.slice(0, SHOWN).map(({ title }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list of one difference never changes
            <li key={at}>New: {title}</li>
          ))}
        </ul>
      ) : null}
      {plan.losses.length > 0 ? (
        <>
          <p>What is not taken as it stands:</p>
          <ul>
            {plan.losses.slice(0, SHOWN).map(({ at, message }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list of one difference never changes
              <li key={index}>
                <span className="muted">{at}</span> {message}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
