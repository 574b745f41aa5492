// The one table: sort, filter, hide columns, select, export; only the rows in view are drawn.
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import { Fragment, useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { EmptyState } from '../design/EmptyState.tsx';
import { Loading } from '../design/Loading.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { showProblem } from '../design/toasts.ts';
import { arrange, haystacks } from './arrange.ts';
import type { Column, TableFilter } from './columns.ts';
import { columnWidths, fitColumns, parseSort, sortText } from './columns.ts';
import { download, toCsv, toJson } from './export.ts';
import { TableHead } from './TableHead.tsx';
import { TableRow } from './TableRow.tsx';
import { TableToolbar } from './TableToolbar.tsx';
import { useRowFocus } from './use-row-focus.ts';
import { useSelection } from './use-selection.ts';
import { useTableState } from './use-table-state.ts';
import { useWidth } from './use-width.ts';
import './table.css';

/** For rows that come page by page: the server filters and sorts by what stands in the address. */
export interface PagedRows<Row> {
  readonly total: number;
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly loadMore: () => void;
  /** Every row that fits, for the export. */
  readonly loadAll: () => Promise<readonly Row[]>;
}

export interface DataTableProps<Row> {
  /** Names the table for screen readers and the export's file: `Threats`. */
  readonly label: string;
  /** For thousands of rows keep the same array between drawings (a constant or `useMemo`). */
  readonly columns: readonly Column<Row>[];
  /** Undefined while loading. */
  readonly rows: readonly Row[] | undefined;
  readonly rowId: (row: Row) => string;
  readonly error?: unknown;
  readonly onRetry?: () => void;
  /** Enter or a click on the row; give the first column a link as well. */
  readonly onOpen?: (row: Row) => void;
  readonly paged?: PagedRows<Row>;
  readonly filters?: readonly TableFilter<Row>[];
  /** `-updated`. */
  readonly defaultSort?: string;
  /** Shown when there is nothing at all. */
  readonly empty: ReactNode;
  /** Actions on the selected rows; giving it makes rows selectable. */
  readonly bulk?: (rows: readonly Row[], clear: () => void) => ReactNode;
  /** Keeps the address parts of two tables on one page apart. */
  readonly name?: string;
  /** No filter box: the server has no text search for these rows. */
  readonly withoutText?: boolean;
}

// The same empty lists each time, so that nothing is arranged anew for their sake.
const NO_FILTERS: readonly TableFilter<never>[] = [];
const NO_HAY: readonly string[] = [];
const ROW_HEIGHT = 36;
const SELECT_WIDTH = 36;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowId, paged, bulk, onOpen } = props;
  const filters = (props.filters ?? NO_FILTERS) as readonly TableFilter<Row>[];
  const state = useTableState(props.defaultSort, props.name);
  const [box, width] = useWidth();
  const scroller = useRef<HTMLDivElement>(null);

  const text = useDeferredValue(state.text);
  const searching = text.trim() !== '' && !paged;
  const hay = useMemo(
    () => (searching && rows ? haystacks(rows, columns) : NO_HAY),
    [searching, rows, columns],
  );
  const sort = sortText(state.sort);
  const chosen = JSON.stringify(filters.map((filter) => state.filter(filter.id)));
  const arranged = !paged;
  const found = useMemo(() => {
    if (!rows || !arranged) return rows ?? [];
    const values = JSON.parse(chosen) as string[];
    return arrange(rows, hay, columns, {
      text: searching ? text : '',
      filters: filters.map((filter, index) => ({ filter, value: values[index] ?? '' })),
      sort: parseSort(sort),
    });
  }, [rows, arranged, hay, columns, filters, searching, text, sort, chosen]);

  const shown = (column: Column<Row>) => (column.hidden ?? false) === state.toggled.has(column.id);
  const inner = width - (bulk ? SELECT_WIDTH : 0);
  const visible = fitColumns(columns.filter(shown), inner);
  const widths = columnWidths(visible, inner);

  const selection = useSelection(found, rowId);
  const focus = useRowFocus({
    count: found.length,
    scroller,
    rowHeight: ROW_HEIGHT,
    onOpen: (index) => onOpen?.(found[index] as Row),
    ...(bulk
      ? { onSelect: selection.toggle, onSelectAll: selection.selectAll, onClear: selection.clear }
      : {}),
  });
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    rangeExtractor: focus.withActiveRow,
  });
  focus.scrollTo.current = (index) => virtual.scrollToIndex(index);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, busy, loadMore } = paged ?? {};
  useEffect(() => {
    if (hasMore && !busy && last >= found.length - 50) loadMore?.();
  }, [hasMore, busy, last, found.length, loadMore]);

  const exportRows = async (format: 'csv' | 'json') => {
    try {
      const all = paged ? await paged.loadAll() : found;
      const name = `${label.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${format}`;
      if (format === 'csv') download(name, 'text/csv;charset=utf-8', toCsv(all, columns));
      else download(name, 'application/json', toJson(all, columns));
    } catch (error) {
      showProblem(error);
    }
  };

  if (props.error && !rows)
    return <ProblemNotice error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />;
  const narrowed = state.text !== '' || filters.some((filter) => state.filter(filter.id) !== '');
  const total = paged ? paged.total : (rows?.length ?? 0);
  if (rows && found.length === 0 && !narrowed && !busy) return <>{props.empty}</>;
  const count = !rows ? '' : paged ? countText(paged.total, null) : countText(found.length, total);
  return (
    <div className="table-frame" ref={box}>
      <TableToolbar
        label={label}
        withText={!props.withoutText}
        state={state}
        columns={columns}
        shown={shown}
        filters={filters}
        count={count}
        onExport={(format) => void exportRows(format)}
      />
      {bulk && selection.rows.length > 0 ? (
        <div className="table-bulk">
          <span role="status">{selection.rows.length} selected</span>
          {bulk(selection.rows, selection.clear)}
          <button type="button" className="link-button" onClick={selection.clear}>
            Clear selection
          </button>
        </div>
      ) : null}
      {!rows ? (
        <Loading lines={10} label={`Loading ${label.toLowerCase()}`} />
      ) : found.length === 0 && !busy ? (
        <EmptyState
          what="Nothing fits the filter"
          why={paged ? 'There may be others without it.' : `There are ${total} without it.`}
          action={
            <button
              type="button"
              className="link-button"
              onClick={() => state.clear(filters.map((filter) => filter.id))}
            >
              Clear the filter
            </button>
          }
        />
      ) : (
        <div className="table-scroll" ref={scroller}>
          <table
            className="table"
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows take the focus and keys, as a grid's do
            role="grid"
            aria-label={label}
            aria-rowcount={(paged ? paged.total : found.length) + 1}
            aria-multiselectable={bulk ? true : undefined}
            onKeyDown={focus.onKeyDown}
          >
            <colgroup>
              {bulk ? <col style={{ width: SELECT_WIDTH }} /> : null}
              {visible.map((column, index) => (
                <col key={column.id} style={{ width: widths[index] }} />
              ))}
            </colgroup>
            <TableHead
              columns={visible}
              sort={state.sort}
              onSort={state.setSort}
              selection={
                bulk
                  ? {
                      all: selection.rows.length === found.length,
                      some: selection.rows.length > 0,
                      toggleAll: selection.toggleAll,
                    }
                  : null
              }
            />
            <tbody>
              {items.map((item, position) => {
                const row = found[item.index] as Row;
                const gap = item.start - (items[position - 1]?.end ?? 0);
                return (
                  <Fragment key={rowId(row)}>
                    {gap > 0 ? <Spacer height={gap} /> : null}
                    <TableRow
                      row={row}
                      index={item.index}
                      columns={visible}
                      active={item.index === focus.active}
                      selected={bulk ? selection.has(row) : null}
                      onSelect={selection.toggle}
                      onOpen={onOpen ? focus.open : null}
                      onFocus={focus.setActive}
                    />
                  </Fragment>
                );
              })}
              <Spacer height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** Room for rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row without tabindex cannot take the focus
  return <tr aria-hidden="true" style={{ height }} />;
}

function countText(found: number, total: number | null): string {
  const number = found.toLocaleString('en');
  return total === null || total === found ? number : `${number} of ${total.toLocaleString('en')}`;
}
