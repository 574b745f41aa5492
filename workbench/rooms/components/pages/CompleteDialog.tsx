// Completing what an SBOM does not say, for one component or many. An empty field stays as it is; nothing is guessed.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useSubmit } from '../../../web/pages/use-submit.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { QualityComponent } from '../sbom-out-api.ts';
import { SUPPORT_LEVELS } from '../support-levels.ts';
import { completeComponents } from './quality-queries.ts';
import { levelWords } from './quality-words.ts';

export interface CompleteDialogProps {
  readonly release: string;
  readonly components: readonly QualityComponent[];
  readonly onClose: () => void;
}

export function CompleteDialog({ release, components, onClose }: CompleteDialogProps) {
  const only = components.length === 1 ? components[0] : undefined;
  const [fields, setFields] = useState<Record<string, string>>({});
  const [holdsFor, setHoldsFor] = useState<'version' | 'every-version'>('version');
  const [reason, setReason] = useState('');
  const value = (name: string) => fields[name] ?? '';
  const set = (name: string, text: string) => setFields((before) => ({ ...before, [name]: text }));
  const given = Object.entries(fields).filter(([, text]) => text.trim() !== '');
  const { error, busy, onSubmit } = useSubmit(async () => {
    const changed = await completeComponents(release, {
      components: components.flatMap(({ id }) => id ?? []),
      fields: Object.fromEntries(given.map(([name, text]) => [name, text.trim()])),
      holdsFor,
      reason: reason.trim(),
    });
    for (const key of ['sbom-quality', 'components', 'licences', 'findings', 'sboms'])
      await queryClient.invalidateQueries({ queryKey: [key] });
    showToast(changed === 1 ? 'Completed one component.' : `Completed ${changed} components.`);
    onClose();
  });
  const proposal = only?.proposal;
  const field = (name: string, label: string, known: string | null | undefined, description?: string) => (
    <TextInput
      label={label}
      description={description}
      placeholder={known ?? 'not given'}
      maxLength={2_000}
      value={value(name)}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  return (
    <Dialog
      title={
        only ? `Complete ${only.name} ${only.version ?? ''}` : `Complete ${components.length} components`
      }
      opened={true}
      onClose={onClose}
      size="lg"
    >
      <form className="stack" onSubmit={onSubmit}>
        <p className="muted">
          What you give here stands beside the SBOM, which stays as it came. Empty fields stay as they are.
        </p>
        {proposal ? (
          <div className="row">
            <span>
              {proposal.from} says:{' '}
              {proposal.supportLevel === null ? 'level not said' : levelWords(proposal.supportLevel)}
              {proposal.endOfSupport === null ? '' : `, until ${proposal.endOfSupport}`}.
            </span>
            <Button
              size="compact-sm"
              onClick={() => {
                if (proposal.supportLevel !== null) set('supportLevel', proposal.supportLevel);
                if (proposal.endOfSupport !== null) set('endOfSupport', proposal.endOfSupport);
                if (reason === '') setReason(`As published: ${proposal.url}`);
              }}
            >
              Take over
            </Button>
          </div>
        ) : null}
        {field('supplier', 'Supplier', only?.supplier)}
        <NativeSelect
          label="Level of support"
          description="What the maker still does for it; asked for by the FDA."
          value={value('supportLevel')}
          onChange={(event) => set('supportLevel', event.currentTarget.value)}
          data={[
            {
              value: '',
              label: only?.supportLevel ? `As it is: ${levelWords(only.supportLevel)}` : 'As it is',
            },
            ...SUPPORT_LEVELS.map((level) => ({ value: level, label: levelWords(level) })),
          ]}
        />
        <TextInput
          label="End of support"
          type="date"
          description={only?.endOfSupport ? `Now: ${only.endOfSupport}` : undefined}
          value={value('endOfSupport')}
          onChange={(event) => set('endOfSupport', event.currentTarget.value)}
        />
        <Textarea
          label="Why level or end of support is not known"
          description="Stands in for both where nobody can say."
          autosize={true}
          minRows={2}
          maxLength={2_000}
          value={value('justification')}
          onChange={(event) => set('justification', event.currentTarget.value)}
        />
        {field(
          'licence',
          'Licence',
          only?.licences.join(', ') || null,
          'An id or expression of SPDX: MIT, Apache-2.0 OR MIT.',
        )}
        {only ? (
          <>
            {field('purl', 'Package URL', only.purl, 'A corrected identity is matched at once.')}
            {field('cpe', 'CPE', only.cpes[0])}
          </>
        ) : null}
        <NativeSelect
          label="Holds for"
          value={holdsFor}
          onChange={(event) => setHoldsFor(event.currentTarget.value as typeof holdsFor)}
          data={[
            { value: 'version', label: 'This version, in every release of the product' },
            { value: 'every-version', label: 'Every version, in every release of the product' },
          ]}
        />
        <TextInput
          label="How you know"
          required={true}
          minLength={3}
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={given.length === 0}>
            Complete
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
