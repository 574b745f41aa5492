// All records of one kind; filters, order and text stand in the address.
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { KindView, RecordSummary } from '../../kernel/records/contract.ts';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import type { Column, TableFilter } from '../data-table/columns.ts';
import { DataTable } from '../data-table/DataTable.tsx';
import { download, toCsv } from '../data-table/export.ts';
import { useTableState } from '../data-table/use-table-state.ts';
import { AppLink } from '../design/AppLink.tsx';
import { copyText } from '../design/CopyField.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { Loading } from '../design/Loading.tsx';
import { PageFrame } from '../design/PageFrame.tsx';
import { useProduct } from '../product.ts';
import type { RecordsWanted } from '../queries.ts';
import { allRecords, recordsQuery, useKind, useKinds } from '../queries.ts';
import { recordColumns } from '../record/record-columns.tsx';
import { mayCreate, useMe } from '../session.ts';
import { useGo } from '../use-go.ts';

export function Page() {
  const { kind: name } = useParams({ strict: false }) as { kind: string };
  const kinds = useKinds();
  const kind = useKind(name);
  if (kind) return <OfKind key={kind.kind} kind={kind} />;
  return (
    <PageFrame title="Records">
      {kinds.length === 0 ? (
        <Loading />
      ) : (
        <EmptyState
          what={`There is no kind "${name}"`}
          why="The address names a kind of record that Ward does not know."
          action={<AppLink to="/records">See all kinds</AppLink>}
        />
      )}
    </PageFrame>
  );
}

const DEFAULT_SORT = '-updated';

function OfKind({ kind }: { readonly kind: KindView }) {
  const me = useMe();
  const go = useGo();
  const state = useTableState(DEFAULT_SORT);
  const { products, product } = useProduct();
  const wanted: RecordsWanted = {
    kind: kind.kind,
    product: state.filter('product') || undefined,
    state: state.filter('state') || undefined,
    text: state.text || undefined,
    sort: (state.sort?.column as RecordsWanted['sort']) ?? undefined,
    order: state.sort ? (state.sort.descending ? 'desc' : 'asc') : undefined,
  };
  const found = useInfiniteQuery(recordsQuery(wanted));
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items), [found.data]);
  const columns = useMemo<readonly Column<RecordSummary>[]>(() => recordColumns(kind), [kind]);
  const filters = useMemo<readonly TableFilter<RecordSummary>[]>(
    () => [
      {
        id: 'state',
        title: 'State',
        options: kind.states.map((one) => ({ value: one.id, title: one.title })),
      },
      ...(kind.scope === 'organisation' || products.length < 2
        ? []
        : [
            {
              id: 'product',
              title: 'Product',
              options: products.map((one) => ({ value: one.id, title: one.title })),
            },
          ]),
    ],
    [kind, products],
  );
  const productId = kind.scope === 'organisation' ? null : (product?.id ?? null);
  const create = {
    id: 'records.new',
    name: `New ${kind.title.toLowerCase()}`,
    keys: 'n',
    section: 'This list',
    icon: IconPlus,
    visibleWhen: () => mayCreate(me, kind, productId),
    perform: () => go(`/new/${kind.kind}`, { product: productId ?? undefined }),
  };
  useActions([create]);
  return (
    <PageFrame
      title={kind.plural}
      wide={true}
      meta={
        <>
          <span>{kind.purpose}</span>
          <span>{kind.clause}</span>
        </>
      }
      primary={<ActionButton action={create} primary={true} />}
    >
      <DataTable
        label={kind.plural}
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        error={found.error}
        onRetry={() => void found.refetch()}
        onOpen={(row) => go(`/r/${row.key}`)}
        filters={filters}
        defaultSort={DEFAULT_SORT}
        bulk={(chosen) => (
          <>
            <Button onClick={() => void copyText(chosen.map((row) => row.key).join(', '))}>Copy keys</Button>
            <Button
              onClick={() =>
                download(`${kind.kind}-selected.csv`, 'text/csv;charset=utf-8', toCsv(chosen, columns))
              }
            >
              Export selected
            </Button>
          </>
        )}
        paged={{
          total: found.data?.pages[0]?.total ?? 0,
          hasMore: found.hasNextPage,
          busy: found.isFetching,
          loadMore: () => void found.fetchNextPage(),
          loadAll: () => allRecords(wanted),
        }}
        empty={
          <EmptyState
            what={`No ${kind.plural.toLowerCase()} yet`}
            why={kind.machineMade ? `${kind.purpose} They come from an import or a match.` : kind.purpose}
            action={<ActionButton action={create} />}
          />
        }
      />
    </PageFrame>
  );
}
