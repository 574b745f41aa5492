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

/** By comma, semicolon or tab, whichever the lines agree on. Reading stops at the first problem. */
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

const LOOKED_AT = 30;

/**
 * The one that stands equally often in most lines: a title above the table has none, and in the text of cells it stands now and then.
 * papaparse itself is misled by separators in the text.
 */
function separatorOf(text: string): string {
  const lines = text
    .slice(0, 50_000)
    .replaceAll(/"[^"]*"/g, '')
    .split('\n', LOOKED_AT);
  const ranks = [',', ';', '\t'].map((separator) => {
    const alike = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(separator).length - 1;
      if (count > 0) alike.set(count, (alike.get(count) ?? 0) + 1);
    }
    const [count, times] = [...alike].reduce(
      (best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] > best[0]) ? one : best),
      [0, 0],
    );
    return { separator, count, times };
  });
  return ranks.reduce((best, one) =>
    one.times > best.times || (one.times === best.times && one.count > best.count) ? one : best,
  ).separator;
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
