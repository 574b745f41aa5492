// A view as a table file. Pure.
import { writeCsv } from '../../../kernel/text/csv.ts';
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
  return writeCsv(lines);
}
