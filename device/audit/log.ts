// The audit log of a unit: entries that hang together by their hashes, written in groups, signed now and then.
//
// Files in its folder: `log` (lines, see `entry.ts`; a checkpoint is an entry of its own), the closed segments before it (`segments.ts`) and `anchor` (the line of the newest checkpoint,
// so that a log that lost acknowledged entries is known on the unit too). What neither can tell, a log put back whole together with its
// anchor, is told by whoever verified it before (`acknowledge`).
import type { Clock } from '../clock.ts';
import { type Disk, type DiskFile, diskError, isDiskError, replaceFile } from '../disk/disk.ts';
import { Lane } from '../disk/lane.ts';
import { ownRefusal } from '../refusal.ts';
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
import { type Line, linesOf, NotClosed, Segments } from './segments.ts';
import { type AuditBatch, checkSignatures } from './verify.ts';
import { CHECKPOINT_ENTRY, ChainWalk, CONTINUED_ENTRY, type Finding, REMOVED_ENTRY } from './walk.ts';

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
  /** The file is closed and another one begun when it is as large as this, so that a start reads no more. */
  readonly segmentBytes?: number;
  /** A closed segment is removed when it was verified off the unit (`acknowledge`) and its last entry is older than this by the wall clock. */
  readonly keepMs?: number;
  /** Each new segment begins with these, so that a part finds what it once told without the older ones. */
  readonly carry?: () => readonly AuditEvent[];
  /** Called with each event of the newest segment, old ones at the start first, so that a part finds what it once told (e.g. the vault its anchor). */
  readonly remember?: (event: AuditEvent) => void;
}

interface Waiting {
  readonly event: AuditEvent;
  readonly done: (place: { sequence: number }) => void;
  readonly failed: (reason: unknown) => void;
}

export class AuditLog implements AuditSink {
  readonly #options: Required<AuditLogOptions>;
  /** Of the newest segment; the closed ones stand in `#segments`. */
  #file: DiskFile;
  readonly #segments: Segments;
  /** Sequence of the first entry in the file. */
  #first = 1;
  /** Up to where old segments were removed. */
  #removed: Head;
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
  /** Closing a segment failed halfway: only a start can tell what is there. */
  #broken: Error | null = null;
  /** The last checkpoint could not be signed. */
  #unsigned = false;

  private constructor(options: Required<AuditLogOptions>, file: DiskFile, segments: Segments) {
    this.#options = options;
    this.#file = file;
    this.#segments = segments;
    this.#removed = beginningOf(options.unit);
    this.#head = segments.end ?? beginningOf(options.unit);
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
      segmentBytes: 8 * 1024 * 1024,
      keepMs: 400 * 24 * 60 * 60_000,
      carry: () => [],
      ...options,
    };
    let file: DiskFile | null = null;
    try {
      await whole.disk.makeFolder(whole.folder);
      const segments = await Segments.open(whole.disk, whole.folder);
      file = await openFile(whole.disk, whole.folder);
      const log = new AuditLog(whole, file, segments);
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
    return this.#lane.run(async () => {
      await this.#closeSegment();
      return this.#writeCheckpoint();
    });
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
    const code = await this.#lane.run(async () => {
      if (known.sequence > this.#head.sequence) return 'audit.truncated';
      // Removed since: it was acknowledged, and is not known here any more.
      if (known.sequence > 0 && known.sequence < this.#removed.sequence) return null;
      if ((await this.#hashAt(known.sequence)) !== known.hash) return 'audit.forked';
      await this.#removeOld(known).catch(ownRefusal);
      return null;
    });
    if (code !== null)
      await this.append(
        damaged({ code, sequence: known.sequence, detail: { last: this.#head.sequence, known: known.hash } }),
      );
    return code;
  }

  /** Whether this place is in the log: its line, or its beginning. */
  holds({ sequence, hash }: Head): Promise<boolean> {
    return this.#lane.run(async () => {
      return (await this.#hashAt(sequence)) === hash;
    });
  }

  /** Writes `unit.stopped` and a checkpoint, as far as the disk lets it, and closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.append(auditEvent({ what: 'unit.stopped', outcome: 'done' }));
      await this.#lane.run(() => this.#writeCheckpoint());
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
      await this.#closeSegment();
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
    const { lines, head } = this.#encode(all);
    const bytes = Buffer.concat(lines);
    await this.#put(bytes);
    this.#wrote(all, lines, head);
    this.#owed = [];
    this.#missed = 0;
    this.#missedCode = null;
    this.#writable = true;
    return head.sequence - events.length + 1;
  }

  #encode(events: readonly AuditEvent[]): { readonly lines: readonly Uint8Array[]; readonly head: Head } {
    const lines: Uint8Array[] = [];
    let { sequence, hash } = this.#head;
    for (const event of events) {
      sequence += 1;
      const place = { sequence, before: hash, at: this.#options.clock.wall(), boot: this.#options.boot };
      const json = encodeEntry(place, event);
      hash = hashOf(json);
      lines.push(frame(json));
    }
    return { lines, head: { sequence, hash } };
  }

  /** These lines are durable at the end of the file. */
  #wrote(events: readonly AuditEvent[], lines: readonly Uint8Array[], head: Head): void {
    for (const [index, line] of lines.entries()) {
      this.#mark(this.#head.sequence + 1 + index, this.#size);
      this.#size += line.length;
    }
    this.#head = head;
    for (const event of events) this.#options.remember(event);
  }

  /** Closes the file when it is large, and begins the next with what has to be known without it. A full disk puts it off. */
  async #closeSegment(): Promise<void> {
    const { clock, segmentBytes, carry } = this.#options;
    if (this.#size < segmentBytes || this.#dirty || this.#owed.length > 0 || this.#missed > 0) return;
    const { sequence, hash } = this.#removed;
    const detail = { removedTo: sequence, removedHash: hash };
    const events = [auditEvent({ what: CONTINUED_ENTRY, outcome: 'done', detail }), ...carry()];
    const { lines, head } = this.#encode(events);
    const closed = { first: this.#first, size: this.#size, end: { ...this.#head, at: clock.wall() } };
    try {
      // Bytes of a write that failed stand behind what is acknowledged: not in a closed segment.
      if (this.#file.size > this.#size) await this.#file.truncate(this.#size);
      const file = await this.#segments.close(closed, Buffer.concat(lines));
      await this.#file.close().catch(() => undefined);
      this.#file = file;
    } catch (error) {
      if (error instanceof NotClosed && isDiskError(error.cause)) return;
      if (!isDiskError(error)) throw error;
      this.#broken = error;
      this.#fail(error);
    }
    this.#first = this.#head.sequence + 1;
    this.#size = 0;
    this.#marks = [];
    this.#lines = 0;
    this.#wrote(events, lines, head);
  }

  /** Written before it is done: a verifier knows then that nobody else took them. */
  async #removeOld(known: Head): Promise<void> {
    const before = this.#options.clock.wall() - this.#options.keepMs;
    const kept = this.#segments.all.findIndex(
      ({ end }) => end === null || end.sequence > known.sequence || end.at >= before,
    );
    const end = this.#segments.all.slice(0, kept < 0 ? undefined : kept).at(-1)?.end;
    if (!end) return;
    const detail = { removedTo: end.sequence, removedHash: end.hash };
    await this.#write([auditEvent({ what: REMOVED_ENTRY, outcome: 'done', detail })]);
    this.#removed = end;
    await this.#segments.removeTo(end.sequence).catch((error) => {
      // The next start removes them.
      if (!isDiskError(error)) throw error;
    });
  }

  #resumed(): AuditEvent[] {
    if (this.#missed === 0) return [];
    const detail = { missed: this.#missed, reason: this.#missedCode };
    return [auditEvent({ what: 'audit.resumed', outcome: 'done', detail })];
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#broken) throw this.#broken;
      if (this.#segments.bytes + this.#size + bytes.length > this.#options.mostBytes)
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
    const walk = new ChainWalk(this.#segments.end, unit);
    for (const finding of this.#segments.findings) walk.note(finding);
    let stopped = false;
    let first: number | null = null;
    for await (const { json, position, line } of linesOf(this.#file, 0, this.#file.size)) {
      const entry = walk.take(json);
      this.#size = position + line.length + 1;
      if (!entry) continue;
      first ??= entry.sequence;
      this.#options.remember(eventOf(entry));
      this.#mark(entry.sequence, position);
      if (entry.what !== CHECKPOINT_ENTRY) stopped = entry.what === 'unit.stopped';
    }
    this.#head = walk.head ?? this.#head;
    this.#first = first ?? this.#head.sequence + 1;
    await this.#compareRemoved(walk);
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

  /** Segments of which it stands in the log that they are removed go now; what is missing besides was taken. */
  async #compareRemoved(walk: ChainWalk): Promise<void> {
    this.#removed = walk.removed ?? this.#removed;
    await this.#segments.removeTo(this.#removed.sequence);
    const oldest = this.#segments.all[0]?.first ?? this.#first;
    const expected = this.#removed.sequence + 1;
    // A log of one file from its beginning on was judged by the walk.
    if (this.#segments.all.length > 0 && oldest > expected)
      walk.note({
        code: 'audit.deleted',
        sequence: expected,
        detail: { missing: oldest - expected, next: oldest },
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
      if (walk.checkpoints.length > 1 || this.#segments.all.length > 0)
        note('audit.anchor', null, { missing: true });
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

  /** Lines whose sequence may be `from` or later, in their order; a broken one has no JSON. */
  async *#linesFrom(from: number): AsyncGenerator<Line> {
    yield* this.#segments.linesFrom(from);
    const position = this.#marks.findLast(({ sequence }) => sequence <= from)?.position ?? 0;
    yield* linesOf(this.#file, position, this.#size);
  }

  #mark(sequence: number, position: number): void {
    const last = this.#marks.at(-1);
    if (this.#lines % MARK_EVERY === 0 && (last === undefined || last.sequence < sequence))
      this.#marks.push({ sequence, position });
    this.#lines += 1;
  }

  async #hashAt(sequence: number): Promise<string | null> {
    if (sequence === 0) return beginningOf(this.#options.unit).hash;
    if (sequence === this.#removed.sequence) return this.#removed.hash;
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
  const file = await disk.open(`${folder}/log`, { create: true });
  if (file.size === 0) {
    await disk.syncFolder(folder);
    await disk.syncFolder('.');
  }
  return file;
}
