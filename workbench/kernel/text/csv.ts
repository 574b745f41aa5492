// CSV (RFC 4180) in and out, by papaparse, with what Ward adds: the line of each row, a bound, and cells that no spreadsheet runs.
import Papa from 'papaparse';

export interface CsvRow {
  readonly fields: string[];
  /** Of the file, from 1; a row may take several lines. */
  readonly line: number;
}

export interface CsvProblem {
  readonly kind: 'open quote' | 'text after a quote' | 'too many rows' | 'too many fields';
  /** From 1. */
  readonly row: number;
  readonly line: number;
}

const MAX_FIELDS = 500;

/** Comma, semicolon or tab, whichever the first line has most of. Reading stops at the first problem. */
export function readCsv(
  text: string,
  maxRows: number,
): { readonly rows: CsvRow[]; readonly problem: CsvProblem | null } {
  // Files that passed through several hands mix their line ends, of which papaparse guesses one for all.
  const plain = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const delimiter = separatorOf(plain);
  const rows: CsvRow[] = [];
  let problem: CsvProblem | null = brokenQuote(plain, delimiter);
  if (problem) return { rows, problem };
  let line = 1;
  let read = 0;
  Papa.parse<string[]>(plain, {
    delimiter,
    newline: '\n',
    step({ data, meta }, parser) {
      const row = rows.length + 1;
      if (row > maxRows) problem = { kind: 'too many rows', row, line };
      else if (data.length > MAX_FIELDS) problem = { kind: 'too many fields', row, line };
      if (problem) {
        parser.abort();
        return;
      }
      rows.push({ fields: data, line });
      for (; read < meta.cursor; read += 1) if (plain[read] === '\n') line += 1;
    },
  });
  // A line end at the end of the file begins no row.
  const last = rows.at(-1);
  if (plain.endsWith('\n') && last?.fields.length === 1 && last.fields[0] === '') rows.pop();
  return { rows, problem };
}

/** Found before papaparse reads, which keeps an object for each quote of a row that stands wrong. */
function brokenQuote(text: string, separator: string): CsvProblem | null {
  let [row, line, rowLine] = [1, 1, 1];
  let [quoted, fresh] = [false, true];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') line += 1;
    if (quoted) {
      if (sign !== '"') continue;
      if (text[at + 1] === '"') {
        at += 1;
        continue;
      }
      quoted = false;
      while (text[at + 1] === ' ') at += 1;
      const next = text[at + 1];
      if (next !== undefined && next !== separator && next !== '\n')
        return { kind: 'text after a quote', row, line: rowLine };
    } else if (sign === '\n') {
      row += 1;
      rowLine = line;
      fresh = true;
    } else if (sign === separator) fresh = true;
    else {
      quoted = sign === '"' && fresh;
      fresh = false;
    }
  }
  return quoted ? { kind: 'open quote', row, line: rowLine } : null;
}

/** papaparse guesses from the rows, where a separator inside cells misleads it; the names of columns hold none. */
function separatorOf(text: string): string {
  const head =
    text
      .slice(0, 20_000)
      .replaceAll(/"[^"]*"/g, '')
      .split('\n', 1)[0] ?? '';
  const count = (separator: string) => head.split(separator).length;
  return [';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

// A spreadsheet runs a cell that begins with = + - @ (CWE-1236), so it is told to be text by a quote; a number stays one.
const RUNS = /^(?!-?\d+(\.\d+)?$)[=+\-@\t\r]/;
const TEXT_SIGN = /^'(?=[=+\-@\t\r])/;

export interface CsvOptions {
  /** With the mark by which a spreadsheet knows UTF-8. */
  readonly mark?: boolean;
}

export function writeCsv(rows: readonly (readonly string[])[], { mark = false }: CsvOptions = {}): string {
  const text = Papa.unparse(
    rows.map((row) => [...row]),
    { newline: '\r\n', escapeFormulae: RUNS },
  );
  return `${mark ? '\ufeff' : ''}${text}\r\n`;
}

/** Takes away the quote that `writeCsv` put before a cell; what a person wrote so loses it as well. */
export const withoutTextSign = (field: string): string => field.replace(TEXT_SIGN, '');
