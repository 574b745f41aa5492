// A safety file as CSV, as spreadsheets write it: UTF-8, UTF-16 or Windows-1252. Cells stay text: what looks like a formula is none here.
import { readCsv } from '../../../kernel/text/csv.ts';
import { refuseFile } from './errors.ts';
import { LIMITS } from './limits.ts';

const BINARY_LOOK = 1_024;

/** A zero byte in the beginning, unless UTF-16 explains it. */
export function looksBinary(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return false;
  return bytes.subarray(0, BINARY_LOOK).includes(0);
}

/** UTF-8 or UTF-16 by its mark; else UTF-8, and Windows-1252 where that fails: older Excel writes it. */
export function decodeTextOf(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (wide)
      throw refuseFile('harms.broken-file', `${name} is not valid ${wide.toUpperCase()}.`, {
        at: name,
        cause,
      });
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Refuses `harms.broken-file` with its row where a quote is wrong, `harms.too-large` beyond the rows that are taken. */
export function parseCsv(text: string, name: string): string[][] {
  const { rows, problem } = readCsv(text, LIMITS.rows);
  if (problem) {
    const at = { at: `${name}, row ${problem.row}` };
    const { kind, row } = problem;
    if (kind === 'too many rows')
      throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.rows} rows.`, at);
    if (kind === 'too many fields')
      throw refuseFile('harms.too-large', `Row ${row} has too many columns.`, at);
    const what = kind === 'open quote' ? 'A quote never ends' : 'Text follows a closed quote';
    throw refuseFile('harms.broken-file', `${what} in row ${row}.`, at);
  }
  return rows.map(({ fields }) => fields.map((cell) => cell.trim()));
}
