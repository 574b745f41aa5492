// The product that the reader works on: named in the address where a page depends on it, else the one used last.
import { useQuery } from '@tanstack/react-query';
import type { RecordSummary } from '../kernel/records/contract.ts';
import { productsQuery } from './queries.ts';
import { useSearchState } from './search-state.ts';

const PLACE = 'ward.product';

export interface ProductChoice {
  readonly products: readonly RecordSummary[];
  /** Undefined while loading, and when there is none or all are meant. */
  readonly product: RecordSummary | undefined;
  readonly choose: (id: string) => void;
}

export function useProduct(): ProductChoice {
  const products = useQuery(productsQuery).data?.items ?? [];
  const [search, set] = useSearchState();
  const wanted = search.product ?? remembered();
  const product =
    products.find((one) => one.id === wanted || one.key === wanted) ??
    (wanted === undefined ? products.find((one) => one.state === 'active') : undefined);
  return {
    products,
    product,
    choose: (id) => {
      remember(id);
      set({ product: id });
    },
  };
}

function remember(id: string): void {
  try {
    localStorage.setItem(PLACE, id);
  } catch {
    // Private mode: the address still names it.
  }
}

function remembered(): string | undefined {
  try {
    return localStorage.getItem(PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}
