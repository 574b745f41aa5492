// What pages ask about controls, and the models on which they stand.
import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import { fewRecordsQuery, recordQuery } from '../../../web/queries.ts';
import type { SystemModel } from '../../system/index.ts';
import type { ControlsApi } from '../api.ts';

const api = client<ControlsApi>();

export function controlsQuery(product: string | undefined, key?: string) {
  return queryOptions({
    queryKey: ['records', 'controls', product, key ?? null],
    queryFn: async () =>
      (await api.controls.$get({ query: { product: product ?? '', ...(key ? { key } : {}) } })).json(),
    enabled: product !== undefined,
  });
}

export interface ModelOfProduct {
  readonly key: string;
  readonly title: string;
  readonly model: SystemModel;
}

/** The system models of a product, the newest first; undefined while they are asked for. */
export function useModels(productId: string | undefined): readonly ModelOfProduct[] | undefined {
  const list = useQuery({
    ...fewRecordsQuery({ kind: 'system-model', product: productId, sort: 'key', order: 'desc' }, 10),
    enabled: productId !== undefined,
  });
  const records = useQueries({ queries: (list.data?.items ?? []).map(({ key }) => recordQuery(key)) });
  if (!list.data || records.some(({ data, error }) => !data && !error)) return undefined;
  return records.flatMap(({ data }) =>
    data ? { key: data.key, title: data.title, model: data.body as unknown as SystemModel } : [],
  );
}

export interface PlaceOption {
  readonly id: string;
  readonly title: string;
  readonly part: string;
  readonly model: string;
}

/** Where a control can stand. */
export function placesOf(models: readonly ModelOfProduct[]): readonly PlaceOption[] {
  return models.flatMap(({ key, model }) =>
    (
      [
        ['Element', model.elements],
        ['Flow', model.flows],
        ['Interface', model.interfaces],
        ['Zone', model.zones],
      ] as const
    ).flatMap(([part, list]) => list.map(({ id, title }) => ({ id, title, part, model: key }))),
  );
}
