// Components of a release, paged by the server; a row opens its details beside the list.
import { IconHelpCircle } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { useTableState } from '../../../web/data-table/use-table-state.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import type { ComponentView } from '../api.ts';
import { ComponentPanel } from './ComponentPanel.tsx';
import type { ComponentsWanted } from './components-queries.ts';
import { allComponents, componentsQuery, sbomsQuery } from './components-queries.ts';
import { NotWatched } from './NotWatched.tsx';
import { reasonWords } from './watch-words.ts';

const DEFAULT_SORT = 'name';

export function ComponentTable({ release }: { readonly release: string }) {
  const state = useTableState(DEFAULT_SORT);
  const [opened, setOpened] = useState<ComponentView | null>(null);
  const sboms = useQuery(sbomsQuery(release)).data?.items;
  const wanted: ComponentsWanted = {
    text: state.text || undefined,
    watch: (state.filter('watch') || undefined) as ComponentsWanted['watch'],
    part: state.filter('part') || undefined,
    sort: (state.sort?.column ?? undefined) as ComponentsWanted['sort'],
    order: state.sort ? (state.sort.descending ? 'desc' : 'asc') : undefined,
  };
  const found = useInfiniteQuery(componentsQuery(release, wanted));
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items), [found.data]);
  const columns = useMemo(() => componentColumns(release), [release]);
  const filters = useMemo<readonly TableFilter<ComponentView>[]>(() => {
    const parts = [...new Set((sboms ?? []).filter((sbom) => sbom.current).map((sbom) => sbom.part))];
    return [
      {
        id: 'watch',
        title: 'Watch',
        options: [
          { value: 'watched', title: 'Watched' },
          { value: 'not-watched', title: 'Not watched' },
        ],
      },
      ...(parts.length < 2
        ? []
        : [
            {
              id: 'part',
              title: 'Part',
              options: parts.map((part) => ({ value: part, title: part || 'Whole release' })),
            },
          ]),
    ];
  }, [sboms]);
  return (
    <>
      <DataTable
        label="Components"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        error={found.error}
        onRetry={() => void found.refetch()}
        onOpen={setOpened}
        filters={filters}
        defaultSort={DEFAULT_SORT}
        paged={{
          total: found.data?.pages[0]?.total ?? 0,
          hasMore: found.hasNextPage,
          busy: found.isFetching,
          loadMore: () => void found.fetchNextPage(),
          loadAll: () => allComponents(release, wanted),
        }}
        empty={
          <EmptyState
            what="No components yet"
            why="They come from the SBOMs of this release."
            action={
              <AppLink to={`/releases/${release}`} search={{ tab: 'sboms' }}>
                Import an SBOM
              </AppLink>
            }
          />
        }
      />
      <ComponentPanel release={release} component={opened} onClose={() => setOpened(null)} />
    </>
  );
}

function componentColumns(release: string): readonly Column<ComponentView>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      value: nameOf,
      cell: (row) => (
        <span title={row.purl ?? row.cpes[0] ?? row.ref}>
          {row.notWatched === null ? null : (
            <IconHelpCircle size={14} className="not-watched not-watched--mark" aria-label="Not watched:" />
          )}
          {row.group === null ? null : <span className="muted">{row.group}/</span>}
          {row.name}
        </span>
      ),
      width: 150,
      grow: 2,
      priority: 1,
    },
    {
      id: 'version',
      title: 'Version',
      value: (row) => row.version ?? 'not given',
      width: 110,
      grow: 1,
      priority: 1,
    },
    {
      id: 'findings',
      title: 'Findings',
      value: (row) => row.affected + row.undetermined,
      cell: (row) => <FindingCount release={release} row={row} />,
      align: 'right',
      width: 104,
    },
    {
      id: 'watch',
      title: 'Watched',
      value: (row) =>
        row.notWatched === null ? 'watched' : `not watched: ${reasonWords(row.notWatched).title}`,
      cell: (row) =>
        row.notWatched === null ? (
          <span className="muted" title={row.identityNote}>
            Watched
          </span>
        ) : (
          <NotWatched reason={row.notWatched} />
        ),
      width: 190,
      sortable: false,
    },
    {
      id: 'licence',
      title: 'Licence',
      value: (row) => row.licences.join(', '),
      width: 130,
      priority: 3,
      sortable: false,
    },
    {
      id: 'supplier',
      title: 'Supplier',
      value: (row) => row.supplier,
      width: 130,
      priority: 3,
      sortable: false,
    },
    { id: 'type', title: 'Type', value: (row) => row.type, width: 100, hidden: true },
    { id: 'part', title: 'Part', value: (row) => row.part, width: 150, hidden: true, sortable: false },
    { id: 'purl', title: 'Package URL', value: (row) => row.purl, width: 260, hidden: true, sortable: false },
    {
      id: 'support',
      title: 'End of support',
      value: (row) => row.endOfSupport,
      width: 130,
      hidden: true,
      sortable: false,
    },
  ];
}

export function nameOf(row: Pick<ComponentView, 'group' | 'name'>): string {
  return row.group === null ? row.name : `${row.group}/${row.name}`;
}

function FindingCount({ release, row }: { readonly release: string; readonly row: ComponentView }) {
  const count = row.affected + row.undetermined;
  if (count === 0) return row.notWatched === null ? <>0</> : <span className="muted">unknown</span>;
  return (
    <AppLink
      to="/findings"
      search={{ release, q: row.name }}
      tabIndex={-1}
      title={`${row.affected} affected, ${row.undetermined} cannot be said`}
    >
      {count}
    </AppLink>
  );
}
