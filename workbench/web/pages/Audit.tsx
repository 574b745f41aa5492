// The ledger: who did what, when, to which record; with its export, which anybody can check without Ward's server.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Column } from '../data-table/columns.ts';
import { DataTable } from '../data-table/DataTable.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { KeyLink } from '../design/KeyLink.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { exactTime } from '../design/time.ts';
import { peopleQuery } from '../people-queries.ts';
import { useProduct } from '../product.ts';
import { useSearchState } from '../search-state.ts';
import { useGo } from '../use-go.ts';
import type { LedgerRow, LedgerWanted } from './ledger-queries.ts';
import { allEntries, ledgerQuery } from './ledger-queries.ts';

const columns: readonly Column<LedgerRow>[] = [
  {
    id: 'seq',
    title: 'Entry',
    value: (row) => row.seq,
    align: 'right',
    width: 70,
    sortable: false,
    priority: 3,
  },
  {
    id: 'at',
    title: 'When',
    value: (row) => row.at,
    cell: (row) => <RelativeTime at={row.at} />,
    width: 136,
    sortable: false,
    priority: 1,
  },
  { id: 'actor', title: 'Who', value: (row) => row.actor?.name ?? 'Ward', width: 140, sortable: false },
  { id: 'action', title: 'Action', value: (row) => row.action, width: 150, sortable: false, priority: 1 },
  {
    id: 'key',
    title: 'Record',
    value: (row) => row.key,
    cell: (row) => (row.key === null ? null : <KeyLink recordKey={row.key} tabIndex={-1} />),
    width: 90,
    sortable: false,
  },
  {
    id: 'content',
    title: 'What',
    value: (row) => contentWords(row.content),
    width: 160,
    grow: 1,
    sortable: false,
    priority: 3,
  },
  {
    id: 'hash',
    title: 'Hash',
    value: (row) => row.hash,
    cell: (row) => <code>{row.hash.slice(0, 12)}…</code>,
    width: 130,
    sortable: false,
    priority: 3,
  },
];

// The actions that people look for; the field takes any other.
const ACTIONS = [
  'record.created',
  'record.edited',
  'record.transitioned',
  'signature.made',
  'link.made',
  'link.ended',
  'comment.made',
];

export function Page() {
  const [search, set] = useSearchState();
  const go = useGo();
  const wanted = useMemo(() => wantedOf(search), [search]);
  const found = useInfiniteQuery(ledgerQuery(wanted));
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items), [found.data]);
  const head = found.data?.pages[0];
  const narrowed = Object.keys(wanted).length > 0;
  return (
    <PageFrame
      title="Audit"
      wide={true}
      meta={
        head ? (
          <span>{head.size.toLocaleString('en')} entries, each chained to the one before</span>
        ) : undefined
      }
      primary={
        <Button
          component="a"
          href={`/api/ledger/export?${new URLSearchParams(wanted as Record<string, string>)}`}
          download={true}
          variant="filled"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          Export ledger
        </Button>
      }
    >
      <Filters />
      <DataTable
        label="Ledger entries"
        columns={columns}
        rows={rows}
        rowId={(row) => String(row.seq)}
        error={found.error}
        onRetry={() => void found.refetch()}
        onOpen={(row) => {
          if (row.key !== null) go(`/r/${row.key}`);
        }}
        withoutText={true}
        paged={{
          total: narrowed ? (rows?.length ?? 0) : (head?.size ?? 0),
          hasMore: found.hasNextPage,
          busy: found.isFetching,
          loadMore: () => void found.fetchNextPage(),
          loadAll: () => allEntries(wanted),
        }}
        empty={
          <EmptyState
            what={narrowed ? 'Nothing fits the filter' : 'The ledger is empty'}
            why={
              narrowed
                ? 'There may be other entries without it.'
                : 'Every change of a record, signature and access leaves an entry here that cannot be changed.'
            }
            action={
              narrowed ? (
                <button
                  type="button"
                  className="link-button"
                  onClick={() => set(Object.fromEntries(Object.keys(wanted).map((name) => [name, ''])))}
                >
                  Clear the filter
                </button>
              ) : undefined
            }
          />
        }
      />
      {head ? (
        <Section title="Check it yourself">
          <div className="stack">
            <p>
              The export holds the whole chain and a signed checkpoint. Anybody can check it offline, without
              this server:
            </p>
            <pre>ward verify ward-ledger-{exactTime(new Date().toISOString()).slice(0, 10)}.ndjson</pre>
            <dl className="facts">
              <dt>Public key of this ledger</dt>
              <dd>
                <code>{head.verifierKey}</code>
              </dd>
              <dt>Name of the ledger</dt>
              <dd>
                <code>{head.origin}</code>
              </dd>
            </dl>
          </div>
        </Section>
      ) : null}
    </PageFrame>
  );
}

function Filters() {
  const [search, set] = useSearchState();
  const people = useQuery(peopleQuery);
  const { products } = useProduct();
  return (
    <div className="table-bar">
      <NativeSelect
        aria-label="Who"
        value={search.actor ?? ''}
        onChange={(event) => set({ actor: event.currentTarget.value })}
        data={[
          { value: '', label: 'Who: all' },
          ...(people.data ?? []).map((person) => ({ value: person.id, label: person.name })),
        ]}
      />
      <NativeSelect
        aria-label="Action"
        value={search.action ?? ''}
        onChange={(event) => set({ action: event.currentTarget.value })}
        data={[
          { value: '', label: 'Action: all' },
          ...[...new Set([...ACTIONS, ...(search.action ? [search.action] : [])])].map((action) => ({
            value: action,
            label: action,
          })),
        ]}
      />
      {products.length > 0 ? (
        <NativeSelect
          aria-label="Product"
          value={search.of ?? ''}
          onChange={(event) => set({ of: event.currentTarget.value })}
          data={[
            { value: '', label: 'Product: all' },
            ...products.map((product) => ({ value: product.id, label: product.title })),
          ]}
        />
      ) : null}
      <DayInput label="From" value={search.from} onChange={(from) => set({ from })} />
      <DayInput label="To" value={search.to} onChange={(to) => set({ to })} />
    </div>
  );
}

function DayInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string) => void;
}) {
  return (
    <TextInput
      aria-label={`${label} day`}
      placeholder={`${label} 2026-11-24`}
      maxLength={10}
      style={{ width: '9.5rem' }}
      defaultValue={value ?? ''}
      key={value ?? ''}
      onBlur={(event) => {
        const day = event.currentTarget.value.trim();
        if (day === '' || /^\d{4}-\d{2}-\d{2}$/.test(day)) onChange(day);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}

/** `of` in the address, since `product` there is the reader's product on other pages. */
function wantedOf(search: Readonly<Record<string, string | undefined>>): LedgerWanted {
  const instant = (day: string | undefined, time: string) =>
    day && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? `${day}T${time}Z` : undefined;
  const all = {
    actor: search.actor,
    action: search.action,
    product: search.of,
    record: search.record,
    from: instant(search.from, '00:00:00.000'),
    to: instant(search.to, '23:59:59.999'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as LedgerWanted;
}

function contentWords(content: Readonly<Record<string, unknown>>): string {
  return Object.entries(content)
    .filter(([name, value]) => name !== 'key' && (typeof value === 'string' || typeof value === 'number'))
    .map(([name, value]) => `${name}: ${String(value).slice(0, 80)}`)
    .join(' · ');
}
