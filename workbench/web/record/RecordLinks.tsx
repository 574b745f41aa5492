// Links both ways, under what they mean; suspect ones are work.
import { Button } from '@mantine/core';
import { IconUnlink } from '@tabler/icons-react';
import { useState } from 'react';
import type { LinkView, RecordView } from '../../kernel/records/contract.ts';
import { recordsClient } from '../client.ts';
import { AppLink } from '../design/AppLink.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { KeyLink } from '../design/KeyLink.tsx';
import { Section } from '../design/PageFrame.tsx';
import { RecordState } from '../design/RecordState.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import { refreshRecords, useKind } from '../queries.ts';

export function RecordLinks({ record }: { readonly record: RecordView }) {
  const [ending, setEnding] = useState<LinkView | null>(null);
  const groups = new Map<string, LinkView[]>();
  for (const link of record.links) groups.set(link.title, [...(groups.get(link.title) ?? []), link]);
  const suspect = record.links.filter((link) => link.suspect).length;
  return (
    <Section
      title="Links"
      aside={suspect > 0 ? <StateBadge tone="stale">{suspect} to confirm</StateBadge> : undefined}
    >
      {record.links.length === 0 ? <p className="muted">Nothing is linked yet.</p> : null}
      {[...groups].map(([title, links]) => (
        <div key={title} className="links">
          <h3>{title}</h3>
          <ul>
            {links.map((link) => (
              <OneLink key={link.id} link={link} mayLink={record.mayLink} onEnd={() => setEnding(link)} />
            ))}
          </ul>
        </div>
      ))}
      {ending ? (
        <ConfirmDialog
          title={`End the link to ${ending.other.key}`}
          verb="End link"
          opened={true}
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await changeLink(ending, 'end');
            showToast(`The link to ${ending.other.key} was ended.`);
          }}
        >
          {record.key} no longer {ending.title.toLowerCase()} {ending.other.key} {ending.other.title}. The
          history keeps that it did.
        </ConfirmDialog>
      ) : null}
    </Section>
  );
}

function OneLink({
  link,
  mayLink,
  onEnd,
}: {
  readonly link: LinkView;
  readonly mayLink: boolean;
  readonly onEnd: () => void;
}) {
  const kind = useKind(link.other.kind);
  const confirm = async () => {
    try {
      await changeLink(link, 'confirm');
      showToast(`The link to ${link.other.key} holds for its revision ${link.other.revision}.`);
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <li className="links__one">
      <div className="grow">
        <KeyLink recordKey={link.other.key} title={link.other.title} />{' '}
        <RecordState kind={kind} state={link.other.state} />
        {link.suspect ? (
          <div className="links__suspect">
            <StateBadge tone="stale">Suspect</StateBadge>
            <span className="small">
              Seen at revision {link.seenRevision}; now {link.other.revision}.
            </span>
            <AppLink
              to={`/r/${link.other.key}`}
              search={{ from: String(link.seenRevision) }}
              className="small"
            >
              What changed
            </AppLink>
            {mayLink ? <Button onClick={() => void confirm()}>Confirm link</Button> : null}
          </div>
        ) : null}
      </div>
      {mayLink && link.direction === 'out' ? (
        <button
          type="button"
          className="icon-button"
          aria-label={`End the link to ${link.other.key}`}
          title="End link"
          onClick={onEnd}
        >
          <IconUnlink size={15} aria-hidden="true" />
        </button>
      ) : null}
    </li>
  );
}

async function changeLink(link: LinkView, act: 'end' | 'confirm'): Promise<void> {
  await recordsClient.links[':id'].$post({ param: { id: link.id }, json: { act } });
  await refreshRecords();
}
