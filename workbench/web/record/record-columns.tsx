// The columns that every list of records has; a room adds its own beside them.
import type { KindView, RecordSummary } from '../../kernel/records/contract.ts';
import type { Column } from '../data-table/columns.ts';
import { KeyLink } from '../design/KeyLink.tsx';
import { PersonName } from '../design/PersonName.tsx';
import { RecordState } from '../design/RecordState.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';

export function recordColumns(kind: KindView): readonly Column<RecordSummary>[] {
  const stateTitle = (id: string) => kind.states.find((state) => state.id === id)?.title ?? id;
  return [
    {
      id: 'key',
      title: 'Key',
      value: (row) => row.key,
      cell: (row) => <KeyLink recordKey={row.key} tabIndex={-1} />,
      width: 84,
      priority: 1,
    },
    {
      id: 'title',
      title: 'Title',
      value: (row) => row.title,
      width: 140,
      grow: 1,
      priority: 1,
    },
    {
      id: 'state',
      title: 'State',
      value: (row) => stateTitle(row.state),
      cell: (row) => <RecordState kind={kind} state={row.state} />,
      width: 150,
    },
    ...(kind.scope === 'organisation'
      ? []
      : [
          {
            id: 'product',
            title: 'Product',
            value: (row: RecordSummary) => row.productTitle,
            width: 150,
            priority: 3 as const,
            sortable: false,
          },
        ]),
    {
      id: 'revision',
      title: 'Revision',
      value: (row) => row.revision,
      align: 'right',
      width: 80,
      priority: 3,
      sortable: false,
    },
    {
      id: 'updated',
      title: 'Changed',
      value: (row) => row.updatedAt,
      cell: (row) => <RelativeTime at={row.updatedAt} />,
      width: 130,
    },
    {
      id: 'by',
      title: 'By',
      value: (row) => row.updatedBy?.name ?? 'Ward',
      cell: (row) => <PersonName person={row.updatedBy} />,
      width: 140,
      priority: 3,
      sortable: false,
    },
  ];
}
