// Walks along the entries of a log and says where the chain does not hold. Pure; signatures are checked by `verify.ts`.
import { type AuditEntry, beginningOf, decodeEntry, type Head, hashOf } from './entry.ts';
import type { AuditCode } from './refusals.ts';

export interface Finding {
  readonly code: AuditCode;
  /** Where; null when it is about the whole. */
  readonly sequence: number | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Something that the unit itself reports about its log. */
export interface SelfReport {
  readonly what: string;
  readonly sequence: number;
  readonly detail: AuditEntry['detail'];
}

/** A checkpoint that stands in the log, as the entry after the one it signs. */
export interface PlacedCheckpoint {
  readonly sequence: number;
  readonly before: string;
  readonly jws: string;
}

export const CHECKPOINT_ENTRY = 'audit.checkpoint';
/** The first entry of a segment, and the one that says before the deed that old segments are removed: `removedTo`, `removedHash`. */
export const CONTINUED_ENTRY = 'audit.continued';
export const REMOVED_ENTRY = 'audit.removed';
/** Entries that the log writes about itself. */
const SELF_REPORTS: ReadonlySet<string> = new Set([
  'audit.recovered',
  'audit.resumed',
  'audit.damaged',
  REMOVED_ENTRY,
  'unit.started',
]);
/** After so many findings nothing new is learnt; a garbage file must not fill the memory. */
const MOST_FINDINGS = 1000;

interface Hole {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly code: 'audit.deleted' | 'audit.gap';
  /** One of the missing turned up later. */
  found: boolean;
}

export class ChainWalk {
  readonly #hashes = new Map<number, string>();
  readonly #holes: Hole[] = [];
  readonly #findings: Finding[] = [];
  readonly checkpoints: PlacedCheckpoint[] = [];
  readonly reports: SelfReport[] = [];
  #unit: string | null;
  #head: Head | null;
  #beginning: Pick<AuditEntry, 'sequence' | 'before'> | null = null;
  #lines = 0;
  #removed: Head | null = null;

  /** `from` is what is known already: the next line must continue it; null to begin with the first entry of a log. */
  constructor(from: Head | null, unit: string | null) {
    this.#unit = unit;
    this.#head = from;
  }

  /** Newest place in the chain, null before the first entry. */
  get head(): Head | null {
    return this.#head;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Hash of the entry with this sequence, when the walk has passed it. */
  hashAt(sequence: number): string | undefined {
    return this.#hashes.get(sequence);
  }

  /** All that did not hold, in the order of the log. */
  findings(): readonly Finding[] {
    // What the unit itself says that it removed is no hole: the place where the rest begins is named in the chain.
    const excused = ({ from, to }: Hole) =>
      from === 1 && to === this.#removed?.sequence && this.#beginning?.before === this.#removed.hash;
    const holes = this.#holes
      .filter((hole) => !excused(hole))
      .map(
        ({ from, to, at, code, found }): Finding =>
          found
            ? { code: 'audit.reordered', sequence: at, detail: { expected: from } }
            : { code, sequence: from, detail: { missing: to - from + 1, next: at } },
      );
    return [...this.#findings, ...holes].sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  }

  /** Up to where entries were removed, by the newest entry that says so; null when none does. */
  get removed(): Head | null {
    return this.#removed;
  }

  note(finding: Finding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(finding);
  }

  /** Takes the JSON of the next line; null stands for a line whose frame is broken. Returns the entry when it is one. */
  take(json: string | null): AuditEntry | null {
    this.#lines += 1;
    const entry = json === null ? null : decodeEntry(json);
    if (json === null || entry === null) {
      this.note({
        code: 'audit.malformed',
        sequence: (this.#head?.sequence ?? 0) + 1,
        detail: { line: this.#lines },
      });
      return null;
    }
    const hash = hashOf(json);
    if (this.#place(entry, hash)) this.#read(entry);
    return entry;
  }

  /** Whether the entry goes forward from the head. */
  #place(entry: AuditEntry, hash: string): boolean {
    const head = this.#head ?? this.#begin(entry);
    if (entry.sequence <= head.sequence) {
      this.#goesBack(entry, hash);
      return false;
    }
    const follows = entry.before === head.hash;
    if (entry.sequence > head.sequence + 1) this.#skips(head, entry.sequence, follows);
    else if (!follows && head.sequence !== 0)
      this.note({
        // What is known from elsewhere was not changed in this log: here is another log.
        code: this.#hashes.has(head.sequence) ? 'audit.changed' : 'audit.forked',
        sequence: head.sequence,
        detail: { hash: head.hash, next: entry.before },
      });
    else if (!follows) this.note({ code: 'audit.wrong-unit', sequence: 1, detail: { unit: this.#unit } });
    this.#hashes.set(entry.sequence, hash);
    this.#head = { sequence: entry.sequence, hash };
    return true;
  }

  /** A log that is read from its first entry begins with the unit's name, as far as that is known. */
  #begin(entry: AuditEntry): Head {
    this.#beginning = { sequence: entry.sequence, before: entry.before };
    if (this.#unit !== null) return beginningOf(this.#unit);
    return { sequence: 0, hash: entry.sequence === 1 ? entry.before : '' };
  }

  /** The first entry when the walk began without knowledge. */
  get beginning(): Pick<AuditEntry, 'sequence' | 'before'> | null {
    return this.#beginning;
  }

  #skips(head: Head, sequence: number, follows: boolean): void {
    if (this.#holes.length >= MOST_FINDINGS) return;
    this.#holes.push({
      from: head.sequence + 1,
      to: sequence - 1,
      at: sequence,
      // The chain goes on though the numbers skip: nothing was taken out, it was written like this.
      code: follows ? 'audit.gap' : 'audit.deleted',
      found: false,
    });
  }

  #goesBack(entry: AuditEntry, hash: string): void {
    const hole = this.#holes.find(({ from, to }) => entry.sequence >= from && entry.sequence <= to);
    if (hole) {
      hole.found = true;
      this.#hashes.set(entry.sequence, hash);
      return;
    }
    const known = this.#hashes.get(entry.sequence);
    const code = known !== undefined && known !== hash ? 'audit.forked' : 'audit.reordered';
    this.note({ code, sequence: entry.sequence, detail: { again: known === hash } });
  }

  #read(entry: AuditEntry): void {
    const { checkpoint: jws, removedTo, removedHash } = entry.detail;
    if (entry.what === CONTINUED_ENTRY || entry.what === REMOVED_ENTRY) {
      if (typeof removedTo === 'number' && typeof removedHash === 'string' && removedTo > 0)
        this.#removed = { sequence: removedTo, hash: removedHash };
    }
    if (entry.what === CHECKPOINT_ENTRY) {
      if (typeof jws === 'string')
        this.checkpoints.push({ sequence: entry.sequence, before: entry.before, jws });
      else this.note({ code: 'audit.malformed', sequence: entry.sequence, detail: { checkpoint: null } });
    } else if (SELF_REPORTS.has(entry.what) && this.reports.length < MOST_FINDINGS)
      this.reports.push({ what: entry.what, sequence: entry.sequence, detail: entry.detail });
  }
}
