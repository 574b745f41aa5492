// Rows as CSV (RFC 4180) or JSON, as filtered and sorted, all columns whether shown or not.
import { writeCsv } from '../../kernel/text/csv.ts';
import { cellText } from './arrange.ts';
import type { Column } from './columns.ts';

export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return writeCsv([
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => cellText(column.value(row)))),
  ]);
}

export function toJson<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const list = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.id, column.value(row) ?? null])),
  );
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Hands the text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
