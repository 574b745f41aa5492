// A break of a unit's audit trail, closed by a person who has looked: the workbench signs from where the trail goes on, and the unit writes it down. What
// was broken stays broken in every log; a closing changes no line and makes nothing whole.
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { isRefusal, type RefusalDetail } from '../refusal.ts';
import { readJws, type Sign, signJws } from '../signed/jws.ts';
import { type Head, hashOf } from './entry.ts';
import { type AuditEvent, type AuditSink, auditEvent } from './event.ts';
import { refuseAudit } from './refusals.ts';

export const TRAIL_CLOSING_TYP = 'ward-trail-closing+jwt';
export const MOST_CLOSING_CHARACTERS = 8_192;
export const MOST_CLOSING_REASON = 1_000;
/** What the unit writes when it takes one. */
export const CLOSED_ENTRY = 'audit.closed';
/** The same once more at the beginning of a new segment: no second closing. */
const CARRIED_ENTRY = 'audit.closed-before';

const Place = z.strictObject({
  sequence: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export const TrailClosing = z.strictObject({
  unit: z.string().min(1).max(64),
  /** Number of the break, of this unit: 1 for its first. */
  break: z.int().min(1).max(1_000_000),
  /** Why the trail was not believed, e.g. `audit.truncated`. */
  code: z.string().regex(/^[a-z.-]{1,60}$/),
  /** The last line that was verified before it. */
  known: Place,
  /** From here it goes on: a line that the unit signed. */
  start: Place,
  /** Who looked and signed. */
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(MOST_CLOSING_REASON),
  at: z.int(),
});
export type TrailClosing = z.infer<typeof TrailClosing>;

export const signTrailClosing = (closing: TrailClosing, sign: Sign): Promise<string> =>
  signJws({ typ: TRAIL_CLOSING_TYP }, TrailClosing.parse(closing), sign);

/** Give `remember` to the audit log when it is opened: which break was closed last stands in the log itself. */
export function rememberClosing(): {
  readonly remember: (event: AuditEvent) => void;
  readonly newest: () => { readonly number: number; readonly statement: string } | null;
  /** For the log's next segment, so that an old closing stays one. */
  readonly carry: () => readonly AuditEvent[];
} {
  let newest: { number: number; statement: string } | null = null;
  return {
    remember: ({ what, outcome, detail }) => {
      const { break: number, statement } = detail;
      if ((what !== CLOSED_ENTRY && what !== CARRIED_ENTRY) || outcome !== 'done') return;
      if (typeof number !== 'number' || typeof statement !== 'string') return;
      if (newest === null || number > newest.number) newest = { number, statement };
    },
    newest: () => newest,
    carry: () =>
      newest === null
        ? []
        : [
            auditEvent({
              ...{ what: CARRIED_ENTRY, outcome: 'done', on: `break:${newest.number}` },
              detail: { break: newest.number, statement: newest.statement },
            }),
          ],
  };
}

export interface ClosingParts {
  readonly unit: string;
  readonly log: AuditSink & { holds(place: Head): Promise<boolean> };
  /** What `rememberClosing` gives. */
  readonly newest: () => { readonly number: number; readonly statement: string } | null;
}

/** The unit's side. What it refused is written once, not with each report. */
export class TrailClosings {
  readonly #parts: ClosingParts;
  #refused: string | null = null;

  constructor(parts: ClosingParts) {
    this.#parts = parts;
  }

  /**
   * Writes the closing down. Refuses, and writes that down, `audit.closing-forged` (not signed by the workbench, or no closing),
   * `audit.closing-wrong-unit`, `audit.closing-replayed` (this break or a later one was closed before) and `audit.closing-elsewhere` (the trail is to go on
   * from a line that is not in this log). The same one again is no second closing and no refusal: an answer may be lost.
   */
  async take(statement: string, key: KeyObject): Promise<void> {
    const { log, newest } = this.#parts;
    const mark = hashOf(statement);
    if (newest()?.statement === mark || this.#refused === mark) return;
    try {
      const closing = await this.#judge(statement, key);
      const { break: number, code, known, start, by, reason } = closing;
      await log.append(
        auditEvent({
          what: CLOSED_ENTRY,
          outcome: 'done',
          who: 'workbench',
          on: `break:${number}`,
          detail: {
            ...{ break: number, broken: code, by, reason, statement: mark },
            ...{ verified: known.sequence, start: start.sequence, hash: start.hash },
          },
        }),
      );
    } catch (error) {
      if (!isRefusal(error) || error.code === 'audit.unwritable') throw error;
      this.#refused = mark;
      const { code, detail } = error;
      await log.append(
        auditEvent({ what: 'audit.closing-refused', outcome: 'refused', code, who: 'workbench', detail }),
      );
      throw error;
    }
  }

  async #judge(statement: string, key: KeyObject): Promise<TrailClosing> {
    const { unit, log, newest } = this.#parts;
    const reading = readJws(statement, {
      ...{ typ: TRAIL_CLOSING_TYP, key, mostCharacters: MOST_CLOSING_CHARACTERS },
    });
    const closing = TrailClosing.safeParse(reading.kind === 'read' ? reading.claims : null);
    if (!closing.success) throw refuseAudit('audit.closing-forged', { why: reading.kind } as RefusalDetail);
    const { break: number, start } = closing.data;
    if (closing.data.unit !== unit)
      throw refuseAudit('audit.closing-wrong-unit', { unit: closing.data.unit });
    const last = newest()?.number ?? 0;
    if (number <= last) throw refuseAudit('audit.closing-replayed', { break: number, last });
    if (!(await log.holds(start)))
      throw refuseAudit('audit.closing-elsewhere', { break: number, start: start.sequence });
    return closing.data;
  }
}
