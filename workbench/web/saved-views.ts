// Views of a list under a name; the address holds the view, so that opening one is going somewhere.
import { queryOptions } from '@tanstack/react-query';
import type { PeopleApi } from '../kernel/people/api.ts';
import { client } from './client.ts';

const api = client<PeopleApi>();

export function savedViewsQuery(page: string) {
  return queryOptions({
    queryKey: ['views', page],
    queryFn: async () => (await (await api.me.views.$get({ query: { page } })).json()).items,
  });
}

export async function keepView(view: {
  page: string;
  name: string;
  query: Record<string, string>;
  shared: boolean;
}): Promise<void> {
  await api.me.views.$put({ json: view });
}

export async function removeView(id: string): Promise<void> {
  await api.me.views[':id'].$delete({ param: { id } });
}
