import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { memo } from 'react';
import { cellText } from './arrange.ts';
import type { Column } from './columns.ts';

export interface TableRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly active: boolean;
  /** Null when rows cannot be selected. */
  readonly selected: boolean | null;
  readonly onSelect: (index: number) => void;
  readonly onOpen: ((index: number) => void) | null;
  readonly onFocus: (index: number) => void;
}

function Row<Item>(props: TableRowProps<Item>) {
  const { row, index, columns, active, selected, onSelect, onOpen, onFocus } = props;
  const first = columns[0];
  return (
    <tr
      data-row={index}
      tabIndex={active ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      className={onOpen ? 'table__row table__row--opens' : 'table__row'}
      onFocus={() => onFocus(index)}
      onClick={(event) => {
        // A link or a box inside the row does its own work; marked text is being copied.
        if ((event.target as Element).closest('a, button, input, label')) return;
        if (window.getSelection()?.type === 'Range') return;
        onOpen?.(index);
      }}
      onKeyDown={() => undefined /* the table decides about keys for all rows */}
    >
      {selected === null ? null : (
        <td className="table__select">
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={`Select ${first ? cellText(first.value(row)) : 'row'}`}
            checked={selected}
            onChange={() => onSelect(index)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={column.align === 'right' ? 'number cut' : 'cut'}>
          {column.cell ? (column.cell(row) as ReactNode) : cellText(column.value(row))}
        </td>
      ))}
    </tr>
  );
}

export const TableRow = memo(Row) as typeof Row;
