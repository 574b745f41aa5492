// What pages ask about the components of a release.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { ComponentsApi, ComponentView } from '../api.ts';

const api = client<ComponentsApi>();

export function sbomsQuery(release: string) {
  return queryOptions({
    queryKey: ['sboms', release],
    queryFn: async () => (await api.releases[':release'].sboms.$get({ param: { release } })).json(),
  });
}

export interface ComponentsWanted {
  readonly text?: string | undefined;
  readonly watch?: 'watched' | 'not-watched' | undefined;
  readonly part?: string | undefined;
  readonly sort?: 'name' | 'version' | 'type' | 'findings' | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

async function componentsPage(
  release: string,
  wanted: ComponentsWanted,
  cursor: string | null,
  limit = '200',
) {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, limit, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  const answer = await api.releases[':release'].components.$get({
    param: { release },
    query: query as never,
  });
  return answer.json();
}

export function componentsQuery(release: string, wanted: ComponentsWanted) {
  return infiniteQueryOptions({
    queryKey: ['components', release, wanted],
    queryFn: ({ pageParam }) => componentsPage(release, wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

// An export ends somewhere even when the server never says so.
const EXPORT_PAGES = 400;

export async function allComponents(
  release: string,
  wanted: ComponentsWanted,
): Promise<readonly ComponentView[]> {
  const all: ComponentView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof componentsPage>> = await componentsPage(
      release,
      wanted,
      cursor,
      '500',
    );
    all.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return all;
}

/** One level of the tree: the children of `ref`, or the roots of the part. */
export function treeQuery(release: string, part: string, ref: string | null) {
  return queryOptions({
    queryKey: ['tree', release, part, ref],
    queryFn: async () => {
      const query = { part, ...(ref === null ? {} : { ref }) };
      return (await (await api.releases[':release'].tree.$get({ param: { release }, query })).json()).items;
    },
  });
}
