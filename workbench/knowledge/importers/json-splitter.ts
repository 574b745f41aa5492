// Cuts a stream of JSON bytes into its records without holding more than one: a list, a page (`{"vulnerabilities":[…]}`),
// a record a line, or one record. It follows brackets and strings only; JSON.parse judges each record.

import { isUtf8 } from 'node:buffer';
import type { WardError } from '../../kernel/errors.ts';
import { refuseAdvisory } from './errors.ts';

export interface SplitterOptions {
  /** Name in the place of a problem (`name:line`). */
  readonly file: string;
  /** Every line is one record, so a damaged one ends with its line. */
  readonly lines: boolean;
  readonly maxElementBytes: number;
  readonly maxDepth: number;
}

/** One record, or why it could not be had. `fatal`: nothing behind it can be told apart any more. */
export type Piece =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly problem: WardError; readonly fatal: boolean };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Names under which publishers page their records: NVD API 2.0 and KEV, mirrors, the OSV query API, EPSS, endoflife.date. */
const pageField = /(?:^|[^\\])"(?:vulnerabilities|cve_items|vulns|data|result)"\s*:\s*$/;

/** A CSAF document has `vulnerabilities` too, but they mean nothing without what stands before them. */
const documentField = /"(?:csaf_version|product_tree)"\s*:/;

/** Where the records lie: at the top, in a list at the top, or in a list inside the object at the top. */
type Layout = 'top' | 'list' | 'page' | 'after page';

export class JsonSplitter {
  #layout: Layout = 'top';
  #line = 1;
  #startLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inElement = false;
  #isScalar = false;
  #isObject = false;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #tooLarge = false;
  #tooDeep = false;
  #needsComma = false;
  #afterComma = false;
  #anyTopValue = false;
  #failed = false;
  #skipLine = false;
  #markAt = 0;

  constructor(readonly options: SplitterOptions) {}

  /** The records that `chunk` completes. */
  *push(chunk: Buffer): Generator<Piece> {
    let from = this.#skipMark(chunk);
    let start = this.#inElement ? from : -1;
    for (; from < chunk.length && !this.#failed; from += 1) {
      const byte = chunk[from]!;
      if (byte === NEWLINE) this.#line += 1;
      if (this.#skipLine) {
        if (byte === NEWLINE) this.#skipLine = false;
        continue;
      }
      if (!this.#inElement) {
        if (this.#opensElement(byte)) {
          start = from;
          this.#begin(byte);
        } else if (this.#isUnexpected(byte)) yield this.#breakOff(byte);
        continue;
      }
      const step = this.#follow(byte, chunk, start, from);
      if (step === 'inside') continue;
      if (step === 'page') {
        start = -1;
        continue;
      }
      const end = step === 'ends here' ? from + 1 : from;
      this.#keep(chunk.subarray(start, end));
      start = -1;
      yield this.#finish();
      if (step === 'ends before' && !isSpace(byte) && !this.#separates(byte)) yield this.#breakOff(byte);
    }
    if (this.#inElement && start !== -1) this.#keep(chunk.subarray(start));
  }

  /** What the end of the stream completes or leaves open. */
  *end(): Generator<Piece> {
    if (this.#failed) return;
    if (this.#inElement && this.#layout !== 'after page') {
      yield this.#finish();
      if (this.#layout === 'top') return;
    }
    if (this.#layout !== 'top') {
      yield this.#problem(
        'advisory.not-json',
        'The file ends in the middle of its list of records.',
        this.#line,
        true,
      );
    }
  }

  /** How many bytes of a byte order mark the chunk starts with; it may come in pieces. */
  #skipMark(chunk: Buffer): number {
    let skipped = 0;
    while (skipped < chunk.length && this.#markAt < 3 && chunk[skipped] === BYTE_ORDER_MARK[this.#markAt]) {
      this.#markAt += 1;
      skipped += 1;
    }
    if (skipped < chunk.length) this.#markAt = 3;
    return skipped;
  }

  #base(): number {
    return this.#layout === 'top' ? 0 : this.#layout === 'list' ? 1 : 2;
  }

  #opensElement(byte: number): boolean {
    if (isSpace(byte) || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT) return false;
    if (this.#layout !== 'top') return !this.#needsComma;
    if (byte !== OPEN_LIST || this.#anyTopValue || this.options.lines) return true;
    this.#layout = 'list';
    this.#depth = 1;
    this.#anyTopValue = true;
    return false;
  }

  /** Between records: commas and the closing bracket of a list are expected, everything else is not. */
  #isUnexpected(byte: number): boolean {
    if (isSpace(byte)) return false;
    if (this.#layout === 'list' && byte === OPEN_LIST && !this.#needsComma && !this.#afterComma) return false;
    return !this.#separates(byte);
  }

  /** Takes a comma or the end of the list; false when it may not stand here. */
  #separates(byte: number): boolean {
    if (this.#layout === 'top') return false;
    if (byte === COMMA && this.#needsComma) {
      this.#needsComma = false;
      this.#afterComma = true;
      return true;
    }
    if (byte !== CLOSE_LIST || this.#afterComma) return false;
    this.#needsComma = false;
    if (this.#layout === 'list') {
      this.#layout = 'top';
      this.#depth = 0;
    } else {
      this.#layout = 'after page';
      this.#depth = 1;
      this.#inElement = true;
      this.#isScalar = false;
    }
    return true;
  }

  #begin(byte: number): void {
    this.#inElement = true;
    this.#startLine = this.#line;
    this.#isObject = byte === OPEN_OBJECT;
    this.#isScalar = !this.#isObject && byte !== OPEN_LIST;
    this.#inString = byte === QUOTE;
    this.#escaped = false;
    if (!this.#isScalar) this.#depth += 1;
  }

  #follow(
    byte: number,
    chunk: Buffer,
    start: number,
    at: number,
  ): 'inside' | 'ends here' | 'ends before' | 'page' {
    if (byte === NEWLINE && this.options.lines) return 'ends before';
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        if (this.#isScalar) return 'ends here';
      }
      return 'inside';
    }
    if (this.#isScalar) return isSpace(byte) || isStructural(byte) ? 'ends before' : 'inside';
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (byte === OPEN_LIST && this.#startsPage(chunk, start, at)) return 'page';
      this.#depth += 1;
      if (this.#depth - this.#base() > this.options.maxDepth) this.#tooDeep = true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.#depth -= 1;
      if (this.#layout === 'after page') {
        if (this.#depth === 0) this.#leavePage();
        return 'inside';
      }
      if (this.#depth === this.#base()) return 'ends here';
    }
    return 'inside';
  }

  #startsPage(chunk: Buffer, start: number, at: number): boolean {
    if (
      this.#layout !== 'top' ||
      this.#depth !== 1 ||
      this.#anyTopValue ||
      this.options.lines ||
      this.#tooLarge
    )
      return false;
    if (!this.#isObject || !pageField.test(this.#tail(chunk, start, at))) return false;
    if (documentField.test(this.#sinceStart(chunk, start, at))) return false;
    this.#layout = 'page';
    this.#depth = 2;
    this.#anyTopValue = true;
    this.#forget();
    return true;
  }

  /** The last bytes of the record before `at`: enough for a field's name, and no more, so that many lists cost little. */
  #tail(chunk: Buffer, start: number, at: number): string {
    const here = chunk.subarray(Math.max(start, at - 120, 0), at).toString('latin1');
    let tail = here;
    for (let part = this.#kept.length - 1; part >= 0 && tail.length < 120; part -= 1) {
      tail = this.#kept[part]!.subarray(-120).toString('latin1') + tail;
    }
    return tail;
  }

  /** The whole record before `at`; asked for once, where a page may begin. */
  #sinceStart(chunk: Buffer, start: number, at: number): string {
    const here = chunk.subarray(Math.max(start, 0), at);
    return Buffer.concat([...this.#kept, here]).toString('latin1');
  }

  #leavePage(): void {
    this.#layout = 'top';
    this.#forget();
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length;
    if (this.#layout === 'after page') return;
    if (this.#keptBytes > this.options.maxElementBytes) {
      this.#tooLarge = true;
      this.#kept = [];
    } else if (part.length > 0) this.#kept.push(part);
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#inElement = false;
    this.#inString = false;
    this.#tooLarge = false;
    this.#tooDeep = false;
  }

  #finish(): Piece {
    const bytes = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    const { maxElementBytes, maxDepth } = this.options;
    const [tooLarge, tooDeep] = [this.#tooLarge, this.#tooDeep];
    this.#forget();
    this.#depth = this.#base();
    this.#needsComma = this.#layout !== 'top';
    this.#afterComma = false;
    this.#anyTopValue = true;
    if (tooLarge)
      return this.#problem(
        'advisory.too-large',
        `A record has more than ${maxElementBytes} bytes.`,
        this.#startLine,
      );
    if (tooDeep)
      return this.#problem(
        'advisory.too-deep',
        `A record nests more than ${maxDepth} levels.`,
        this.#startLine,
      );
    if (!isUtf8(bytes))
      return this.#problem('advisory.broken-encoding', 'A record is not valid UTF-8.', this.#startLine);
    try {
      return { line: this.#startLine, value: JSON.parse(bytes.toString('utf8')) as unknown };
    } catch (cause) {
      return this.#problem('advisory.not-json', 'A record is not valid JSON.', this.#startLine, false, cause);
    }
  }

  /** A byte where none may be: in lines the rest of the line is lost, elsewhere the rest of the file. */
  #breakOff(byte: number): Piece {
    if (this.options.lines) this.#skipLine = byte !== NEWLINE;
    else this.#failed = true;
    const message = `The character ${JSON.stringify(String.fromCharCode(byte))} may not stand between two records.`;
    return this.#problem('advisory.not-json', message, this.#line, !this.options.lines);
  }

  #problem(
    code: 'advisory.too-large' | 'advisory.too-deep' | 'advisory.broken-encoding' | 'advisory.not-json',
    message: string,
    line: number,
    fatal = false,
    cause?: unknown,
  ): Piece {
    return {
      line,
      problem: refuseAdvisory(code, message, { at: `${this.options.file}:${line}`, cause }),
      fatal,
    };
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

function isStructural(byte: number): boolean {
  return (
    byte === COMMA ||
    byte === CLOSE_LIST ||
    byte === CLOSE_OBJECT ||
    byte === OPEN_LIST ||
    byte === OPEN_OBJECT
  );
}
