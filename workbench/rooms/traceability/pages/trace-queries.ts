// What pages ask about the thread of a product.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { TraceabilityApi, TraceRowView } from '../api.ts';
import type { Traced } from '../trace.ts';

export const traceClient = client<TraceabilityApi>();

export interface ThreadWanted {
  readonly product: string;
  readonly release?: string | undefined;
  readonly by: Traced;
  readonly text?: string | undefined;
  readonly gap?: string | undefined;
  readonly suspect?: string | undefined;
  readonly verdict?: string | undefined;
}

async function threadPage(wanted: ThreadWanted, cursor: string | null, limit = '200') {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, limit, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  return (await traceClient.traceability.$get({ query: query as never })).json();
}

// Keys begin with `records`: a changed link or record asks them again.
export function threadQuery(wanted: ThreadWanted) {
  return infiniteQueryOptions({
    queryKey: ['records', 'thread', wanted],
    queryFn: ({ pageParam }) => threadPage(wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
    enabled: wanted.product !== '',
  });
}

export async function allRows(wanted: ThreadWanted): Promise<readonly TraceRowView[]> {
  const all: TraceRowView[] = [];
  let cursor: string | null = null;
  // An export ends somewhere even when the server never says so.
  for (let page = 0; page < 100; page += 1) {
    const answer: Awaited<ReturnType<typeof threadPage>> = await threadPage(wanted, cursor, '500');
    all.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return all;
}

export function matrixQuery(product: string, rows: Traced, columns: Traced, release: string | undefined) {
  return queryOptions({
    queryKey: ['records', 'thread', 'matrix', product, rows, columns, release],
    queryFn: async () =>
      (
        await traceClient.traceability.matrix.$get({
          query: { product, rows, columns, ...(release ? { release } : {}) },
        })
      ).json(),
    enabled: product !== '',
  });
}

export function graphQuery(product: string, key: string, release: string | undefined) {
  return queryOptions({
    queryKey: ['records', 'thread', 'graph', product, key, release],
    queryFn: async () =>
      (
        await traceClient.traceability.graph.$get({
          query: { product, key, ...(release ? { release } : {}) },
        })
      ).json(),
    enabled: product !== '' && key !== '',
  });
}

export function suspectsQuery(product: string) {
  return infiniteQueryOptions({
    queryKey: ['records', 'thread', 'suspects', product],
    queryFn: async ({ pageParam }) =>
      (
        await traceClient.traceability.suspects.$get({
          query: { product, limit: '100' as never, ...(pageParam === null ? {} : { cursor: pageParam }) },
        })
      ).json(),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: product !== '',
  });
}
