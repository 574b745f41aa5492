// What a table is told about its columns and filters.
import type { ReactNode } from 'react';

export type CellValue = string | number | boolean | null | undefined;

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What is sorted, searched and exported. */
  readonly value: (row: Row) => CellValue;
  /** How it looks; the value as text when absent. Must keep to one line. */
  readonly cell?: (row: Row) => ReactNode;
  /** Least width in pixels (default 120). */
  readonly width?: number;
  /** Share of the room that is left; 0 keeps the least width (default 0). */
  readonly grow?: number;
  /** Numbers stand right. */
  readonly align?: 'right';
  /** 1 stays on the narrowest screen; 3 goes first (default 2). */
  readonly priority?: 1 | 2 | 3;
  /** False where sorting means nothing, or the server cannot. */
  readonly sortable?: boolean;
  /** Not shown until asked for. */
  readonly hidden?: boolean;
}

/** A choice above the table; kept in the address under `id`. */
export interface TableFilter<Row> {
  readonly id: string;
  readonly title: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
  /** For tables whose rows are all here; a paged table's page gives the value to the server. */
  readonly value?: (row: Row) => string | readonly string[];
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** `-updated` → updated, descending. */
export function parseSort(text: string | undefined): Sort | null {
  if (!text || text === '-') return null;
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

export function sortText(sort: Sort | null): string | undefined {
  return sort === null ? undefined : `${sort.descending ? '-' : ''}${sort.column}`;
}

const DEFAULT_WIDTH = 120;

/** The columns that fit into this width: the least important go first, the last of them before the first. */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const kept = [...columns];
  const needed = () => kept.reduce((sum, column) => sum + (column.width ?? DEFAULT_WIDTH), 0);
  for (const priority of [3, 2] as const) {
    while (needed() > width) {
      const last = kept.findLastIndex((column) => (column.priority ?? 2) === priority);
      if (last < 0) break;
      kept.splice(last, 1);
    }
  }
  return kept;
}

/** Pixel widths that fill the table: least widths, and the rest shared out by `grow`. */
export function columnWidths<Row>(columns: readonly Column<Row>[], width: number): readonly number[] {
  const least = columns.map((column) => column.width ?? DEFAULT_WIDTH);
  const rest = Math.max(0, width - least.reduce((sum, one) => sum + one, 0));
  const shares = columns.reduce((sum, column) => sum + (column.grow ?? 0), 0);
  return columns.map((column, index) => {
    const share = shares > 0 ? (column.grow ?? 0) / shares : index === 0 ? 1 : 0;
    return (least[index] as number) + Math.floor(rest * share);
  });
}
