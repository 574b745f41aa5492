// A view as a table file. Pure.
import type { Printed, View } from './contract.ts';

/** All tables one after another, each row with the table's name in front (RFC 4180). */
export function viewCsv(view: View, of: Printed): string {
  const lines: string[][] = [
    [view.title, `${of.key} revision ${of.revision}${of.draft ? ' not saved' : ''}`],
  ];
  for (const table of view.tables) {
    lines.push([], [table.title], [...table.columns]);
    for (const row of table.rows) lines.push([...row]);
  }
  lines.push([], ['Open points'], ['Object', 'What is missing']);
  for (const gap of view.gaps) lines.push([gap.target, gap.message]);
  return `${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

// A spreadsheet runs a cell that begins with = + - @ (CWE-1236).
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
