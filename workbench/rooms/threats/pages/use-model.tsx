// Which system model a page is about: named in the address, else the newest of the product that the reader works on.
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useProduct } from '../../../web/product.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { RunView } from '../views.ts';
import { runsQuery } from './threats-queries.ts';

export interface ModelChoice {
  /** Undefined while loading; null where there is none. */
  readonly model: RunView | null | undefined;
  readonly models: readonly RunView[];
  readonly error: unknown;
}

export function useModel(): ModelChoice {
  const runs = useQuery(runsQuery);
  const { product } = useProduct();
  const [search] = useSearchState();
  const models = runs.data ?? [];
  const named = models.find((one) => one.model === search.model);
  const ofProduct = models.find((one) => one.productId === product?.id);
  const model = runs.data === undefined ? undefined : (named ?? ofProduct ?? models[0] ?? null);
  return { model, models, error: runs.error };
}

export function ModelSelect({
  model,
  models,
}: {
  readonly model: RunView;
  readonly models: readonly RunView[];
}) {
  const [, set] = useSearchState();
  if (models.length < 2) return null;
  return (
    <NativeSelect
      aria-label="System model"
      value={model.model}
      onChange={(event) => set({ model: event.currentTarget.value })}
      data={models.map((one) => ({ value: one.model, label: `${one.title} (${one.model})` }))}
    />
  );
}
