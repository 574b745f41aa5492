// CSV as RFC 4180 has it and as spreadsheets write it: comma, semicolon or tab, quotes doubled, UTF-8, UTF-16 or Windows-1252.
// Cells stay text: what looks like a formula is no formula here.
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

/** Refuses `harms.broken-file` with row and column where a quote never ends, `harms.too-large` beyond the rows that are taken. */
export function parseCsv(text: string, name: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let opened: { row: number; column: number } | null = null;
  const endCell = () => {
    row.push(cell.trim());
    cell = '';
    quoted = false;
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
    if (rows.length > LIMITS.rows)
      throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.rows} rows.`, {
        at: `${name}, row ${rows.length}`,
      });
  };
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] as string;
    if (opened) {
      if (letter !== '"') cell += letter;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else opened = null;
    } else if (letter === '"' && cell.trim() === '' && !quoted) {
      cell = '';
      quoted = true;
      opened = { row: rows.length + 1, column: row.length + 1 };
    } else if (letter === separator) endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (opened)
    throw refuseFile(
      'harms.broken-file',
      `The quote in row ${opened.row}, column ${opened.column} never ends.`,
      {
        at: `${name}, row ${opened.row}, column ${opened.column}`,
      },
    );
  if (cell !== '' || row.length > 0) endRow();
  return rows;
}

/** The one that stands most often in the first line, outside of quotes. */
function separatorOf(text: string): string {
  const counts = new Map([
    [',', 0],
    [';', 0],
    ['\t', 0],
  ]);
  let quoted = false;
  for (const letter of text.slice(0, 20_000)) {
    if (letter === '"') quoted = !quoted;
    else if (letter === '\n' && !quoted && [...counts.values()].some((count) => count > 0)) break;
    else if (!quoted && counts.has(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}
