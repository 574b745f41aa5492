// One row of the table is in the tab order (roving tabindex); keys move it, and rows out of view are drawn when it goes there.
import type { Range } from '@tanstack/react-virtual';
import { defaultRangeExtractor } from '@tanstack/react-virtual';
import type { KeyboardEvent, RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { tableMove } from './keyboard.ts';

export interface RowFocusOptions {
  readonly count: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowHeight: number;
  readonly onOpen: (index: number) => void;
  readonly onSelect?: (index: number) => void;
  readonly onSelectAll?: () => void;
  readonly onClear?: () => void;
}

export function useRowFocus(options: RowFocusOptions) {
  const [active, setActiveRow] = useState(0);
  const wanted = useRef<number | null>(null);
  const scrollTo = useRef<(index: number) => void>(() => undefined);
  const latest = useRef(options);
  latest.current = options;
  const row = Math.min(active, Math.max(0, options.count - 1));

  // The row may have been drawn only now.
  useEffect(() => {
    if (wanted.current === null) return;
    const element = options.scroller.current?.querySelector<HTMLElement>(`tr[data-row="${wanted.current}"]`);
    if (!element) return;
    wanted.current = null;
    element.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    // Keys on a link or box inside a row are theirs, but for those that move.
    const onRow = target.dataset.row !== undefined;
    if (!onRow && (target.closest('thead') || ['Enter', ' ', 'Escape'].includes(event.key))) return;
    const pageRows = Math.max(
      1,
      Math.floor((options.scroller.current?.clientHeight ?? 400) / options.rowHeight) - 2,
    );
    const move = tableMove(event, row, options.count, pageRows);
    if (!move) return;
    if (move.kind === 'clear' && !options.onClear) return;
    event.preventDefault();
    event.stopPropagation();
    if (move.kind === 'focus') {
      wanted.current = move.row;
      setActiveRow(move.row);
      scrollTo.current(move.row);
    } else if (move.kind === 'open') options.onOpen(move.row);
    else if (move.kind === 'select') options.onSelect?.(move.row);
    else if (move.kind === 'select-all') options.onSelectAll?.();
    else options.onClear?.();
  };

  const withActiveRow = useCallback(
    (range: Range) => {
      const rows = defaultRangeExtractor(range);
      if (rows.includes(row) || row >= range.count) return rows;
      return [...rows, row].sort((a, b) => a - b);
    },
    [row],
  );
  return {
    active: row,
    setActive: setActiveRow,
    onKeyDown,
    withActiveRow,
    scrollTo,
    open: useCallback((index: number) => latest.current.onOpen(index), []),
  };
}
