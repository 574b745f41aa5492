// Licences of a release: how often, of which class, in which components.
import { useQuery } from '@tanstack/react-query';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { LICENCE_CLASS_NAMES } from '../licence-class-names.ts';
import type { LicenceView } from '../sbom-out-api.ts';
import { licencesQuery } from './quality-queries.ts';
import { classWords } from './quality-words.ts';

export function LicenceTable({ release }: { readonly release: string }) {
  const found = useQuery(licencesQuery(release));
  return (
    <>
      <p className="muted small">
        The class is a rough sorting of our own, no legal advice: of an expression it is the strictest of its
        licences, and what is not in the list is unknown.
      </p>
      <DataTable
        label="Licences"
        columns={COLUMNS}
        rows={found.data?.items}
        rowId={(row) => row.licence}
        error={found.error}
        onRetry={() => void found.refetch()}
        filters={FILTERS}
        defaultSort="-count"
        empty={
          <EmptyState
            what="No licences yet"
            why="They come from the SBOMs of this release."
            action={
              <AppLink to={`/releases/${release}`} search={{ tab: 'sboms' }}>
                Import an SBOM
              </AppLink>
            }
          />
        }
      />
    </>
  );
}

const KINDS = {
  id: 'SPDX id',
  expression: 'SPDX expression',
  words: 'Other words',
  none: 'Not given',
} as const;

const COLUMNS: readonly Column<LicenceView>[] = [
  {
    id: 'licence',
    title: 'Licence',
    value: (row) => row.licence || 'Not given',
    cell: (row) => <span title={row.licence}>{row.licence || <span className="muted">Not given</span>}</span>,
    width: 170,
    grow: 2,
    priority: 1,
  },
  { id: 'class', title: 'Class', value: (row) => classWords(row.class), width: 140, priority: 1 },
  { id: 'count', title: 'Components', value: (row) => row.count, align: 'right', width: 110, priority: 2 },
  { id: 'kind', title: 'Written as', value: (row) => KINDS[row.kind], width: 150, priority: 3 },
  {
    id: 'components',
    title: 'In',
    value: (row) => row.components.join(', '),
    cell: (row) => (
      <span title={row.components.slice(0, 50).join('\n')}>{row.components.slice(0, 20).join(', ')}</span>
    ),
    width: 200,
    grow: 3,
    priority: 3,
    sortable: false,
  },
];

const FILTERS: readonly TableFilter<LicenceView>[] = [
  {
    id: 'class',
    title: 'Class',
    options: LICENCE_CLASS_NAMES.map((name) => ({ value: name, title: classWords(name) })),
    value: (row) => row.class,
  },
];
