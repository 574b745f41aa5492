// The library, what the threats of the model call for first: choose, and requirements stand where they are needed.
import { Button, Checkbox, Kbd } from '@mantine/core';
import { IconBooks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { SidePanel } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { useProduct } from '../../../web/product.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { ProposalView } from '../api.ts';
import { CATEGORY_LIST, CATEGORY_TITLES } from '../categories.ts';
import { libraryQuery, refreshRequirements, requirementsClient } from './requirements-queries.ts';
import './requirements.css';

const COLUMNS: readonly Column<ProposalView>[] = [
  { id: 'id', title: 'Id', value: (row) => row.id, width: 96, priority: 1 },
  { id: 'title', title: 'Requirement', value: (row) => row.title, width: 110, grow: 3, priority: 1 },
  {
    id: 'called',
    title: 'Called for by',
    value: (row) => row.raised * 1_000 + row.open,
    cell: (row) =>
      row.raised > 0 ? (
        <StateBadge tone="attention">{row.raised === 1 ? '1 threat' : `${row.raised} threats`}</StateBadge>
      ) : row.open > 0 ? (
        <StateBadge tone="question">{row.open === 1 ? '1 question' : `${row.open} questions`}</StateBadge>
      ) : (
        <span className="muted">nothing yet</span>
      ),
    width: 124,
    priority: 1,
  },
  {
    id: 'made',
    title: 'In the product',
    value: (row) => row.requirement ?? '',
    cell: (row) =>
      row.requirement === null ? (
        <span className="muted">no</span>
      ) : (
        <KeyLink recordKey={row.requirement} tabIndex={-1} />
      ),
    width: 108,
  },
  {
    id: 'places',
    title: 'Places',
    value: (row) => row.places.length,
    align: 'right',
    width: 72,
    priority: 3,
  },
  {
    id: 'category',
    title: 'Category',
    value: (row) => CATEGORY_TITLES[row.category],
    width: 140,
    grow: 1,
    priority: 3,
  },
  { id: 'acceptance', title: 'Acceptance criterion', value: (row) => row.acceptance, hidden: true },
];

const FILTERS: readonly TableFilter<ProposalView>[] = [
  {
    id: 'called',
    title: 'Called for',
    options: [
      { value: 'yes', title: 'By threats or questions' },
      { value: 'no', title: 'By nothing yet' },
    ],
    value: (row) => (row.raised + row.open > 0 ? 'yes' : 'no'),
  },
  {
    id: 'made',
    title: 'In the product',
    options: [
      { value: 'no', title: 'Not yet' },
      { value: 'yes', title: 'Already' },
    ],
    value: (row) => (row.requirement === null ? 'no' : 'yes'),
  },
  {
    id: 'category',
    title: 'Category',
    options: CATEGORY_LIST.map(({ id, title }) => ({ value: id, title })),
    value: (row) => row.category,
  },
];

export function Page() {
  const { product } = useProduct();
  const [search, set] = useSearchState();
  const library = useQuery(libraryQuery(product?.key));
  const open = library.data?.items.find(({ id }) => id === search.entry);
  return (
    <PageFrame
      title="Requirement library"
      wide={true}
      meta={
        <span>
          Requirements with acceptance criteria, to start from. Choose with <Kbd size="xs">X</Kbd>, place with{' '}
          <Kbd size="xs">P</Kbd>; the numbers in them are proposals.
        </span>
      }
    >
      <DataTable<ProposalView>
        label="Requirement library"
        columns={COLUMNS}
        filters={FILTERS}
        rows={product === undefined ? [] : library.data?.items}
        rowId={(row) => row.id}
        error={library.error}
        onRetry={() => void library.refetch()}
        onOpen={(row) => set({ entry: row.id })}
        {...(library.data?.mayPlace && product
          ? {
              bulk: (rows, clear) => (
                <PlaceBar
                  product={product.key}
                  rows={rows}
                  withControls={library.data.mayPlaceControls}
                  onDone={clear}
                />
              ),
            }
          : {})}
        empty={
          <EmptyState
            icon={<IconBooks size={28} aria-hidden="true" />}
            what="No product is chosen"
            why="The library is sorted by what the threats of a product call for."
          />
        }
      />
      {open ? (
        <SidePanel title={`${open.id} ${open.title}`} opened={true} onClose={() => set({ entry: undefined })}>
          <Entry entry={open} />
        </SidePanel>
      ) : null}
    </PageFrame>
  );
}

function PlaceBar({
  product,
  rows,
  withControls,
  onDone,
}: {
  readonly product: string;
  readonly rows: readonly ProposalView[];
  readonly withControls: boolean;
  readonly onDone: () => void;
}) {
  const [control, setControl] = useState(withControls);
  const [busy, setBusy] = useState(false);
  const place = async () => {
    if (busy || rows.length === 0) return;
    setBusy(true);
    try {
      const entries = rows.map(({ id }) => ({ id, control: control && withControls }));
      const answer = await requirementsClient.requirements['from-library'].$post({
        json: { product, entries },
      });
      const { made, kept, controls, links } = await answer.json();
      onDone();
      await Promise.all([refreshRequirements(), refreshRecords()]);
      showToast(
        `${made.length} requirements and ${controls.length} controls were made, ${kept.length} were there already; ${links} links.`,
      );
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  useActions([
    {
      id: 'library.place',
      name: 'Place the chosen requirements',
      keys: 'p',
      section: 'Library',
      perform: () => void place(),
    },
  ]);
  return (
    <>
      {withControls ? (
        <Checkbox
          label="With the controls that they demand"
          checked={control}
          onChange={(event) => setControl(event.currentTarget.checked)}
        />
      ) : null}
      <Button loading={busy} onClick={() => void place()}>
        Place {rows.length === 1 ? 'requirement' : `${rows.length} requirements`} <Kbd size="xs">P</Kbd>
      </Button>
    </>
  );
}

function Entry({ entry }: { readonly entry: ProposalView }) {
  return (
    <dl className="req-detail">
      <dt>Requirement</dt>
      <dd>{entry.statement}</dd>
      <dt>Acceptance criterion</dt>
      <dd>{entry.acceptance}</dd>
      <dt>Why</dt>
      <dd>{entry.rationale}</dd>
      <dt>Verification</dt>
      <dd>
        {entry.verification.method}: {entry.verification.procedure}
      </dd>
      <dt>Control that it usually demands</dt>
      <dd>
        {entry.control.title} ({entry.control.effect}; {entry.control.riskControl}
        {entry.control.independent ? '; independent of the software that it guards' : ''})
      </dd>
      <dt>Clauses</dt>
      <dd>{entry.clauses.join('; ')}</dd>
      <dt>Called for by</dt>
      <dd>
        {entry.raised} raised threats, {entry.open} open questions
        {entry.places.length > 0 ? ` at ${entry.places.slice(0, 30).join(', ')}` : ''}
      </dd>
      {entry.threats.slice(0, 30).map(({ key, title }) => (
        <dd key={key}>
          <KeyLink recordKey={key} title={title} />
        </dd>
      ))}
    </dl>
  );
}
