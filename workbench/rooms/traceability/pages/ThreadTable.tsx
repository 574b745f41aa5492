// One row for each record of a kind: what it is tied to, what its verification says, where the thread breaks.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import type { TraceRowView } from '../api.ts';
import { KIND_TITLES } from '../kind-titles.ts';
import { GAPS, TRACED, type Traced } from '../trace.ts';
import { allRows, type ThreadWanted, threadQuery } from './trace-queries.ts';

const VERDICTS = { passed: 'settled', failed: 'danger', 'not run': 'question' } as const;
const NARROW: readonly Traced[] = ['harm', 'result'];

function columnsOf(by: Traced): readonly Column<TraceRowView>[] {
  const tied = TRACED.filter((kind) => kind !== by).map(
    (kind): Column<TraceRowView> => ({
      id: kind,
      title: KIND_TITLES[kind][1],
      value: (row) => row.tied[kind].some.map(({ key }) => key).join(', '),
      cell: (row) => <Tied tied={row.tied[kind]} />,
      width: 92,
      priority: NARROW.includes(kind) ? 3 : 2,
      sortable: false,
    }),
  );
  return [
    {
      id: 'key',
      title: 'Key',
      value: (row) => row.key,
      cell: (row) => <KeyLink recordKey={row.key} tabIndex={-1} />,
      width: 78,
      priority: 1,
      sortable: false,
    },
    {
      id: 'title',
      title: 'Title',
      value: (row) => row.title,
      width: 130,
      grow: 2,
      priority: 1,
      sortable: false,
    },
    {
      id: 'gaps',
      title: 'Gaps',
      value: (row) => row.gaps.map((gap) => GAPS[gap].title).join('; '),
      cell: (row) =>
        row.gaps.length === 0 ? (
          <span className="muted">none</span>
        ) : (
          <span title={row.gaps.map((gap) => `${GAPS[gap].title}: ${GAPS[gap].todo}`).join('\n')}>
            <StateBadge tone="attention">
              {row.gaps.length === 1
                ? GAPS[row.gaps[0] as keyof typeof GAPS].title
                : `${row.gaps.length} gaps`}
            </StateBadge>
          </span>
        ),
      width: 176,
      priority: 1,
      sortable: false,
    },
    ...tied,
    {
      id: 'verdict',
      title: 'Verified',
      value: (row) => row.verdict ?? '',
      cell: (row) =>
        row.verdict === null ? (
          <span className="muted">—</span>
        ) : (
          <StateBadge tone={VERDICTS[row.verdict]}>{row.verdict}</StateBadge>
        ),
      width: 92,
      sortable: false,
    },
    {
      id: 'suspects',
      title: 'Suspect',
      value: (row) => row.suspects,
      cell: (row) => (row.suspects === 0 ? '' : <StateBadge tone="stale">{row.suspects}</StateBadge>),
      width: 72,
      sortable: false,
    },
  ];
}

function Tied({ tied }: { readonly tied: TraceRowView['tied'][Traced] }) {
  const [first, ...others] = tied.some;
  if (first === undefined) return <span className="muted">—</span>;
  return (
    <>
      <KeyLink recordKey={first.key} tabIndex={-1} />
      {others.length > 0 ? (
        <span className="muted" title={others.map(({ key, title }) => `${key} ${title}`).join('\n')}>
          {' '}
          +{tied.count - 1}
        </span>
      ) : null}
    </>
  );
}

export function ThreadTable({
  product,
  by,
  release,
}: {
  readonly product: string;
  readonly by: Traced;
  readonly release: string | undefined;
}) {
  const go = useGo();
  const [search] = useSearchState();
  const wanted: ThreadWanted = {
    product,
    by,
    release,
    text: search.q,
    gap: search.gap,
    suspect: search.suspect,
    verdict: search.verdict,
  };
  const thread = useInfiniteQuery(threadQuery(wanted));
  const columns = useMemo(() => columnsOf(by), [by]);
  const filters = useMemo((): readonly TableFilter<TraceRowView>[] => {
    const own = Object.entries(GAPS).filter(([, gap]) => gap.kind === by);
    return [
      {
        id: 'gap',
        title: 'Gaps',
        options: [
          { value: 'any', title: 'Any gap' },
          ...own.map(([id, gap]) => ({ value: id, title: gap.title })),
        ],
      },
      { id: 'suspect', title: 'Links', options: [{ value: 'yes', title: 'Suspect' }] },
      {
        id: 'verdict',
        title: 'Verified',
        options: ['passed', 'failed', 'not run'].map((value) => ({ value, title: value })),
      },
    ];
  }, [by]);
  const rows = useMemo(() => thread.data?.pages.flatMap(({ items }) => items), [thread.data]);
  return (
    <DataTable<TraceRowView>
      label={`Thread of ${KIND_TITLES[by][1].toLowerCase()}`}
      columns={columns}
      filters={filters}
      rows={rows}
      rowId={(row) => row.key}
      error={thread.error}
      onRetry={() => void thread.refetch()}
      onOpen={(row) => go('/traceability', { view: 'graph', key: row.key })}
      paged={{
        total: thread.data?.pages[0]?.total ?? 0,
        hasMore: thread.hasNextPage,
        busy: thread.isFetching,
        loadMore: () => void thread.fetchNextPage(),
        loadAll: () => allRows(wanted),
      }}
      empty={
        <EmptyState
          what={`No ${KIND_TITLES[by][1].toLowerCase()} yet`}
          why="The thread goes from the harms of the safety file to the results of tests. It begins where you write the first record."
          action={<AppLink to={`/records/${by}`}>See the records</AppLink>}
        />
      }
    />
  );
}
