// What the rest of the device tells the audit log, and nothing about how the log is kept.

/** One thing that happened or was refused. Never patient data, never a secret: a pseudonym, an id, a number. */
export interface AuditEvent {
  /** What: `<family>.<past participle>`, e.g. `command.refused`, `update.staged`, `vault.read`. */
  readonly what: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Reason code of a refusal or failure, e.g. `command.replayed`; null when done. */
  readonly code: string | null;
  /** Who: subject of the token or certificate (`person:amira`, `unit:L4-0007`), `local` for a person at the device, null when unknown. */
  readonly who: string | null;
  /** The role used, e.g. `clinician`; null when none. */
  readonly role: string | null;
  /** On what: a session, a command id, a patient's pseudonym, a version; null when on the unit itself. */
  readonly on: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditSink {
  /**
   * Durable when it resolves. Throws the refusal `audit.unwritable` when the log cannot be written (full or broken disk): the caller then
   * refuses what it was asked from remote, and lets a treatment under way go on.
   */
  append(event: AuditEvent): Promise<{ readonly sequence: number }>;
  /** False after a write failed, until one succeeds again. */
  readonly writable: boolean;
}

/** What is left out of an event is null or empty. */
export function auditEvent(event: Pick<AuditEvent, 'what' | 'outcome'> & Partial<AuditEvent>): AuditEvent {
  return { code: null, who: null, role: null, on: null, detail: {}, ...event };
}

/** For a part outside of a unit whose refusals are shown to the person who asked, and kept by nobody. */
export const NO_LOG: AuditSink = { writable: true, append: async () => ({ sequence: 0 }) };

/** Keeps events in memory: for tests and for a part that is tried alone. */
export class MemoryAudit implements AuditSink {
  readonly events: AuditEvent[] = [];
  readonly writable = true;
  async append(event: AuditEvent) {
    this.events.push(event);
    return { sequence: this.events.length };
  }
}
