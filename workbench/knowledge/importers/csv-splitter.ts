// Cuts a stream of CSV (RFC 4180) into records of named fields without holding more than one: the table forms of KEV and
// EPSS. The columns are named by the first line; comment lines before it may carry fields of all records.

import type { WardError } from '../../kernel/errors.ts';
import { quoted, refuseAdvisory } from './errors.ts';
import type { Piece } from './json-splitter.ts';

export interface CsvSplitterOptions {
  readonly file: string;
  readonly maxElementBytes: number;
}

const MAX_COLUMNS = 100;

/** True for the start of a table that Ward reads: KEV names `cveID`, EPSS `cve` and `epss` after its comment line. */
export function startsTable(start: string): boolean {
  const lines = start.split(/\r?\n/);
  const header = (lines.find((line) => !line.startsWith('#')) ?? '').toLowerCase().replaceAll('"', '');
  if (/^#model_version:/.test(start)) return true;
  return /^cveid,/.test(header) || (/^cve,/.test(header) && header.split(',').includes('epss'));
}

export class CsvSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';
  #line = 1;
  #columns: readonly string[] | null = null;
  #common: Readonly<Record<string, string>> = {};
  #failed = false;

  constructor(readonly options: CsvSplitterOptions) {}

  *push(chunk: Buffer): Generator<Piece> {
    yield* this.#take(chunk, false);
  }

  *end(): Generator<Piece> {
    yield* this.#take(new Uint8Array(), true);
  }

  *#take(chunk: Uint8Array, isEnd: boolean): Generator<Piece> {
    if (this.#failed) return;
    try {
      this.#rest += this.#decoder.decode(chunk, { stream: !isEnd });
    } catch (cause) {
      yield this.#fail('advisory.broken-encoding', 'The table is not valid UTF-8.', cause);
      return;
    }
    let from = 0;
    // Looked for once and not at every row: EPSS has no quote at all.
    let quote = this.#rest.indexOf('"');
    for (;;) {
      if (quote !== -1 && quote < from) quote = this.#rest.indexOf('"', from);
      const end = endOfRow(this.#rest, from, quote);
      const isLast = end === -1;
      if (isLast && !isEnd) break;
      const row = isLast ? this.#rest.slice(from) : this.#rest.slice(from, end);
      from = isLast ? this.#rest.length : end + 1;
      if (row.trim() !== '') yield* this.#row(row.endsWith('\r') ? row.slice(0, -1) : row);
      if (this.#failed || isLast) break;
      this.#line += countLines(row) + 1;
    }
    this.#rest = this.#rest.slice(from);
    if (this.#rest.length > this.options.maxElementBytes) {
      yield this.#fail(
        'advisory.too-large',
        `A row has more than ${this.options.maxElementBytes} characters.`,
      );
    }
  }

  *#row(row: string): Generator<Piece> {
    if (this.#columns === null && row.startsWith('#')) {
      this.#common = commentFields(row.slice(1));
      return;
    }
    const fields = fieldsOf(row);
    if (fields === null) {
      yield this.#problem('advisory.not-json', 'A row has a quote that does not close.');
      return;
    }
    if (this.#columns === null) {
      this.#columns = fields.slice(0, MAX_COLUMNS).map(columnName);
      return;
    }
    if (fields.length !== this.#columns.length) {
      const message = `A row has ${fields.length} fields where the first line names ${this.#columns.length}.`;
      yield this.#problem('advisory.wrong-value', message);
      return;
    }
    const value: Record<string, string> = { ...this.#common };
    for (let index = 0; index < fields.length; index += 1) value[this.#columns[index]!] = fields[index]!;
    yield { line: this.#line, value };
  }

  #problem(code: Parameters<typeof refuseAdvisory>[0], message: string): Piece {
    return { line: this.#line, problem: this.#refusal(code, message), fatal: false };
  }

  #fail(code: Parameters<typeof refuseAdvisory>[0], message: string, cause?: unknown): Piece {
    this.#failed = true;
    return { line: this.#line, problem: this.#refusal(code, message, cause), fatal: true };
  }

  #refusal(code: Parameters<typeof refuseAdvisory>[0], message: string, cause?: unknown): WardError {
    return refuseAdvisory(code, message, { at: `${this.options.file}:${this.#line}`, cause });
  }
}

/** The line end that closes the row which begins at `from`; one inside quotes belongs to a field. */
function endOfRow(text: string, from: number, quote: number): number {
  const plainEnd = text.indexOf('\n', from);
  if (quote === -1 || (plainEnd !== -1 && plainEnd < quote)) return plainEnd;
  let inQuotes = false;
  for (let at = quote; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) inQuotes = !inQuotes;
    else if (code === 0x0a && !inQuotes) return at;
  }
  return -1;
}

function countLines(row: string): number {
  let lines = 0;
  for (let at = row.indexOf('\n'); at !== -1; at = row.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Null when a quote does not close or text follows a closed one. */
function fieldsOf(row: string): string[] | null {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (row[at] === '"') {
      let value = '';
      for (;;) {
        const close = row.indexOf('"', at + 1);
        if (close === -1) return null;
        value += row.slice(at + 1, close);
        at = close + 1;
        if (row[at] !== '"') break;
        value += '"';
      }
      if (at < row.length && row[at] !== ',') return null;
      fields.push(value);
    } else {
      const comma = row.indexOf(',', at);
      const end = comma === -1 ? row.length : comma;
      fields.push(row.slice(at, end));
      at = end;
    }
    if (at >= row.length) return fields;
    at += 1;
  }
}

/** KEV's names stay as its JSON has them; those of EPSS are spelled differently by those who pass them on. */
function columnName(name: string): string {
  const plain = name.trim().replace(/^\ufeff/, '');
  const lower = plain.toLowerCase();
  if (lower === 'cve' || lower === 'epss' || lower === 'percentile') return lower;
  return lower === 'epss percentile' ? 'percentile' : quoted(plain).slice(1, -1);
}

/** `model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z`: the day of all scores. */
function commentFields(text: string): Readonly<Record<string, string>> {
  const day = /(?:^|,)\s*score_date:\s*(\d{4}-\d\d-\d\d)/.exec(text)?.[1];
  return day === undefined ? {} : { date: day };
}
