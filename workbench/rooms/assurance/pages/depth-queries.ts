// What the pages ask about the depth of a release, and what a change of it would bring.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, fetchJson } from '../../../web/client.ts';
import type { AssuranceApi } from '../api.ts';
import type { WhatIfRequest } from '../views.ts';

const api = client<AssuranceApi>();

export function depthQuery(release: string, target: string | undefined) {
  return queryOptions({
    queryKey: ['assurance', release, target ?? ''],
    queryFn: async () =>
      (
        await api.releases[':release'].assurance.$get({
          param: { release },
          query: target === undefined ? {} : { target },
        })
      ).json(),
    placeholderData: keepPreviousData,
  });
}

export function whatIfQuery(release: string, change: WhatIfRequest) {
  return queryOptions({
    queryKey: ['assurance', release, 'what-if', change],
    queryFn: async () =>
      (
        await api.releases[':release'].assurance['what-if'].$post({ param: { release }, json: change })
      ).json(),
    placeholderData: keepPreviousData,
  });
}

export function reachQuery(release: string, vulnerability: string) {
  return queryOptions({
    queryKey: ['assurance', release, 'reach', vulnerability],
    queryFn: async () =>
      (await api.releases[':release'].reach.$get({ param: { release }, query: { vulnerability } })).json(),
  });
}

/** Where the objects of the model stand on the drawing. */
export function placesQuery(model: string) {
  return queryOptions({
    queryKey: ['system-models', model, 'layout'],
    queryFn: () =>
      fetchJson<{ readonly places: Readonly<Record<string, never>> }>(
        `/system-models/${encodeURIComponent(model)}/layout`,
      ),
  });
}
