// Refusals of strangers into the audit log, a few in full and the rest counted: who can be refused a thousand times a second must not be able to
// fill the log's disk by it.
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { Refusal } from '../refusal.ts';
import { TokenBucket } from './limits.ts';

const BURST = 20;
/** One in ten seconds after it, of each code. */
const PER_SECOND = 0.1;

export class RefusalLog {
  readonly #audit: AuditSink;
  readonly #monotonic: () => number;
  readonly #codes = new Map<string, { bucket: TokenBucket; untold: number }>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(audit: AuditSink, monotonic: () => number) {
    this.#audit = audit;
    this.#monotonic = monotonic;
  }

  /**
   * Records that a channel was refused or ended; never throws. When the log cannot be written, the refusal stands anyway. The codes are of a
   * closed table, so the map is bounded.
   */
  record(
    refusal: Refusal,
    about: { who?: string | null; role?: string | null; from?: string | null } = {},
  ): void {
    const entry = this.#codes.get(refusal.code) ?? {
      bucket: new TokenBucket(BURST, PER_SECOND, this.#monotonic),
      untold: 0,
    };
    this.#codes.set(refusal.code, entry);
    if (!entry.bucket.take()) {
      entry.untold++;
      return;
    }
    const untold = entry.untold;
    entry.untold = 0;
    const event = auditEvent({
      what: 'channel.refused',
      outcome: 'refused',
      code: refusal.code,
      who: about.who ?? null,
      role: about.role ?? null,
      detail: {
        ...refusal.detail,
        ...(about.from ? { from: about.from } : {}),
        // So many of the same code before this one, which were counted only.
        ...(untold > 0 ? { untold } : {}),
      },
    });
    this.#writing = this.#writing.then(() => this.#audit.append(event)).catch(() => undefined);
  }

  /** When everything that was recorded so far is in the log, or failed to be. */
  async settled(): Promise<void> {
    await this.#writing;
  }
}
