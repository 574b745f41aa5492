// Requirements as a workbook, for people who work in one. Only out: what comes back from a workbook comes as CSV.
import writeXlsxFile from 'write-excel-file/node';
import { asTexts, COLUMNS, type ExchangedRequirement } from './contract.ts';

const WIDTHS: Readonly<Record<string, number>> = {
  statement: 60,
  acceptance: 60,
  rationale: 40,
  title: 40,
  clauses: 30,
};

export function writeXlsx(list: readonly ExchangedRequirement[]): Promise<Buffer> {
  return writeTable(
    'Requirements',
    COLUMNS.map(({ id, title }) => ({ title, width: WIDTHS[id] ?? 16 })),
    list.map((one) => COLUMNS.map(({ id }) => asTexts(one)[id])),
  );
}

/** A sheet of texts: a cell is never a formula, whatever it begins with. */
export function writeTable(
  sheet: string,
  columns: readonly { readonly title: string; readonly width: number }[],
  rows: readonly (readonly string[])[],
): Promise<Buffer> {
  const head = columns.map(({ title }) => ({ value: title, fontWeight: 'bold' as const }));
  // A cell of a workbook holds 32,767 characters at most.
  const cells = rows.map((row) =>
    row.map((value) => ({ type: String, value: value.slice(0, 32_000), wrap: true })),
  );
  return writeXlsxFile([head, ...cells], {
    sheet,
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
  }).toBuffer();
}
