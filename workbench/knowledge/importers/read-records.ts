// Reads advisory records out of files and folders, one at a time and with bounded memory.

import { createHash } from 'node:crypto';
import { isWardError, type WardError } from '../../kernel/errors.ts';
import { CsvSplitter, startsTable } from './csv-splitter.ts';
import { detectRecord, type RecordFormat } from './detect.ts';
import { quoted, refuseAdvisory } from './errors.ts';
import { type FoundFile, findFiles } from './files.ts';
import { JsonSplitter, type Piece } from './json-splitter.ts';
import { defaultImportLimits, type ImportLimits } from './limits.ts';
import { type Content, Meter, openContents } from './unpack.ts';

export interface ImportProgress {
  readonly file: string;
  readonly filesDone: number;
  readonly filesTotal: number;
  /** Bytes as stored, so that they reach `bytesTotal`. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface ReadRecordsOptions {
  readonly limits?: Partial<ImportLimits>;
  /** Called after every chunk of input (about 64 KiB). */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the reading by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  /** Place of the last record that was stored: reading goes on behind it. */
  readonly after?: string;
}

interface Found {
  readonly file: string;
  /** `file#ordinal`, the same at every reading of the same files. */
  readonly place: string;
  readonly bytesRead: number;
}

export type ReadItem =
  | (Found & {
      readonly kind: 'record';
      readonly line: number;
      readonly format: Exclude<RecordFormat, 'unknown'>;
      readonly record: unknown;
    })
  /** A record or the rest of a file that could not be read; the reading goes on. */
  | (Found & { readonly kind: 'problem'; readonly problem: WardError })
  /** A file (or an entry of an archive) has been read to its end; `digest` is the SHA-256 of its content, unpacked. */
  | (Found & {
      readonly kind: 'file';
      readonly digest: string;
      readonly records: number;
      readonly problems: number;
    });

/**
 * Every record below `paths` in a stable order. Throws a `WardError` only when there is nothing to start with (no such
 * path, too many files, an unknown place to resume after); all else is an item of kind `problem`.
 *
 * @example
 * for await (const item of readRecords(['feeds/'], { after: lastPlace })) if (item.kind === 'record') store(item.record);
 */
export async function* readRecords(
  paths: readonly string[],
  options: ReadRecordsOptions = {},
): AsyncGenerator<ReadItem> {
  const limits = { ...defaultImportLimits, ...options.limits };
  const files = await findFiles(paths, limits);
  const meter = new Meter(limits);
  const bytesTotal = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const resume = options.after === undefined ? null : parsePlace(options.after, files);
  for (const [filesDone, file] of files.entries()) {
    if (resume !== null && filesDone < resume.fileIndex) {
      meter.bytesRead += file.bytes;
      continue;
    }
    const progress = () => {
      options.signal?.throwIfAborted();
      const bytesRead = Math.min(meter.bytesRead, bytesTotal);
      options.onProgress?.({ file: file.path, filesDone, filesTotal: files.length, bytesRead, bytesTotal });
    };
    progress();
    yield* readFile(file, meter, filesDone === resume?.fileIndex ? resume : null, progress);
  }
}

interface Resume {
  readonly fileIndex: number;
  readonly name: string;
  readonly ordinal: number;
}

function parsePlace(place: string, files: readonly FoundFile[]): Resume {
  const match = /^(.*)#(\d{1,15})$/s.exec(place);
  const name = match?.[1] ?? '';
  const fileIndex = files.findIndex(({ path }) => name === path || name.startsWith(`${path}!`));
  if (match === null || fileIndex === -1) {
    throw refuseAdvisory('advisory.place-is-gone', `No file stands at ${quoted(place)}.`, { at: place });
  }
  return { fileIndex, name, ordinal: Number(match[2]) };
}

async function* readFile(
  file: FoundFile,
  meter: Meter,
  resume: Resume | null,
  progress: () => void,
): AsyncGenerator<ReadItem> {
  let waitingFor = resume;
  try {
    for await (const content of openContents(file, meter)) {
      if (waitingFor !== null && waitingFor.name !== content.name) continue;
      const after = waitingFor?.ordinal ?? -1;
      waitingFor = null;
      yield* readContent(content, after, meter, progress);
    }
  } catch (error) {
    if (!isWardError(error)) throw error;
    yield problemItem(file.path, `${file.path}#0`, meter, error);
  }
  if (waitingFor !== null) {
    const error = refuseAdvisory(
      'advisory.place-is-gone',
      `${waitingFor.name} is no longer in the archive.`,
      { at: waitingFor.name },
    );
    yield problemItem(file.path, `${file.path}#0`, meter, error);
  }
}

async function* readContent(
  content: Content,
  after: number,
  meter: Meter,
  progress: () => void,
): AsyncGenerator<ReadItem> {
  const { name } = content;
  const { maxElementBytes, maxDepth, maxUnknownAtStart } = meter.limits;
  let splitter: JsonSplitter | CsvSplitter = new JsonSplitter({
    file: name,
    lines: /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(name),
    maxElementBytes,
    maxDepth,
  });
  const hash = createHash('sha256');
  const count = { ordinal: -1, records: 0, problems: 0 };

  /** The items of some pieces; true at the end when nothing more of the file is to be read. */
  function* judge(pieces: Iterable<Piece>): Generator<ReadItem, boolean> {
    for (const piece of pieces) {
      count.ordinal += 1;
      const item = judgePiece(piece, name, `${name}#${count.ordinal}`, meter.bytesRead);
      if (item.kind === 'record') count.records += 1;
      else count.problems += 1;
      if (count.records === 0 && count.problems >= maxUnknownAtStart) {
        const message = `None of the first ${count.problems} values of ${name} is an advisory.`;
        yield problemItem(
          name,
          item.place,
          meter,
          refuseAdvisory('advisory.not-advisories', message, { at: name }),
        );
        return true;
      }
      if (count.ordinal > after) yield item;
      if ('fatal' in piece && piece.fatal) return true;
    }
    return false;
  }

  try {
    let isFirst = true;
    for await (const chunk of content.chunks) {
      if (isFirst && startsTable(startOf(chunk))) splitter = new CsvSplitter({ file: name, maxElementBytes });
      else if (isFirst) refuseOtherContent(chunk, name);
      isFirst = false;
      hash.update(chunk);
      progress();
      if (yield* judge(splitter.push(chunk))) return;
    }
    if (yield* judge(splitter.end())) return;
    if (count.ordinal === -1)
      throw refuseAdvisory('advisory.not-advisories', `${name} is empty.`, { at: name });
  } catch (error) {
    if (!isWardError(error)) throw error;
    yield problemItem(name, `${name}#${count.ordinal + 1}`, meter, error);
    return;
  }
  const { records, problems } = count;
  yield {
    kind: 'file',
    file: name,
    place: `${name}#${count.ordinal}`,
    bytesRead: meter.bytesRead,
    digest: hash.digest('hex'),
    records,
    problems,
  };
}

function judgePiece(
  piece: Piece,
  file: string,
  place: string,
  bytesRead: number,
): Exclude<ReadItem, { kind: 'file' }> {
  if ('problem' in piece) return { kind: 'problem', file, place, bytesRead, problem: piece.problem };
  const format = detectRecord(piece.value);
  if (format !== 'unknown')
    return { kind: 'record', file, place, bytesRead, line: piece.line, format, record: piece.value };
  const problem = refuseAdvisory('advisory.unknown-format', 'The value is of no format that Ward reads.', {
    at: `${file}:${piece.line}`,
  });
  return { kind: 'problem', file, place, bytesRead, problem };
}

/** A page, a picture or an archive inside an archive is told apart at its first character. */
function refuseOtherContent(chunk: Buffer, name: string): void {
  const isUtf16 = (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff);
  if (isUtf16) throw refuseAdvisory('advisory.broken-encoding', `${name} is UTF-16.`, { at: `${name}:1` });
  const start = startOf(chunk);
  if (start === '' || start.startsWith('{') || start.startsWith('[')) return;
  throw refuseAdvisory(
    'advisory.not-advisories',
    `${name} starts with ${quoted(start.slice(0, 16))}, so it is neither JSON nor a table that Ward knows.`,
    { at: `${name}:1` },
  );
}

function startOf(chunk: Buffer): string {
  return chunk
    .subarray(0, 1024)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
}

function problemItem(file: string, place: string, meter: Meter, problem: WardError): ReadItem {
  return { kind: 'problem', file, place, bytesRead: meter.bytesRead, problem };
}
