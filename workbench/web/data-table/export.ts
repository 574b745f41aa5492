// Rows as CSV (RFC 4180) or JSON, as filtered and sorted, all columns whether shown or not.
import { cellText } from './arrange.ts';
import type { Column } from './columns.ts';

export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map((column) => field(column.title))];
  for (const row of rows) lines.push(columns.map((column) => field(cellText(column.value(row)))));
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

// A spreadsheet runs a cell that begins with = + - @ (CWE-1236); titles here can come from outside. A number stays one.
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
