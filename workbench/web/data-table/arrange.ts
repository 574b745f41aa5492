// Filters and sorts rows that are all here. Pure; 100,000 rows are arranged between two key presses.
import type { CellValue, Column, Sort, TableFilter } from './columns.ts';

/**
 * A text that sorts by plain comparison as people expect: numbers by value, capitals and accents alike. Made once a
 * row; a collator asked at each comparison takes ten times as long for 100,000 rows.
 */
function sortKey(text: string): string {
  const plain = /^[ -~]*$/.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(15, '0'));
}

/** Everything of a row that the filter box looks at, once per row. */
export function haystacks<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): readonly string[] {
  return rows.map((row) =>
    columns
      .map((column) => cellText(column.value(row)))
      .join('\n')
      .toLowerCase(),
  );
}

export interface Wanted<Row> {
  readonly text: string;
  readonly filters: readonly { readonly filter: TableFilter<Row>; readonly value: string }[];
  readonly sort: Sort | null;
}

/** Rows that hold every word of the text and fit every filter, in the wanted order; equal rows keep theirs. */
export function arrange<Row>(
  rows: readonly Row[],
  hay: readonly string[],
  columns: readonly Column<Row>[],
  wanted: Wanted<Row>,
): readonly Row[] {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const active = wanted.filters.filter(({ filter, value }) => value !== '' && filter.value);
  let found = rows;
  if (words.length > 0 || active.length > 0) {
    found = rows.filter((row, index) => {
      const straw = hay[index] ?? '';
      if (!words.every((word) => straw.includes(word))) return false;
      return active.every(({ filter, value }) => fits(filter.value?.(row), value));
    });
  }
  const column = wanted.sort && columns.find((one) => one.id === wanted.sort?.column);
  return column ? sorted(found, column, wanted.sort?.descending ?? false) : found;
}

function fits(has: string | readonly string[] | undefined, wanted: string): boolean {
  return typeof has === 'string' ? has === wanted : (has ?? []).includes(wanted);
}

function sorted<Row>(rows: readonly Row[], column: Column<Row>, descending: boolean): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row, index) => {
      const value = column.value(row);
      return { row, index, value: typeof value === 'string' ? sortKey(value) : value };
    })
    .sort((a, b) => compareWithin(a.value, b.value, sign) || a.index - b.index)
    .map(({ row }) => row);
}

/** What is not known stands last in either direction: it must not look like the smallest. */
function compareWithin(a: CellValue, b: CellValue, sign: number): number {
  const noA = a === null || a === undefined || a === '';
  const noB = b === null || b === undefined || b === '';
  if (noA || noB) return noA === noB ? 0 : noA ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  const textA = String(a);
  const textB = String(b);
  return textA === textB ? 0 : textA < textB ? -sign : sign;
}

export function cellText(value: CellValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
