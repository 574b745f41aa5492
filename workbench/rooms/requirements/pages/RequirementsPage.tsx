// The requirements of a product with what the checker says of each; files in and out.
import { Button } from '@mantine/core';
import { IconBooks, IconDownload, IconListCheck, IconPlus, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { SidePanel } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useGo } from '../../../web/use-go.ts';
import type { CheckedView } from '../api.ts';
import { CATEGORY_LIST, CATEGORY_TITLES, type CategoryId } from '../categories.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { checksQuery } from './requirements-queries.ts';

const categoryTitle = (id: string) => CATEGORY_TITLES[id as CategoryId] ?? id;
const TONES = { draft: 'open', approved: 'settled' } as const;

const COLUMNS: readonly Column<CheckedView>[] = [
  {
    id: 'key',
    title: 'Key',
    value: (row) => row.key,
    cell: (row) => <KeyLink recordKey={row.key} tabIndex={-1} />,
    width: 80,
    priority: 1,
  },
  { id: 'title', title: 'Title', value: (row) => row.title, width: 140, grow: 3, priority: 1 },
  {
    id: 'findings',
    title: 'Check',
    value: (row) => row.findings.length,
    cell: (row) =>
      row.findings.length === 0 ? (
        <StateBadge tone="settled">Testable</StateBadge>
      ) : (
        <StateBadge tone="attention">
          {row.findings.length} {row.findings.length === 1 ? 'finding' : 'findings'}
        </StateBadge>
      ),
    width: 120,
    priority: 1,
  },
  { id: 'category', title: 'Category', value: (row) => categoryTitle(row.category), width: 130, grow: 1 },
  {
    id: 'safety',
    title: 'Safety',
    value: (row) => (row.safetyRelevant ? 'Relevant' : ''),
    width: 84,
    priority: 3,
  },
  {
    id: 'state',
    title: 'State',
    value: (row) => row.state,
    cell: (row) => (
      <StateBadge tone={TONES[row.state as keyof typeof TONES] ?? 'ended'}>
        {row.state === 'approved' ? 'Approved' : 'Draft'}
      </StateBadge>
    ),
    width: 104,
  },
  { id: 'causes', title: 'Causes', value: (row) => row.causes, align: 'right', width: 72, priority: 3 },
  { id: 'controls', title: 'Controls', value: (row) => row.controls, align: 'right', width: 80, priority: 3 },
  {
    id: 'verifications',
    title: 'Verified by',
    value: (row) => row.verifications,
    align: 'right',
    width: 96,
    priority: 3,
  },
  { id: 'source', title: 'Source', value: (row) => row.source, width: 110, hidden: true },
];

const FILTERS: readonly TableFilter<CheckedView>[] = [
  {
    id: 'check',
    title: 'Check',
    options: [
      { value: 'with', title: 'With findings' },
      { value: 'without', title: 'Testable' },
    ],
    value: (row) => (row.findings.length > 0 ? 'with' : 'without'),
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
  const [importing, setImporting] = useState(false);
  const [exporting, setExporting] = useState(false);
  const checks = useQuery(checksQuery(product?.key));
  const make = {
    id: 'requirements.new',
    name: 'New requirement',
    keys: 'n',
    section: 'Requirements',
    icon: IconPlus,
    perform: () => go('/new/requirement'),
  };
  const take = {
    id: 'requirements.import',
    name: 'Import',
    keys: 'i',
    section: 'Requirements',
    icon: IconUpload,
    visibleWhen: () => checks.data?.mayImport ?? false,
    perform: () => setImporting(true),
  };
  const lib = {
    id: 'requirements.library',
    name: 'Library',
    section: 'Requirements',
    icon: IconBooks,
    perform: () => go('/requirement-library'),
  };
  useActions([make, take, lib]);
  return (
    <PageFrame
      title="Requirements"
      wide={true}
      meta={
        <>
          <span>{checks.data?.summary ?? 'What the product must do, and how one sees that it does.'}</span>
          <AppLink to="/records/requirement">All records, also obsolete ones</AppLink>
        </>
      }
      actions={
        <>
          <ActionButton action={lib} />
          <ActionButton action={take} />
          <Button
            leftSection={<IconDownload size={15} aria-hidden="true" />}
            onClick={() => setExporting(true)}
          >
            Export files
          </Button>
        </>
      }
      primary={<ActionButton action={make} primary={true} />}
    >
      <DataTable
        label="Requirements"
        columns={COLUMNS}
        filters={FILTERS}
        rows={product === undefined ? [] : checks.data?.items}
        rowId={(row) => row.key}
        error={checks.error}
        onRetry={() => void checks.refetch()}
        onOpen={(row) => go(`/r/${row.key}`)}
        empty={
          <EmptyState
            icon={<IconListCheck size={28} aria-hidden="true" />}
            what="No requirements yet"
            why="Begin with what the threats of your model call for: the library has requirements with acceptance criteria."
            action={<AppLink to="/requirement-library">Open the library</AppLink>}
          />
        }
      />
      {importing && product ? (
        <ImportDialog product={product.key} onClose={() => setImporting(false)} />
      ) : null}
      {exporting && product ? (
        <SidePanel title="Export files" opened={true} onClose={() => setExporting(false)}>
          <ul>
            {FILES.map(({ format, title }) => (
              <li key={format}>
                <a href={`/api/requirements/export?product=${product.key}&format=${format}`} download={true}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
          <p className="muted">
            CSV, ReqIF and Markdown can be changed elsewhere and imported again: Ward shows the difference
            first.
          </p>
        </SidePanel>
      ) : null}
    </PageFrame>
  );
}

const FILES = [
  { format: 'csv', title: 'CSV' },
  { format: 'xlsx', title: 'Workbook (XLSX)' },
  { format: 'reqif', title: 'ReqIF 1.2' },
  { format: 'markdown', title: 'Markdown' },
] as const;
