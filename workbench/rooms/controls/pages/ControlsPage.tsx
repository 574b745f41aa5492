// The controls of a product: where they stand, what they cut, what proves them; and known-bad practice on its models.
import { IconPlus, IconShieldHalf } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import { CATEGORY_LIST, CATEGORY_TITLES, type CategoryId } from '../../requirements/categories.ts';
import type { ControlView } from '../api.ts';
import { controlsQuery, useModels } from './controls-queries.ts';
import { KnownBad } from './KnownBad.tsx';

const STATES = [
  { id: 'planned', title: 'Planned', tone: 'open' },
  { id: 'implemented', title: 'Implemented (claimed)', tone: 'open' },
  { id: 'verified', title: 'Verified', tone: 'settled' },
  { id: 'withdrawn', title: 'Withdrawn', tone: 'ended' },
] as const;
const stateOf = (id: string) => STATES.find((state) => state.id === id) ?? STATES[0];

const COLUMNS: readonly Column<ControlView>[] = [
  {
    id: 'key',
    title: 'Key',
    value: (row) => row.key,
    cell: (row) => <KeyLink recordKey={row.key} tabIndex={-1} />,
    width: 84,
    priority: 1,
  },
  { id: 'title', title: 'Control', value: (row) => row.title, width: 140, grow: 3, priority: 1 },
  {
    id: 'state',
    title: 'State',
    value: (row) => stateOf(row.state).title,
    cell: (row) => <StateBadge tone={stateOf(row.state).tone}>{stateOf(row.state).title}</StateBadge>,
    width: 176,
  },
  {
    id: 'places',
    title: 'Places',
    value: (row) => row.places.length,
    cell: (row) =>
      row.places.length === 0 ? <StateBadge tone="attention">Nowhere</StateBadge> : row.places.join(', '),
    width: 110,
    grow: 1,
    priority: 1,
  },
  {
    id: 'category',
    title: 'Category',
    value: (row) => CATEGORY_TITLES[row.category as CategoryId] ?? row.category,
    width: 130,
    grow: 1,
    priority: 3,
  },
  { id: 'effect', title: 'Effect', value: (row) => row.effect, width: 88, priority: 3 },
  {
    id: 'cuts',
    title: 'Cuts',
    value: (row) => row.cuts.map(({ key }) => key).join(', '),
    width: 90,
    grow: 1,
    priority: 3,
  },
  {
    id: 'demanded',
    title: 'Demanded by',
    value: (row) => row.requirements.map(({ key }) => key).join(', '),
    width: 110,
    priority: 3,
  },
  {
    id: 'verified',
    title: 'Verified by',
    value: (row) => row.verifications.map(({ key }) => key).join(', '),
    cell: (row) =>
      row.verifications.length === 0 ? (
        <span className="muted">nothing: a claim</span>
      ) : (
        row.verifications.map(({ key }) => key).join(', ')
      ),
    width: 124,
  },
];

const FILTERS: readonly TableFilter<ControlView>[] = [
  {
    id: 'state',
    title: 'State',
    options: STATES.map(({ id, title }) => ({ value: id, title })),
    value: (row) => row.state,
  },
  {
    id: 'category',
    title: 'Category',
    options: CATEGORY_LIST.map(({ id, title }) => ({ value: id, title })),
    value: (row) => row.category,
  },
];

export function Page() {
  const go = useGo();
  const { product } = useProduct();
  const [search] = useSearchState();
  const controls = useQuery(controlsQuery(product?.key));
  const models = useModels(product?.id);
  const practice = search.view === 'practice';
  const summary = useMemo(() => words(controls.data?.items ?? []), [controls.data]);
  const make = {
    id: 'controls.new',
    name: 'New control',
    keys: 'n',
    section: 'Controls',
    icon: IconPlus,
    perform: () => go('/new/control'),
  };
  useActions([make]);
  return (
    <PageFrame
      title="Controls"
      wide={true}
      meta={<span>{summary}</span>}
      primary={<ActionButton action={make} primary={true} />}
    >
      <nav className="tabs" aria-label="Parts of the page">
        <AppLink to="/controls" aria-current={practice ? undefined : 'page'}>
          Controls
        </AppLink>
        <AppLink to="/controls" search={{ view: 'practice' }} aria-current={practice ? 'page' : undefined}>
          Known-bad practice
        </AppLink>
      </nav>
      {practice ? (
        <KnownBad models={models} />
      ) : (
        <DataTable
          label="Controls"
          columns={COLUMNS}
          filters={FILTERS}
          rows={product === undefined ? [] : controls.data?.items}
          rowId={(row) => row.key}
          error={controls.error}
          onRetry={() => void controls.refetch()}
          onOpen={(row) => go(`/r/${row.key}`)}
          empty={
            <EmptyState
              icon={<IconShieldHalf size={28} aria-hidden="true" />}
              what="No controls yet"
              why="A control stops, shows or limits an attack at a place of the model. The library proposes those that its requirements demand."
              action={<AppLink to="/requirement-library">Open the library</AppLink>}
            />
          }
        />
      )}
    </PageFrame>
  );
}

function words(items: readonly ControlView[]): string {
  const live = items.filter(({ state }) => state !== 'withdrawn');
  const claims = live.filter(({ state }) => state !== 'verified').length;
  return `${live.length} controls; ${claims} of them are plans or claims until a test of them passed.`;
}
