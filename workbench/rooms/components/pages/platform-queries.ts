import { queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { ComponentsApi } from '../api.ts';

export const componentsClient = client<ComponentsApi>();

export function platformQuery(release: string) {
  return queryOptions({
    queryKey: ['findings', 'platform', release],
    queryFn: async () =>
      (await componentsClient.releases[':release'].platform.$get({ param: { release } })).json(),
  });
}

export function whereQuery(name: string, version: string) {
  return queryOptions({
    queryKey: ['components', 'where', name, version],
    queryFn: async () => {
      const query = { name, ...(version === '' ? {} : { version }) };
      return (await (await componentsClient.components.where.$get({ query })).json()).items;
    },
    enabled: name !== '',
  });
}

export function suppliedQuery(supplier: string) {
  return queryOptions({
    queryKey: ['components', 'supplied', supplier],
    queryFn: async () =>
      (await (await componentsClient.components.supplied.$get({ query: { supplier } })).json()).items,
  });
}
