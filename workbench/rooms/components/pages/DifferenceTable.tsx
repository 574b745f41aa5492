// Components of two releases side by side: what came, what went, what changed.
import { useQuery } from '@tanstack/react-query';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import type { DifferenceView } from '../sbom-out-api.ts';
import { sbomDiffQuery } from './quality-queries.ts';
import { levelWords } from './quality-words.ts';

export function DifferenceTable({
  release,
  against,
}: {
  readonly release: string;
  readonly against: string;
}) {
  const found = useQuery(sbomDiffQuery(release, against));
  return (
    <DataTable
      label="Differences of components"
      columns={COLUMNS}
      rows={found.data?.items}
      rowId={(row) => `${(row.before ?? row.after)?.place} ${row.before?.version} ${row.after?.version}`}
      error={found.error}
      onRetry={() => void found.refetch()}
      filters={FILTERS}
      empty={
        <EmptyState
          what="No component differs"
          why={`${found.data?.unchanged ?? 0} components are the same in both releases.`}
        />
      }
    />
  );
}

const WORDS = {
  added: 'Added',
  removed: 'Removed',
  version: 'Version',
  licence: 'Licence',
  support: 'Support',
  supplier: 'Supplier',
} as const;

const sideOf = (side: DifferenceView['before'], kinds: DifferenceView['kinds']) =>
  side === null
    ? '–'
    : [
        side.version ?? 'no version',
        ...(kinds.includes('licence') ? [side.licences.join(', ') || 'no licence'] : []),
        ...(kinds.includes('supplier') ? [side.supplier ?? 'no supplier'] : []),
        ...(kinds.includes('support')
          ? [
              [side.supportLevel && levelWords(side.supportLevel), side.endOfSupport]
                .filter(Boolean)
                .join(' ') || 'support not given',
            ]
          : []),
      ].join(', ');

const COLUMNS: readonly Column<DifferenceView>[] = [
  {
    id: 'name',
    title: 'Component',
    value: (row) => (row.before ?? row.after)?.name,
    width: 140,
    grow: 2,
    priority: 1,
  },
  {
    id: 'kind',
    title: 'Change',
    value: (row) => row.kinds.map((kind) => WORDS[kind]).join(', '),
    width: 100,
    priority: 1,
  },
  { id: 'before', title: 'Before', value: (row) => sideOf(row.before, row.kinds), width: 110, grow: 1 },
  { id: 'after', title: 'After', value: (row) => sideOf(row.after, row.kinds), width: 110, grow: 1 },
];

const FILTERS: readonly TableFilter<DifferenceView>[] = [
  {
    id: 'kind',
    title: 'Change',
    options: Object.entries(WORDS).map(([value, title]) => ({ value, title })),
    value: (row) => row.kinds,
  },
];
