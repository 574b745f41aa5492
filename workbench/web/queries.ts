// What pages ask about records; the keys say what an answer is about, so that one change refreshes what shows it.
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import type { KindView, RecordSummary } from '../kernel/records/contract.ts';
import { recordsClient } from './client.ts';
import { queryClient } from './query-client.ts';

export const kindsQuery = queryOptions({
  queryKey: ['kinds'],
  queryFn: async () => (await (await recordsClient.kinds.$get()).json()).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export function useKinds(): readonly KindView[] {
  return useQuery(kindsQuery).data ?? [];
}

export function useKind(kind: string | undefined): KindView | undefined {
  return useKinds().find((known) => known.kind === kind);
}

export interface RecordsWanted {
  readonly kind?: string | undefined;
  readonly product?: string | undefined;
  /** One or several, separated by commas. */
  readonly state?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: 'key' | 'title' | 'state' | 'updated' | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

const PAGE = '200';

async function recordsPage(wanted: RecordsWanted, cursor: string | null, limit = PAGE) {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, limit, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  return (await recordsClient.records.$get({ query: query as never })).json();
}

/** Records that fit, page by page as the reader scrolls. */
export function recordsQuery(wanted: RecordsWanted) {
  return infiniteQueryOptions({
    queryKey: ['records', wanted],
    queryFn: ({ pageParam }) => recordsPage(wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

// An export ends somewhere even when the server never says so.
const EXPORT_PAGES = 400;

/** Every record that fits, for an export. */
export async function allRecords(wanted: RecordsWanted): Promise<readonly RecordSummary[]> {
  const all: RecordSummary[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof recordsPage>> = await recordsPage(wanted, cursor, '500');
    all.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return all;
}

/** The first records that fit; for choices and short lists. */
export function fewRecordsQuery(wanted: RecordsWanted, limit = 100) {
  return queryOptions({
    queryKey: ['records', 'few', wanted, limit],
    queryFn: () => recordsPage(wanted, null, String(limit)),
  });
}

export function recordQuery(key: string) {
  return queryOptions({
    queryKey: ['record', key],
    queryFn: async () => (await recordsClient.records[':key'].$get({ param: { key } })).json(),
  });
}

export function historyQuery(key: string) {
  return infiniteQueryOptions({
    queryKey: ['record', key, 'history'],
    queryFn: async ({ pageParam }) => {
      const query = { limit: '100', ...(pageParam === null ? {} : { before: String(pageParam) }) };
      return (await recordsClient.records[':key'].history.$get({ param: { key }, query })).json();
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
}

export function revisionQuery(key: string, revision: number, against?: number) {
  return queryOptions({
    queryKey: ['record', key, 'revision', revision, against ?? null],
    queryFn: async () =>
      (
        await recordsClient.records[':key'].revisions[':revision'].$get({
          param: { key, revision: String(revision) as never },
          query: against === undefined ? {} : { against: String(against) },
        })
      ).json(),
    // A revision never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function searchQuery(text: string) {
  return queryOptions({
    queryKey: ['search', text],
    queryFn: async () => (await recordsClient.search.$get({ query: { text } })).json(),
    placeholderData: (before) => before,
  });
}

export const productsQuery = fewRecordsQuery({ kind: 'product', sort: 'title', order: 'asc' }, 500);

/** After a change of a record: it, its history, and every list. */
export async function refreshRecords(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['record'] }),
    queryClient.invalidateQueries({ queryKey: ['records'] }),
    queryClient.invalidateQueries({ queryKey: ['ledger'] }),
  ]);
}
