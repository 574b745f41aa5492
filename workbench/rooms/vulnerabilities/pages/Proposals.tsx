// Decisions of other releases that may hold in this one too: with what is equal and what differs; taking one over writes a draft.
import { Button, Kbd } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useActions } from '../../../web/actions/action.ts';
import type { Column } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showProblem, showToast, showUndo } from '../../../web/design/toasts.ts';
import type { Proposal } from '../triage-api.ts';
import { JUSTIFICATION_WORDS, statusTitle } from './finding-words.ts';
import type { ManyDone } from './findings-queries.ts';
import { proposalsQuery, refreshFindings, takeBackMany, takeOverMany } from './findings-queries.ts';
import { ManyRefused } from './ManyRefused.tsx';

const COLUMNS: readonly Column<Proposal>[] = [
  { id: 'vulnerability', title: 'Vulnerability', value: (row) => row.vulnerability, width: 140, priority: 1 },
  { id: 'component', title: 'Component', value: (row) => row.component, width: 130, grow: 1, priority: 1 },
  {
    id: 'equal',
    title: 'Facts',
    value: (row) => (row.equal ? 'The same' : row.differences.join(' ')),
    cell: (row) =>
      row.equal ? (
        <StateBadge tone="settled">The same</StateBadge>
      ) : (
        <span title={row.differences.join('\n')}>
          <StateBadge tone="attention">Differ</StateBadge>{' '}
          <span className="muted small">{row.differences[0]}</span>
        </span>
      ),
    width: 130,
    grow: 1,
  },
  {
    id: 'says',
    title: 'Says',
    value: (row) => statusTitle(row.from.status),
    cell: (row) => (
      <span title={row.from.rationale}>
        {statusTitle(row.from.status)}
        {row.from.justification ? (
          <span className="muted">
            :{' '}
            {(JUSTIFICATION_WORDS as Readonly<Record<string, string>>)[row.from.justification] ??
              row.from.justification}
          </span>
        ) : null}
      </span>
    ),
    width: 130,
    grow: 1,
  },
  {
    id: 'from',
    title: 'From',
    value: (row) => `${row.from.release} ${row.from.assessment}`,
    cell: (row) => (
      <>
        <span className="code">{row.from.release}</span> <KeyLink recordKey={row.from.assessment} />
      </>
    ),
    width: 150,
  },
];

export function Proposals({ release }: { readonly release: string }) {
  const proposals = useQuery(proposalsQuery(release));
  const rows = useMemo(
    () => proposals.data && [...proposals.data].sort((a, b) => Number(b.equal) - Number(a.equal)),
    [proposals.data],
  );
  const [refused, setRefused] = useState<ManyDone>({ done: [], refused: [] });
  return (
    <div className="stack">
      <p className="muted">
        A decision holds for the release that it was made for. Where the facts are the same here it can be
        taken over as a draft; somebody else signs it.
      </p>
      <ManyRefused refused={refused.refused} done={refused.done.length} />
      <DataTable
        label="Proposals"
        name="proposals"
        columns={COLUMNS}
        rows={rows}
        rowId={(row) => `${row.vulnerability} ${row.place}`}
        error={proposals.error}
        onRetry={() => void proposals.refetch()}
        filters={[
          {
            id: 'facts',
            title: 'Facts',
            options: [
              { value: 'same', title: 'The same' },
              { value: 'differ', title: 'Differ' },
            ],
            value: (row) => (row.equal ? 'same' : 'differ'),
          },
        ]}
        bulk={(chosen, clear) => (
          <TakeOver release={release} chosen={chosen} onDone={clear} onOutcome={setRefused} />
        )}
        empty={
          <EmptyState
            what="Nothing to take over"
            why="Proposals appear when a finding of this release was decided, and approved, in another release of the product."
            action={
              <AppLink to={`/releases/${release}`} search={{ tab: 'findings' }}>
                Findings of this release
              </AppLink>
            }
          />
        }
      />
    </div>
  );
}

interface TakeOverProps {
  readonly release: string;
  readonly chosen: readonly Proposal[];
  readonly onDone: () => void;
  readonly onOutcome: (outcome: ManyDone) => void;
}

function TakeOver({ release, chosen, onDone, onOutcome }: TakeOverProps) {
  const [busy, setBusy] = useState(false);
  const take = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const outcome = await takeOverMany(
        release,
        chosen
          .slice(0, 200)
          .map(({ vulnerability, place, from }) => ({ vulnerability, place, from: from.assessment })),
      );
      await refreshFindings();
      onOutcome(outcome);
      onDone();
      showUndo(`${outcome.done.length} decisions were taken over as drafts.`, () => {
        takeBackMany(outcome.done)
          .then(async (words) => {
            await refreshFindings();
            showToast(words);
          })
          .catch(showProblem);
      });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  useActions([
    {
      id: 'proposals.take',
      name: 'Take the chosen decisions over',
      keys: 'a',
      section: 'Proposals',
      perform: () => void take(),
    },
  ]);
  return (
    <Button variant="filled" onClick={() => void take()} loading={busy}>
      Take over as drafts <Kbd size="xs">A</Kbd>
    </Button>
  );
}
