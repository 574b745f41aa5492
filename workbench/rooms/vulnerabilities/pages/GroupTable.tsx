// Findings summed up by flaw or by component; opening a group shows its findings.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { Severity } from '../../products/pages/Severity.tsx';
import { levelTitle } from '../../products/pages/severity.ts';
import type { FindingView } from '../api.ts';
import type { FindingGroup } from '../triage-api.ts';
import { epssWord } from './exploitation-words.ts';
import { SignsCell } from './finding-columns.tsx';
import type { FindingsWanted, GroupedBy } from './findings-queries.ts';
import { allFindings, groupsQuery } from './findings-queries.ts';
import { TriageBar } from './TriageBar.tsx';

const PLURAL = { vulnerability: 'components', component: 'flaws' } as const;

function groupColumns(by: GroupedBy): readonly Column<FindingGroup>[] {
  const columns: readonly Column<FindingGroup>[] = [
    {
      id: 'severity',
      title: 'Worst',
      value: (row) => levelTitle(row.level),
      cell: (row) => <Severity level={row.level} />,
      width: 104,
      priority: 1,
    },
    {
      id: 'signs',
      title: 'Exploitation',
      value: (row) =>
        row.kev ? 'KEV' : row.epss === null ? 'not known' : epssWord({ score: row.epss, percentile: null }),
      cell: (row) => (
        <SignsCell
          kev={row.kev ? { dueOn: null, ransomware: false } : null}
          epss={row.epss === null ? null : { score: row.epss, percentile: null }}
        />
      ),
      width: 110,
    },
    {
      id: 'title',
      title: by === 'vulnerability' ? 'Vulnerability' : 'Component',
      value: (row) => row.title,
      cell: (row) => (
        <span title={row.summary || row.id}>
          <strong>{row.title}</strong> <span className="muted">{row.summary}</span>
        </span>
      ),
      width: 150,
      grow: 1,
      priority: 1,
    },
    {
      id: 'undecided',
      title: 'Undecided',
      value: (row) => row.undecided,
      align: 'right',
      width: 92,
      priority: 1,
    },
    { id: 'findings', title: 'Findings', value: (row) => row.findings, align: 'right', width: 84 },
    {
      id: 'releases',
      title: 'Releases',
      value: (row) => row.releases,
      align: 'right',
      width: 84,
      priority: 3,
    },
    {
      id: 'others',
      title: by === 'vulnerability' ? 'Components' : 'Flaws',
      value: (row) => row.others,
      align: 'right',
      width: 104,
      priority: 3,
    },
  ];
  return columns.map((column) => ({ ...column, sortable: false }));
}

export interface GroupTableProps {
  readonly by: GroupedBy;
  readonly wanted: FindingsWanted;
  readonly filters: readonly TableFilter<FindingView>[];
  readonly empty: ReactNode;
}

export function GroupTable({ by, wanted, filters, empty }: GroupTableProps) {
  const [, set] = useSearchState();
  const groups = useInfiniteQuery(groupsQuery(wanted, by));
  const rows = useMemo(() => groups.data?.pages.flatMap((page) => page.items), [groups.data]);
  const columns = useMemo(() => groupColumns(by), [by]);
  const only = (group: FindingGroup): FindingsWanted => ({
    ...wanted,
    ...(by === 'vulnerability' ? { vulnerability: group.id } : { place: group.id }),
  });
  const loadAll = async () => {
    const all = [...(rows ?? [])];
    for (let page = groups; page.hasNextPage; ) {
      page = await page.fetchNextPage();
      all.splice(0, all.length, ...(page.data?.pages.flatMap((one) => one.items) ?? []));
    }
    return all;
  };
  return (
    <DataTable
      label={by === 'vulnerability' ? 'Vulnerabilities' : 'Components with findings'}
      columns={columns}
      rows={rows}
      rowId={(row) => row.id}
      error={groups.error}
      onRetry={() => void groups.refetch()}
      onOpen={(row) =>
        set({ by: '', ...(by === 'vulnerability' ? { vulnerability: row.id } : { place: row.id }) })
      }
      filters={filters as unknown as readonly TableFilter<FindingGroup>[]}
      paged={{
        total: groups.data?.pages[0]?.total ?? 0,
        hasMore: groups.hasNextPage,
        busy: groups.isFetching,
        loadMore: () => void groups.fetchNextPage(),
        loadAll,
      }}
      bulk={(chosen, clear) => (
        <TriageBar
          what={`${chosen.length === 1 ? 'group' : 'groups'} with ${chosen.reduce((sum, group) => sum + group.findings, 0)} findings in ${PLURAL[by]}`}
          load={async () => (await Promise.all(chosen.map((group) => allFindings(only(group))))).flat()}
          onDone={clear}
        />
      )}
      empty={empty}
    />
  );
}
