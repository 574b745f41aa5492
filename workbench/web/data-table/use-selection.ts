// Which rows are selected: kept by id, so that a refresh or another order keeps them; rows that are gone drop out.
import { useCallback, useMemo, useRef, useState } from 'react';

export interface Selection<Row> {
  readonly rows: readonly Row[];
  readonly has: (row: Row) => boolean;
  readonly toggle: (index: number) => void;
  readonly selectAll: () => void;
  readonly toggleAll: () => void;
  readonly clear: () => void;
}

export function useSelection<Row>(found: readonly Row[], rowId: (row: Row) => string): Selection<Row> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const latest = useRef({ found, rowId });
  latest.current = { found, rowId };
  const rows = useMemo(
    () => (ids.size === 0 ? [] : found.filter((row) => ids.has(rowId(row)))),
    [found, ids, rowId],
  );
  const toggle = useCallback((index: number) => {
    const row = latest.current.found[index];
    if (row === undefined) return;
    const id = latest.current.rowId(row);
    setIds((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const selectAll = useCallback(
    () => setIds(new Set(latest.current.found.map((row) => latest.current.rowId(row)))),
    [],
  );
  const clear = useCallback(() => setIds(new Set()), []);
  return {
    rows,
    has: (row) => ids.has(rowId(row)),
    toggle,
    selectAll,
    toggleAll: () => (rows.length === found.length ? clear() : selectAll()),
    clear,
  };
}
