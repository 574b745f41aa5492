// The audit log of a unit: entries that hang together by their hashes, written in groups, signed now and then.
//
// Files in its folder: `log` (lines, see `entry.ts`; a checkpoint is an entry of its own) and `anchor` (the line of the newest checkpoint,
// so that a log that lost acknowledged entries is known on the unit too). What neither can tell, a log put back whole together with its
// anchor, is told by whoever verified it before (`acknowledge`).
import type { Clock } from '../clock.ts';
import { type Disk, type DiskFile, diskError, isDiskError, replaceFile } from '../disk/disk.ts';
import { Lane } from '../disk/lane.ts';
import { type CheckpointKey, readCheckpoint, type SignCheckpoint } from './checkpoint.ts';
import {
  beginningOf,
  decodeEntry,
  encodeEntry,
  eventOf,
  frame,
  type Head,
  hashOf,
  MOST_LINE_BYTES,
  unframe,
} from './entry.ts';
import { type AuditEvent, type AuditSink, auditEvent } from './event.ts';
import { type AuditCode, refuseAudit } from './refusals.ts';
import { type AuditBatch, checkSignatures } from './verify.ts';
import { CHECKPOINT_ENTRY, ChainWalk, type Finding } from './walk.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Every so many lines the position is remembered, to find an entry without reading from the start. */
const MARK_EVERY = 64;
const MOST_GROUP = 512;

export interface AuditLogOptions {
  readonly disk: Disk;
  readonly folder?: string;
  readonly clock: Clock;
  readonly unit: string;
  /** Random per start of the program, so that two runs are told apart though the clock was set back. */
  readonly boot: string;
  /** Null: the unit has no key yet (it is not enrolled), and no checkpoint is written. */
  readonly sign: SignCheckpoint | null;
  /** Public keys that checkpoints of this unit were signed with, older ones included. */
  readonly keys: readonly CheckpointKey[];
  /** A checkpoint is written after this many entries. */
  readonly checkpointEvery?: number;
  /** The log grows no larger; then it is as if the disk were full. */
  readonly mostBytes?: number;
  /** Called with each event in the log, old ones at the start first, so that a part finds what it once told (e.g. the vault its anchor). */
  readonly remember?: (event: AuditEvent) => void;
}

interface Waiting {
  readonly event: AuditEvent;
  readonly done: (place: { sequence: number }) => void;
  readonly failed: (reason: unknown) => void;
}

export class AuditLog implements AuditSink {
  readonly #options: Required<AuditLogOptions>;
  readonly #file: DiskFile;
  /** Acknowledged end of the file. */
  #size = 0;
  #head: Head;
  #writable = true;
  /** The file may hold more than `#size` from a write that failed. */
  #dirty = false;
  /** Entries that were refused since the last success, and why. */
  #missed = 0;
  #missedCode: string | null = null;
  /** What the log has to say about itself before anything else. */
  #owed: AuditEvent[] = [];
  #waiting: Waiting[] = [];
  #scheduled = false;
  readonly #lane = new Lane();
  #checkpoint: { sequence: number; jws: string } | null = null;
  #anchorDue: Uint8Array | null = null;
  #marks: { sequence: number; position: number }[] = [];
  #lines = 0;
  #closed = false;
  /** The last checkpoint could not be signed. */
  #unsigned = false;

  private constructor(options: Required<AuditLogOptions>, file: DiskFile) {
    this.#options = options;
    this.#file = file;
    this.#head = beginningOf(options.unit);
  }

  /**
   * Opens and verifies the log, cuts a torn tail, and writes what it found: `audit.recovered` (bytes cut), `audit.damaged` (one for each
   * code) and `unit.started`. A full disk does not stop it: those entries follow when writing works again. A disk that cannot be read
   * does: `audit.unwritable`.
   */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const whole = {
      folder: 'audit',
      checkpointEvery: 256,
      remember: () => undefined,
      mostBytes: 1024 * 1024 * 1024,
      ...options,
    };
    let file: DiskFile | null = null;
    try {
      file = await openFile(whole.disk, whole.folder);
      const log = new AuditLog(whole, file);
      await log.#recover();
      return log;
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw isDiskError(error) ? refuseAudit('audit.unwritable', { reason: error.code }, error) : error;
    }
  }

  get writable(): boolean {
    return this.#writable;
  }

  /** Newest acknowledged place in the chain. */
  get head(): Head {
    return this.#head;
  }

  /** Appends as `AuditSink` promises. Several at a time are written and synced together. */
  append(event: AuditEvent): Promise<{ readonly sequence: number }> {
    return new Promise((done, failed) => {
      this.#waiting.push({ event, done, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      void this.#lane.run(() => this.#flush());
    });
  }

  /** Signs the newest entry now; gives the checkpoint back, null when there is no key to sign with. Throws `audit.unwritable`. */
  checkpoint(): Promise<string | null> {
    return this.#lane.run(() => this.#writeCheckpoint());
  }

  /** Entries from a sequence on, at most so many and about 1 MB, with the newest checkpoint: what is uploaded. */
  read(from: number, most: number): Promise<AuditBatch> {
    return this.#lane.run(async () => {
      const lines: string[] = [];
      let bytes = 0;
      let next = from;
      for await (const { json, line } of this.#linesFrom(from)) {
        const sequence = json === null ? null : (decodeEntry(json)?.sequence ?? null);
        if (sequence !== null && sequence < from) continue;
        // A line that cannot be read goes along, so that it is found off the unit too.
        if (sequence === null && next === from && from !== 1) continue;
        lines.push(json ?? Buffer.from(line).toString('latin1'));
        next = (sequence ?? next) + 1;
        bytes += line.length;
        if (lines.length >= most || bytes >= CHUNK_BYTES) break;
      }
      const { unit } = this.#options;
      return { unit, lines, last: this.#head, checkpoint: this.#checkpoint?.jws ?? null };
    });
  }

  /**
   * Takes what somebody off the unit verified last (the answer to a check-in). A log that does not go through it was put back from a copy
   * or forked: recorded as `audit.damaged`. Gives the code, or null when it fits.
   */
  async acknowledge(known: Head): Promise<'audit.truncated' | 'audit.forked' | null> {
    const code =
      known.sequence > this.#head.sequence
        ? 'audit.truncated'
        : (await this.holds(known))
          ? null
          : 'audit.forked';
    if (code !== null)
      await this.append(
        damaged({ code, sequence: known.sequence, detail: { last: this.#head.sequence, known: known.hash } }),
      );
    return code;
  }

  /** Whether this place is in the log: its line, or its beginning. */
  holds({ sequence, hash }: Head): Promise<boolean> {
    return this.#lane.run(async () => {
      if (sequence === 0) return beginningOf(this.#options.unit).hash === hash;
      return (await this.#hashAt(sequence)) === hash;
    });
  }

  /** Writes `unit.stopped` and a checkpoint, as far as the disk lets it, and closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.append(auditEvent({ what: 'unit.stopped', outcome: 'done' }));
      await this.checkpoint();
    } catch (error) {
      if (this.#writable) throw error;
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MOST_GROUP);
      try {
        const first = await this.#write(group.map(({ event }) => event));
        for (const [index, { done }] of group.entries()) done({ sequence: first + index });
      } catch (error) {
        const refused = error instanceof Error && 'code' in error && error.code === 'audit.unwritable';
        if (refused) this.#missed += group.length;
        for (const { failed } of group) failed(error);
        continue;
      }
      if (this.#head.sequence - (this.#checkpoint?.sequence ?? 0) >= this.#options.checkpointEvery)
        await this.#signInPassing();
    }
  }

  /** The entries are durable and acknowledged; a checkpoint that fails is tried again with the next group, and told once. */
  async #signInPassing(): Promise<void> {
    try {
      await this.#writeCheckpoint();
      this.#unsigned = false;
    } catch (error) {
      if (!this.#writable || this.#unsigned) return;
      this.#unsigned = true;
      const reason = error instanceof Error ? error.message.slice(0, 200) : null;
      this.#owed.push(
        auditEvent({ what: 'audit.signed', outcome: 'failed', code: 'audit.unsigned', detail: { reason } }),
      );
    }
  }

  /** Writes what is owed and then these events, durable when it resolves; gives the sequence of the first of these. */
  async #write(events: readonly AuditEvent[]): Promise<number> {
    const all = [...this.#owed, ...this.#resumed(), ...events];
    const lines: Uint8Array[] = [];
    let { sequence, hash } = this.#head;
    for (const event of all) {
      sequence += 1;
      const place = { sequence, before: hash, at: this.#options.clock.wall(), boot: this.#options.boot };
      const json = encodeEntry(place, event);
      hash = hashOf(json);
      lines.push(frame(json));
    }
    const bytes = Buffer.concat(lines);
    await this.#put(bytes);
    let position = this.#size;
    for (const [index, line] of lines.entries()) {
      this.#mark(this.#head.sequence + 1 + index, position);
      position += line.length;
    }
    this.#size += bytes.length;
    this.#head = { sequence, hash };
    for (const event of all) this.#options.remember(event);
    this.#owed = [];
    this.#missed = 0;
    this.#missedCode = null;
    this.#writable = true;
    return sequence - events.length + 1;
  }

  #resumed(): AuditEvent[] {
    if (this.#missed === 0) return [];
    const detail = { missed: this.#missed, reason: this.#missedCode };
    return [auditEvent({ what: 'audit.resumed', outcome: 'done', detail })];
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#size + bytes.length > this.#options.mostBytes)
        throw diskError('ENOSPC', this.#options.folder);
      if (this.#dirty) {
        // Whole lines of a failed write would otherwise stand behind a torn new one and pass for later entries.
        await this.#file.truncate(this.#size);
        await this.#file.sync();
        this.#dirty = false;
      }
      this.#dirty = true;
      await this.#file.write(this.#size, bytes);
      // A torn tail that was longer than what is written over it.
      const end = this.#size + bytes.length;
      if (this.#file.size > end) await this.#file.truncate(end);
      await this.#file.sync();
      this.#dirty = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): never {
    if (!isDiskError(error)) throw error;
    this.#writable = false;
    this.#missedCode = error.code;
    throw refuseAudit('audit.unwritable', { reason: error.code }, error);
  }

  async #writeCheckpoint(): Promise<string | null> {
    const { clock, sign, unit } = this.#options;
    if (this.#owed.length > 0 || this.#missed > 0) await this.#write([]);
    if (sign === null) return null;
    await this.#writeAnchor();
    const { sequence, hash: head } = this.#head;
    // Nothing but the checkpoint itself was written since: it still says all there is to say.
    if (this.#checkpoint === null || this.#checkpoint.sequence !== sequence - 1) {
      const previous = this.#checkpoint === null ? null : hashOf(this.#checkpoint.jws);
      const jws = await sign({ unit, sequence, head, size: this.#size, at: clock.wall(), previous });
      const position = this.#size;
      await this.#write([
        auditEvent({ what: CHECKPOINT_ENTRY, outcome: 'done', detail: { checkpoint: jws } }),
      ]);
      this.#checkpoint = { sequence, jws };
      this.#anchorDue = await this.#file.read(position, this.#size - position);
      await this.#writeAnchor();
    }
    return this.#checkpoint.jws;
  }

  async #writeAnchor(): Promise<void> {
    if (this.#anchorDue === null) return;
    try {
      await replaceFile(this.#options.disk, `${this.#options.folder}/anchor`, this.#anchorDue);
      this.#anchorDue = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads the log as the last run left it and notes what has to be told. */
  async #recover(): Promise<void> {
    const { keys, unit } = this.#options;
    const walk = new ChainWalk(null, unit);
    let stopped = false;
    for await (const { json, position, line } of this.#linesFrom(0, this.#file.size)) {
      const entry = walk.take(json);
      this.#size = position + line.length + 1;
      if (!entry) continue;
      this.#options.remember(eventOf(entry));
      this.#mark(entry.sequence, position);
      if (entry.what !== CHECKPOINT_ENTRY) stopped = entry.what === 'unit.stopped';
    }
    if (walk.head) this.#head = walk.head;
    this.#checkpoint = (await checkSignatures(walk, keys, unit, null)).newest;
    await this.#compareAnchor(walk);

    const tail = this.#file.size - this.#size;
    if (tail > 0) {
      const detail = { bytes: tail, after: this.#head.sequence };
      this.#owed.push(auditEvent({ what: 'audit.recovered', outcome: 'done', detail }));
    }
    const findings = walk.findings();
    this.#owed.push(...damages(findings));
    const detail = {
      clean: walk.lines === 0 ? null : stopped,
      entries: walk.lines,
      verified: findings.length === 0,
    };
    this.#owed.push(auditEvent({ what: 'unit.started', outcome: 'done', detail }));
    await this.#write([]).catch((error) => {
      if (this.#writable) throw error;
    });
  }

  /** The anchor is written after its entry was synced: it is never ahead of the log, and at most one checkpoint behind. */
  async #compareAnchor(walk: ChainWalk): Promise<void> {
    const { disk, folder, keys, unit } = this.#options;
    const note = (code: AuditCode, sequence: number | null, detail: Finding['detail'] = {}) =>
      walk.note({ code, sequence, detail: { anchor: true, ...detail } });
    const bytes = await disk.read(`${folder}/anchor`, MOST_LINE_BYTES + 1).catch((error) => {
      if (isDiskError(error) && error.code === 'EFBIG') return new Uint8Array();
      throw error;
    });
    if (bytes === null) {
      if (walk.checkpoints.length > 1) note('audit.anchor', null, { missing: true });
      return;
    }
    const json = unframe(bytes.subarray(0, -1));
    const entry = json === null ? null : decodeEntry(json);
    const jws = entry?.detail.checkpoint;
    if (json === null || !entry || typeof jws !== 'string') return note('audit.malformed', null);
    const claims = readCheckpoint(jws, keys);
    if (!claims) return note('audit.bad-signature', entry.sequence);
    if (claims.unit !== unit) return note('audit.wrong-unit', entry.sequence, { unit: claims.unit });
    if (claims.sequence !== entry.sequence - 1 || claims.head !== entry.before)
      return note('audit.changed', entry.sequence);

    const hash = hashOf(json);
    const last = walk.head?.sequence ?? 0;
    if (entry.sequence > last) {
      note('audit.truncated', last, { acknowledged: entry.sequence });
      // Go on after what was acknowledged: its numbers are not given twice, and the hole is seen by every verifier.
      this.#head = { sequence: entry.sequence, hash };
      this.#checkpoint = { sequence: claims.sequence, jws };
      return;
    }
    const found = walk.hashAt(entry.sequence);
    if (found !== undefined && found !== hash) note('audit.forked', entry.sequence, { found });
    if (walk.checkpoints.filter(({ sequence }) => sequence > entry.sequence).length > 1)
      note('audit.anchor', entry.sequence, { missing: false });
  }

  /** Lines whose sequence may be `from` or later, in the order of the file, up to `end`; a broken one has no JSON. */
  async *#linesFrom(
    from: number,
    end = this.#size,
  ): AsyncGenerator<{ json: string | null; line: Uint8Array; position: number }> {
    let position = this.#marks.findLast(({ sequence }) => sequence <= from)?.position ?? 0;
    let rest = new Uint8Array();
    while (position + rest.length < end) {
      const at = position + rest.length;
      const chunk = await this.#file.read(at, Math.min(CHUNK_BYTES, end - at));
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

  #mark(sequence: number, position: number): void {
    const last = this.#marks.at(-1);
    if (this.#lines % MARK_EVERY === 0 && (last === undefined || last.sequence < sequence))
      this.#marks.push({ sequence, position });
    this.#lines += 1;
  }

  async #hashAt(sequence: number): Promise<string | null> {
    for await (const { json } of this.#linesFrom(sequence))
      if (json !== null && decodeEntry(json)?.sequence === sequence) return hashOf(json);
    return null;
  }
}

const damaged = ({ code, sequence, detail }: Finding): AuditEvent =>
  auditEvent({ what: 'audit.damaged', outcome: 'failed', code, detail: { ...detail, sequence } });

/** One event for each code: the first place and how many. */
function damages(findings: readonly Finding[]): AuditEvent[] {
  const codes = new Set(findings.map(({ code }) => code));
  return [...codes].flatMap((code) => {
    const same = findings.filter((finding) => finding.code === code);
    return same
      .slice(0, 1)
      .map((first) => damaged({ ...first, detail: { ...first.detail, count: same.length } }));
  });
}

async function openFile(disk: Disk, folder: string): Promise<DiskFile> {
  await disk.makeFolder(folder);
  const file = await disk.open(`${folder}/log`, { create: true });
  if (file.size === 0) {
    await disk.syncFolder(folder);
    await disk.syncFolder('.');
  }
  return file;
}
