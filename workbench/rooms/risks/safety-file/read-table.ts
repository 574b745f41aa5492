// A safety file as rows of text, whatever it was: CSV, XLSX, JSON or ReqIF. Bounded; what is hostile is refused with its place.
import { decodeTextOf, looksBinary, parseCsv } from './csv.ts';
import { refuseFile } from './errors.ts';
import { tableOfJson } from './json.ts';
import { LIMITS, type Sheet, type Table } from './limits.ts';
import { tableOfReqif } from './reqif.ts';
import { readSheets } from './xlsx.ts';

export type { Sheet, Table } from './limits.ts';

/**
 * By its bytes, never by its name. Refuses `harms.too-large`, `harms.unknown-format`, `harms.broken-file`, `harms.hostile-file`.
 */
export async function readTable(bytes: Uint8Array, name: string): Promise<Table> {
  if (bytes.length > LIMITS.bytes)
    throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.bytes / 1024 / 1024} MiB.`, {
      at: name,
    });
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return bounded({ format: 'xlsx', sheets: await readSheets(bytes, name) }, name);
  if (looksBinary(bytes))
    throw refuseFile('harms.unknown-format', `${name} is neither text nor a workbook in XLSX.`, { at: name });
  const text = decodeTextOf(bytes, name);
  const start = text.trimStart()[0];
  if (start === undefined) throw refuseFile('harms.no-table', `${name} is empty.`, { at: name });
  if (start === '<') return bounded({ format: 'reqif', sheets: [tableOfReqif(text, name)] }, name);
  if (start === '{' || start === '[')
    return bounded({ format: 'json', sheets: [tableOfJson(text, name)] }, name);
  return bounded({ format: 'csv', sheets: [{ name: '', rows: parseCsv(text, name) }] }, name);
}

function bounded(table: Table, name: string): Table {
  for (const sheet of table.sheets)
    checkSheet(sheet, table.sheets.length > 1 ? `${name}, ${sheet.name}` : name);
  return table;
}

function checkSheet({ rows }: Sheet, name: string): void {
  if (rows.length > LIMITS.rows)
    throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.rows} rows.`, {
      at: `${name}, row ${LIMITS.rows + 1}`,
    });
  for (const [index, row] of rows.entries()) {
    const long = row.findIndex((cell) => cell.length > LIMITS.cell);
    if (long >= 0)
      throw refuseFile(
        'harms.too-large',
        `The cell in row ${index + 1}, column ${long + 1} has ${row[long]?.length} characters; ${LIMITS.cell} are taken.`,
        { at: `${name}, row ${index + 1}, column ${long + 1}` },
      );
    const broken = row.findIndex((cell) => cell.includes('\u0000') || !cell.isWellFormed());
    if (broken >= 0)
      throw refuseFile(
        'harms.broken-file',
        `The cell in row ${index + 1}, column ${broken + 1} holds a character that cannot be stored.`,
        { at: `${name}, row ${index + 1}, column ${broken + 1}` },
      );
    if (row.length > LIMITS.columns)
      throw refuseFile('harms.too-large', `Row ${index + 1} has more than ${LIMITS.columns} columns.`, {
        at: `${name}, row ${index + 1}, column ${LIMITS.columns + 1}`,
      });
  }
}
