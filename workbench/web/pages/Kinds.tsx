// All kinds of record with what each is for: the way in when no room shows it better.
import { useQuery } from '@tanstack/react-query';
import type { KindView } from '../../kernel/records/contract.ts';
import type { Column } from '../data-table/columns.ts';
import { DataTable } from '../data-table/DataTable.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame } from '../design/PageFrame.tsx';
import { kindsQuery } from '../queries.ts';
import { useGo } from '../use-go.ts';

const columns: readonly Column<KindView>[] = [
  {
    id: 'title',
    title: 'Kind',
    value: (kind) => kind.plural,
    cell: (kind) => (
      <AppLink to={`/records/${kind.kind}`} tabIndex={-1}>
        {kind.plural}
      </AppLink>
    ),
    width: 170,
    priority: 1,
  },
  { id: 'key', title: 'Key', value: (kind) => kind.key, width: 70, priority: 1 },
  { id: 'purpose', title: 'What it is for', value: (kind) => kind.purpose, width: 260, grow: 1 },
  { id: 'clause', title: 'Clause', value: (kind) => kind.clause, width: 220, priority: 3 },
];

export function Page() {
  const kinds = useQuery(kindsQuery);
  const go = useGo();
  return (
    <PageFrame title="All records" wide={true}>
      <DataTable
        label="Kinds of record"
        columns={columns}
        rows={kinds.data}
        rowId={(kind) => kind.kind}
        error={kinds.error}
        onRetry={() => void kinds.refetch()}
        onOpen={(kind) => go(`/records/${kind.kind}`)}
        empty={<EmptyState what="No kinds" why="This installation has no rooms that bring records." />}
      />
    </PageFrame>
  );
}
