// The closed segments of a log: files `log-FIRST`, named by the sequence of their first entry, each going on where the one before ends. A start reads their
// first and last lines only, so that one that is missing, cut or exchanged is known; what is inside is verified where the log is read.
import type { Disk, DiskFile } from '../disk/disk.ts';
import { type AuditEntry, decodeEntry, type Head, hashOf, MOST_LINE_BYTES, unframe } from './entry.ts';
import type { Finding } from './walk.ts';

const CHUNK_BYTES = 1024 * 1024;
const NAME = /^log-(\d{15})$/;
const nameOf = (first: number) => `log-${String(first).padStart(15, '0')}`;

export interface Line {
  /** Null when its frame is broken. */
  readonly json: string | null;
  readonly line: Uint8Array;
  readonly position: number;
}

/** Whole lines of a file from a position on; what stands behind the last line feed is none. */
export async function* linesOf(file: DiskFile, from: number, end: number): AsyncGenerator<Line> {
  let position = from;
  let rest = new Uint8Array();
  while (position + rest.length < end) {
    const at = position + rest.length;
    const chunk = await file.read(at, Math.min(CHUNK_BYTES, end - at));
    if (chunk.length === 0) return;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let stop = bytes.indexOf(0x0a); stop >= 0; stop = bytes.indexOf(0x0a, start)) {
      const line = bytes.subarray(start, stop);
      yield { json: unframe(line), line, position: position + start };
      start = stop + 1;
    }
    position += start;
    rest = new Uint8Array(bytes.subarray(start));
  }
}

export interface Segment {
  readonly first: number;
  readonly size: number;
  /** Its last entry; null when that cannot be read. */
  readonly end: (Head & { readonly at: number }) | null;
}

export class Segments {
  readonly #disk: Disk;
  readonly #folder: string;
  #all: readonly Segment[] = [];
  /** What a start found about them. */
  readonly findings: Finding[] = [];

  private constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** Finishes or undoes a closing that was cut short, and looks at the edges of all. */
  static async open(disk: Disk, folder: string): Promise<Segments> {
    const segments = new Segments(disk, folder);
    const names = await disk.list(folder);
    const firsts = names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN) || []);
    if (names.includes('log.next')) {
      // Its lines were never acknowledged; they go on only where the old file was put away already.
      if (names.includes('log') || firsts.length === 0) await disk.remove(`${folder}/log.next`);
      else await disk.rename(`${folder}/log.next`, `${folder}/log`);
      await disk.syncFolder(folder);
    }
    await segments.#look(firsts.sort((a, b) => a - b));
    return segments;
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  get bytes(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where the newest of them ends. */
  get end(): Head | null {
    return this.#all.at(-1)?.end ?? null;
  }

  /**
   * Puts the log's file away and begins a new one with these bytes, which are durable when it resolves. Rejects with `NotClosed` when nothing
   * was changed; otherwise only a start can tell what is there.
   */
  async close(segment: Segment, bytes: Uint8Array): Promise<DiskFile> {
    const [log, next, closed] = ['log', 'log.next', nameOf(segment.first)].map(
      (name) => `${this.#folder}/${name}`,
    ) as [string, string, string];
    try {
      await this.#disk.remove(next);
      const draft = await this.#disk.open(next, { create: true });
      try {
        await draft.write(0, bytes);
        await draft.sync();
      } finally {
        await draft.close();
      }
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      await this.#disk.remove(next).catch(() => undefined);
      throw new NotClosed(error);
    }
    // Synced in between: a new `log` before the old one has its name would be the loss of the old one.
    await this.#disk.rename(log, closed);
    await this.#disk.syncFolder(this.#folder);
    await this.#disk.rename(next, log);
    await this.#disk.syncFolder(this.#folder);
    this.#all = [...this.#all, segment];
    return this.#disk.open(log);
  }

  /** Removes those that end at this sequence or before. */
  async removeTo(sequence: number): Promise<void> {
    const gone = this.#all.filter(({ end }) => end !== null && end.sequence <= sequence);
    for (const { first } of gone) await this.#disk.remove(`${this.#folder}/${nameOf(first)}`);
    if (gone.length > 0) await this.#disk.syncFolder(this.#folder);
    this.#all = this.#all.filter((segment) => !gone.includes(segment));
  }

  /** Lines of those that may hold entries from this sequence on. */
  async *linesFrom(sequence: number): AsyncGenerator<Line> {
    for (const { first, end, size } of this.#all) {
      if (end !== null && end.sequence < sequence) continue;
      const file = await this.#disk.open(`${this.#folder}/${nameOf(first)}`);
      try {
        yield* linesOf(file, 0, size);
      } finally {
        await file.close();
      }
    }
  }

  async #look(firsts: readonly number[]): Promise<void> {
    let before: Segment | null = null;
    for (const first of firsts) {
      const segment: Segment & { readonly begin: AuditEntry | null } = await this.#edgesOf(first);
      const { begin, end } = segment;
      const broken = begin === null || end === null;
      if (broken || begin.sequence !== first)
        this.findings.push({ code: 'audit.malformed', sequence: first, detail: { segment: first } });
      else if (before?.end && begin.sequence !== before.end.sequence + 1)
        this.findings.push({
          code: 'audit.deleted',
          sequence: before.end.sequence + 1,
          detail: { next: first },
        });
      else if (before?.end && begin.before !== before.end.hash)
        this.findings.push({ code: 'audit.changed', sequence: before.end.sequence, detail: { next: first } });
      before = segment;
      this.#all = [...this.#all, { first, size: segment.size, end }];
    }
  }

  async #edgesOf(first: number): Promise<Segment & { readonly begin: AuditEntry | null }> {
    const file = await this.#disk.open(`${this.#folder}/${nameOf(first)}`);
    try {
      const { size } = file;
      const head = Buffer.from(await file.read(0, MOST_LINE_BYTES + 1));
      const from = Math.max(0, size - 2 * (MOST_LINE_BYTES + 1));
      const tail = Buffer.from(await file.read(from, size - from));
      const begin = entryIn(head.subarray(0, Math.max(0, head.indexOf(0x0a))));
      const whole = tail.at(-1) === 0x0a ? tail.subarray(0, -1) : Buffer.alloc(0);
      const last = entryIn(whole.subarray(whole.lastIndexOf(0x0a) + 1));
      return {
        ...{ first, size, begin: begin?.entry ?? null },
        end: last && { sequence: last.entry.sequence, hash: last.hash, at: last.entry.at },
      };
    } finally {
      await file.close();
    }
  }
}

/** The old file is where it was, and nothing was begun. */
export class NotClosed extends Error {
  constructor(cause: unknown) {
    super('the segment was not closed', { cause });
    this.name = 'NotClosed';
  }
}

function entryIn(line: Uint8Array): { entry: AuditEntry; hash: string } | null {
  const json = unframe(line);
  const entry = json === null ? null : decodeEntry(json);
  return json === null || entry === null ? null : { entry, hash: hashOf(json) };
}
