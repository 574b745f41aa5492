// A feed of the house's own: a mirror, a supplier's CSAF provider.
import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Feed } from '../../../knowledge/api.ts';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { useSubmit } from '../../../web/pages/use-submit.ts';
import { queryClient } from '../../../web/query-client.ts';
import { FEED_KIND_TITLES, feedId } from './feed-words.ts';
import { knowledgeClient } from './knowledge-queries.ts';

const KINDS = ['csaf', 'osv', 'nvd', 'kev', 'epss', 'eol'] as const satisfies readonly Feed['kind'][];

const ADDRESSES: Readonly<Record<Feed['kind'], string>> = {
  csaf: 'The provider-metadata.json of the publisher.',
  osv: 'The folder that holds a folder for each ecosystem.',
  nvd: 'The address of the API, as NVD or a mirror offers it.',
  kev: 'The JSON or CSV file.',
  epss: 'The .csv.gz file.',
  eol: 'The full list of products of the API.',
};

export function FeedDialog({ onClose }: { readonly onClose: () => void }) {
  const [kind, setKind] = useState<Feed['kind']>('csaf');
  const [title, setTitle] = useState('');
  const [url, setUrl] = useState('');
  const [ecosystems, setEcosystems] = useState('npm, PyPI');
  const [hours, setHours] = useState(6);
  const { error, busy, onSubmit } = useSubmit(async () => {
    const settings =
      kind === 'osv'
        ? {
            ecosystems: ecosystems
              .split(',')
              .map((name) => name.trim())
              .filter(Boolean),
          }
        : {};
    await knowledgeClient.knowledge.feeds.$post({
      json: { id: feedId(title), kind, title, url, settings, everyMinutes: hours * 60, enabled: true },
    });
    await queryClient.invalidateQueries({ queryKey: ['knowledge-feeds'] });
    onClose();
  });
  return (
    <Dialog title="Add a feed" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <NativeSelect
          label="Kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as Feed['kind'])}
          data={KINDS.map((value) => ({ value, label: FEED_KIND_TITLES[value] }))}
        />
        <TextInput
          label="Name"
          description="Whom it comes from: Harbour PSIRT."
          required={true}
          maxLength={120}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <TextInput
          label="Address"
          description={ADDRESSES[kind]}
          type="url"
          required={true}
          maxLength={2_000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {kind === 'osv' ? (
          <TextInput
            label="Ecosystems"
            description="As OSV names them, with commas between: npm, PyPI, Debian:12."
            required={true}
            maxLength={1_000}
            value={ecosystems}
            onChange={(event) => setEcosystems(event.currentTarget.value)}
          />
        ) : null}
        <NumberInput
          label="Hours between two turns"
          min={1}
          max={720}
          allowDecimal={false}
          hideControls={true}
          value={hours}
          onChange={(next) => setHours(Number(next) || 1)}
        />
        <p className="muted small">It is turned on at once. Nothing of it is sent but the question.</p>
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy}>
            Add feed
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
