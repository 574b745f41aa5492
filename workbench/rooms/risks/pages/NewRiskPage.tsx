// A risk from threats and findings: what is proposed is shown, then made; the judgement follows on the risk's own page.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { recordsClient } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ProposalView } from '../contract.ts';
import { proposalQuery, refreshRisks } from './risk-queries.ts';

export function Page() {
  const [search] = useSearchState();
  const from = search.from ?? '';
  const proposal = useQuery({ ...proposalQuery(from), enabled: from !== '' });
  return (
    <PageFrame
      title="New risk"
      meta={<span>From {from === '' ? 'nothing yet' : from.replaceAll(',', ', ')}</span>}
    >
      {from === '' ? (
        <EmptyState
          what="Of which threat?"
          why="A risk is of threats or findings. Open one of them and make a risk of it."
          action={<AppLink to="/records/threat">Threats</AppLink>}
        />
      ) : (
        <Answer query={proposal}>{(found) => <Proposed proposal={found} />}</Answer>
      )}
    </PageFrame>
  );
}

const GROUPS = [
  { type: 'of', title: 'Of' },
  { type: 'harms', title: 'Harms that it leads to' },
  { type: 'reduced-by', title: 'Controls against it' },
] as const;

function Proposed({ proposal }: { readonly proposal: ProposalView }) {
  const go = useGo();
  const [title, setTitle] = useState(String(proposal.body.title ?? ''));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { busy, error, run } = useRequest();
  const links = proposal.links.filter(({ type, to }) => !left.has(`${type} ${to}`));
  const make = () =>
    run(async () => {
      const answer = await recordsClient.records.$post({
        json: {
          kind: 'risk',
          productId: proposal.productId,
          body: { ...proposal.body, title: title.trim() },
          reason: null,
          links: links.map(({ type, to }) => ({ type, to })),
        },
      });
      const made = await answer.json();
      await refreshRisks();
      showToast(`${made.key} was made. Now judge it.`);
      await go(`/r/${made.key}`);
    });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '') void make();
      }}
    >
      <TextInput
        label="Title"
        withAsterisk={true}
        maxLength={300}
        value={title}
        error={title.trim() === '' ? 'Say what may happen.' : undefined}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      {GROUPS.map((group) => {
        const ofGroup = proposal.links.filter(({ type }) => type === group.type);
        return (
          <Section key={group.type} title={group.title}>
            {ofGroup.length === 0 ? (
              <p className="muted">
                {group.type === 'harms'
                  ? 'The threats lead to no harm yet. Link them, or judge the loss of effectiveness instead.'
                  : 'None.'}
              </p>
            ) : (
              <ul className="lines risk-lines">
                {ofGroup.map(({ type, to, title: name }) => {
                  const id = `${type} ${to}`;
                  return (
                    <li key={id} className="row">
                      <label className="row" aria-label={`Take ${to}`}>
                        <input
                          type="checkbox"
                          checked={!left.has(id)}
                          disabled={
                            group.type === 'of' &&
                            links.filter((link) => link.type === 'of').length < 2 &&
                            !left.has(id)
                          }
                          onChange={() => {
                            const next = new Set(left);
                            if (!next.delete(id)) next.add(id);
                            setLeft(next);
                          }}
                        />
                      </label>
                      <KeyLink recordKey={to} title={name} />
                    </li>
                  );
                })}
              </ul>
            )}
          </Section>
        );
      })}
      {error ? <ProblemNotice error={error} /> : null}
      <div className="form__foot">
        <Button type="submit" variant="filled" loading={busy} disabled={title.trim() === ''}>
          Make risk
        </Button>
      </div>
    </form>
  );
}
