// Findings, paged and filtered by the server; what is chosen stands in the address.
import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import type { TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { SavedViews } from '../../../web/data-table/SavedViews.tsx';
import { useTableState } from '../../../web/data-table/use-table-state.ts';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { fewRecordsQuery, productsQuery } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import type { FindingView } from '../api.ts';
import { SIGN_OPTIONS, signsWanted } from './exploitation-words.ts';
import { findingColumns } from './finding-columns.tsx';
import { findingAddress, STATE_OPTIONS } from './finding-words.ts';
import type { FindingOrder, FindingsWanted, GroupedBy } from './findings-queries.ts';
import { allFindings, FINDING_ORDERS, findingCountsQuery, findingsQuery } from './findings-queries.ts';
import { GroupTable } from './GroupTable.tsx';
import { LevelFilter } from './LevelFilter.tsx';
import { TriageBar } from './TriageBar.tsx';

const ORDER_TITLES: Readonly<Record<FindingOrder, string>> = {
  severity: 'Worst first',
  priority: 'By priority',
  exploitation: 'Exploited first',
  due: 'Due first',
  vulnerability: 'By vulnerability',
  component: 'By component',
  'first-seen': 'Newest first',
};

const GROUPINGS = [
  { value: 'findings', label: 'Findings' },
  { value: 'vulnerability', label: 'By flaw' },
  { value: 'component', label: 'By component' },
];

export interface FindingTableProps {
  /** Findings of one release only. */
  readonly release?: string;
  readonly empty: ReactNode;
}

export function FindingTable({ release, empty }: FindingTableProps) {
  const go = useGo();
  const state = useTableState();
  const [search, set] = useSearchState();
  const products = useQuery({ ...productsQuery, enabled: !release }).data?.items;
  const releases = useQuery({ ...fewRecordsQuery({ kind: 'release', sort: 'key' }), enabled: !release });
  const levels = (search.level ?? '').split(',').filter(Boolean);
  const by: GroupedBy | undefined =
    search.by === 'vulnerability' || search.by === 'component' ? search.by : undefined;
  const order = FINDING_ORDERS.find((one) => one === search.order) ?? 'severity';
  const apart: FindingsWanted = {
    release: release ?? (state.filter('release') || undefined),
    product: release ? undefined : search.product,
    state: state.filter('state') || undefined,
    outcome: state.filter('outcome') || undefined,
    ...signsWanted(state.filter('signs')),
    fix: state.filter('fix') || undefined,
    vulnerability: search.vulnerability,
    place: search.place,
    since: search.since,
    text: state.text || undefined,
  };
  const wanted: FindingsWanted = { ...apart, level: levels.join(',') || undefined, sort: order };
  const counts = useQuery(findingCountsQuery(apart));
  const found = useInfiniteQuery(findingsQuery(wanted));
  // The counts come by themselves, after the page: they are those of every level.
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items), [found.data]);
  const columns = useMemo(() => findingColumns(release !== undefined), [release]);
  const filters = useMemo<readonly TableFilter<FindingView>[]>(
    () => [
      { id: 'state', title: 'Decision', options: STATE_OPTIONS },
      {
        id: 'outcome',
        title: 'Match',
        options: [
          { value: 'affected', title: 'Version affected' },
          { value: 'undetermined', title: 'Cannot be said' },
        ],
      },
      { id: 'signs', title: 'Exploitation', options: SIGN_OPTIONS },
      {
        id: 'fix',
        title: 'Fix',
        options: [
          { value: 'yes', title: 'Known' },
          { value: 'no', title: 'Not known' },
        ],
      },
      ...(release
        ? []
        : [
            {
              id: 'release',
              title: 'Release',
              options: (releases.data?.items ?? []).map((one) => ({ value: one.key, title: one.title })),
            },
            ...((products?.length ?? 0) < 2
              ? []
              : [
                  {
                    id: 'product',
                    title: 'Product',
                    options: (products ?? []).map((one) => ({ value: one.id, title: one.title })),
                  },
                ]),
          ]),
    ],
    [release, releases.data, products],
  );
  return (
    <>
      <div className="levels-bar">
        <LevelFilter
          byLevel={counts.data?.byLevel ?? {}}
          chosen={levels}
          onChoose={(chosen) => set({ level: chosen.join(',') })}
        />
        <SegmentedControl
          aria-label="Show"
          size="xs"
          value={by ?? 'findings'}
          onChange={(value) => set({ by: value === 'findings' ? '' : value, vulnerability: '', place: '' })}
          data={GROUPINGS}
        />
        <NativeSelect
          aria-label="Order"
          value={order}
          onChange={(event) => set({ order: event.currentTarget.value })}
          data={FINDING_ORDERS.map((one) => ({ value: one, label: ORDER_TITLES[one] }))}
        />
        <SavedViews
          page={release ? 'release-findings' : 'findings'}
          to={release ? `/releases/${release}` : '/findings'}
        />
      </div>
      {search.vulnerability || search.place ? (
        <p className="row small">
          <span>
            Only {search.vulnerability ? 'the flaw' : 'the component'}{' '}
            <strong>{search.vulnerability ?? search.place}</strong>
          </span>
          <button type="button" className="link-button" onClick={() => set({ vulnerability: '', place: '' })}>
            Show all
          </button>
        </p>
      ) : null}
      {counts.error ? <ProblemNotice error={counts.error} onRetry={() => void counts.refetch()} /> : null}
      {by ? <GroupTable by={by} wanted={wanted} filters={filters} empty={empty} /> : null}
      {by ? null : (
        <DataTable
          label="Findings"
          columns={columns}
          rows={rows}
          rowId={(row) => `${row.release.id} ${row.vulnerability} ${row.place}`}
          error={found.error}
          onRetry={() => void found.refetch()}
          onOpen={(row) => {
            const { to, search: at } = findingAddress(row);
            go(to, at);
          }}
          filters={filters}
          bulk={(chosen, clear) => <TriageBar what={null} load={async () => chosen} onDone={clear} />}
          paged={{
            total: Math.max(rows?.length ?? 0, totalOf(counts.data, levels)),
            hasMore: found.hasNextPage,
            busy: found.isFetching,
            loadMore: () => void found.fetchNextPage(),
            loadAll: () => allFindings(wanted),
          }}
          empty={
            levels.length > 0 ? (
              <EmptyState
                what="No finding of this severity"
                why="There may be others."
                action={
                  <button type="button" className="link-button" onClick={() => set({ level: '' })}>
                    Show every severity
                  </button>
                }
              />
            ) : (
              empty
            )
          }
        />
      )}
    </>
  );
}

function totalOf(
  counts: { readonly total: number; readonly byLevel: Readonly<Record<string, number>> } | undefined,
  levels: readonly string[],
): number {
  if (!counts || levels.length === 0) return counts?.total ?? 0;
  return levels.reduce((sum, level) => sum + (counts.byLevel[level] ?? 0), 0);
}
