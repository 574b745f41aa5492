// A table's text, order, filters and hidden columns, kept in the address.
import { useMemo } from 'react';
import { useSearchState } from '../search-state.ts';
import type { Sort } from './columns.ts';
import { parseSort, sortText } from './columns.ts';

export interface TableState {
  readonly text: string;
  readonly sort: Sort | null;
  readonly filter: (id: string) => string;
  /** Ids of columns shown or hidden against their default. */
  readonly toggled: ReadonlySet<string>;
  readonly setText: (text: string) => void;
  readonly setSort: (sort: Sort | null) => void;
  readonly setFilter: (id: string, value: string) => void;
  readonly toggleColumn: (id: string) => void;
  readonly clear: (filterIds: readonly string[]) => void;
}

/** `name` keeps two tables on one page apart; most pages have one and give none. */
export function useTableState(defaultSort?: string, name?: string): TableState {
  const [search, set] = useSearchState();
  return useMemo(() => {
    const place = (part: string) => (name === undefined ? part : `${name}.${part}`);
    const toggled = new Set((search[place('columns')] ?? '').split(',').filter(Boolean));
    const text = search[place('q')] ?? '';
    return {
      text: text.slice(0, 200),
      sort: parseSort(search[place('sort')] ?? defaultSort),
      filter: (id) => search[place(id)] ?? '',
      toggled,
      setText: (next) => set({ [place('q')]: next }),
      setSort: (sort) => set({ [place('sort')]: sortText(sort) ?? (defaultSort ? '-' : '') }),
      setFilter: (id, value) => set({ [place(id)]: value }),
      toggleColumn: (id) => {
        const next = new Set(toggled);
        if (!next.delete(id)) next.add(id);
        set({ [place('columns')]: [...next].join(',') });
      },
      clear: (ids) => set(Object.fromEntries([...ids, 'q'].map((id) => [place(id), '']))),
    };
  }, [search, set, defaultSort, name]);
}
