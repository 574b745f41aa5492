import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Column, Sort } from './columns.ts';

export interface TableHeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
  /** Null when rows cannot be selected. */
  readonly selection: {
    readonly all: boolean;
    readonly some: boolean;
    readonly toggleAll: () => void;
  } | null;
}

export function TableHead<Row>({ columns, sort, onSort, selection }: TableHeadProps<Row>) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selection ? (
          <th scope="col" className="table__select">
            <Checkbox
              size="xs"
              aria-label="Select all rows that are filtered"
              checked={selection.all}
              indeterminate={selection.some && !selection.all}
              onChange={selection.toggleAll}
            />
          </th>
        ) : null}
        {columns.map((column) => {
          const sorted = sort?.column === column.id ? sort : null;
          return (
            <th
              key={column.id}
              scope="col"
              className={column.align === 'right' ? 'number' : undefined}
              aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : undefined}
            >
              {column.sortable === false ? (
                <span className="cut">{column.title}</span>
              ) : (
                <button type="button" className="table__sort" onClick={() => onSort(next(column.id, sorted))}>
                  <span className="cut">{column.title}</span>
                  {sorted ? (
                    sorted.descending ? (
                      <IconArrowDown size={13} aria-hidden="true" />
                    ) : (
                      <IconArrowUp size={13} aria-hidden="true" />
                    )
                  ) : null}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** Ascending, descending, as it came. */
function next(column: string, now: Sort | null): Sort | null {
  if (!now) return { column, descending: false };
  return now.descending ? null : { column, descending: true };
}
