// What a release is declared to run on: NVD's records that ask for a platform beside the product are decided by it.
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { useSubmit } from '../../../web/pages/use-submit.ts';
import { queryClient } from '../../../web/query-client.ts';
import { componentsClient, platformQuery } from './platform-queries.ts';

const renew = () => queryClient.invalidateQueries({ queryKey: ['findings'] });

export function PlatformSection({ release }: { readonly release: string }) {
  const platform = useQuery(platformQuery(release));
  const [declaring, setDeclaring] = useState(false);
  const end = async (id: string, cpe: string) => {
    try {
      await componentsClient.platform[':id'].end.$post({ param: { id } });
      await renew();
      showToast(`${cpe} is declared no more.`);
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Section
      title="Platform"
      aside={
        platform.data?.mayDeclare ? <Button onClick={() => setDeclaring(true)}>Declare…</Button> : undefined
      }
    >
      <Answer query={platform} lines={2}>
        {({ items, mayDeclare }) =>
          items.length === 0 ? (
            <p className="muted">
              Nothing is declared. Some records of NVD hold only on a certain system or hardware; without a
              declaration they cannot be decided and are shown as that.
            </p>
          ) : (
            <ul className="plain-list stack">
              {items.map((fact) => (
                <li key={fact.id}>
                  <code className="code wrap-anywhere">{fact.cpe}</code>
                  <p className="muted small">
                    {fact.holdsFor === 'product' ? 'For every release of the product. ' : ''}
                    {fact.complete ? 'Nothing else of its kind is there. ' : ''}
                    {fact.note} Declared <RelativeTime at={fact.addedAt} />
                    {fact.addedBy ? ` by ${fact.addedBy.name}` : ''}.
                  </p>
                  {mayDeclare ? (
                    <button
                      type="button"
                      className="link-button"
                      aria-label={`End the declaration of ${fact.cpe}`}
                      onClick={() => void end(fact.id, fact.cpe)}
                    >
                      End
                    </button>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {declaring ? <DeclareDialog release={release} onClose={() => setDeclaring(false)} /> : null}
    </Section>
  );
}

function DeclareDialog({ release, onClose }: { readonly release: string; readonly onClose: () => void }) {
  const [cpe, setCpe] = useState('');
  const [holdsFor, setHoldsFor] = useState<'release' | 'product'>('release');
  const [complete, setComplete] = useState(false);
  const [note, setNote] = useState('');
  const { error, busy, onSubmit } = useSubmit(async () => {
    await componentsClient.releases[':release'].platform.$post({
      param: { release },
      json: { cpe: cpe.trim(), holdsFor, complete, note: note.trim() },
    });
    await renew();
    showToast('Declared. What waited for it is decided.');
    onClose();
  });
  return (
    <Dialog title="Declare what it runs on" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="CPE"
          description="cpe:2.3:o:linux:linux_kernel:5.15, or hardware: cpe:2.3:h:…"
          data-autofocus="true"
          required={true}
          maxLength={1_000}
          value={cpe}
          onChange={(event) => setCpe(event.currentTarget.value)}
        />
        <NativeSelect
          label="Holds for"
          value={holdsFor}
          onChange={(event) => setHoldsFor(event.currentTarget.value as 'release' | 'product')}
          data={[
            { value: 'release', label: 'This release' },
            { value: 'product', label: 'Every release of the product' },
          ]}
        />
        <Checkbox
          label="Nothing else of its kind is there"
          description="Then records that ask for another system (or hardware) are decided, too: they do not hold."
          checked={complete}
          onChange={(event) => setComplete(event.currentTarget.checked)}
        />
        <TextInput
          label="Note"
          description="How it is known."
          maxLength={1_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={cpe.trim() === ''}>
            Declare
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
