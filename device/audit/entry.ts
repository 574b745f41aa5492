// One entry of the log as bytes: a line of its length in eight hexadecimal digits, a space, JSON, and a line feed. The JSON holds the
// SHA-256 of the JSON before it, so that the newest hash stands for everything before.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditEvent } from './event.ts';

/** A line is never longer than this, so that a reader needs a bounded buffer only. */
export const MOST_LINE_BYTES = 16_384;
const HEADER = 9;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
export const DetailValue = z.union([z.string().max(4096), z.number(), z.boolean(), z.null()]);

/** What a line holds. The order of the fields is the order in the file. */
export const AuditEntry = z.strictObject({
  /** From 1, without gaps. */
  sequence: z.number().int().min(1),
  /** Hash of the entry before; of the unit's name for the first. */
  before: Hash,
  /** Wall time, milliseconds since 1970: what the unit believed, no proof. */
  at: z.number(),
  boot: z.string().max(64),
  what: z.string().min(1).max(100),
  outcome: z.enum(['done', 'refused', 'failed']),
  code: z.string().max(100).nullable(),
  who: z.string().max(300).nullable(),
  role: z.string().max(100).nullable(),
  on: z.string().max(300).nullable(),
  detail: z.record(z.string().max(100), DetailValue),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A place in the chain: this entry, and by its hash everything before it. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export const hashOf = (json: string | Uint8Array): string => createHash('sha256').update(json).digest('hex');

/** Where the chain of a unit begins: another unit's log does not fit even without a checkpoint. */
export const beginningOf = (unit: string): Head => ({ sequence: 0, hash: hashOf(`ward-audit/1 ${unit}`) });

/** The JSON of an entry. What is too long is cut and says so in its detail: an event is never lost for its size. */
export function encodeEntry(place: Omit<AuditEntry, keyof AuditEvent>, event: AuditEvent): string {
  const json = write(place, event, 300, 1500);
  return Buffer.byteLength(json) <= MOST_LINE_BYTES - HEADER - 1 ? json : write(place, event, 100, 100);
}

function write(
  place: Omit<AuditEntry, keyof AuditEvent>,
  event: AuditEvent,
  mostName: number,
  mostDetail: number,
): string {
  let cut = false;
  const short = (text: string | null, most: number) => {
    if (text === null || text.length <= most) return text;
    cut = true;
    return text.slice(0, most);
  };
  const details = Object.entries(event.detail);
  const kept = details.slice(0, 32).map(([name, value]) => [
    short(name, 100),
    // JSON has no NaN and no infinity.
    typeof value === 'string' ? short(value, mostDetail) : Number.isNaN(value) ? null : value,
  ]);
  cut ||= kept.length < details.length;
  const entry = {
    sequence: place.sequence,
    before: place.before,
    at: place.at,
    boot: place.boot,
    what: short(event.what, 100),
    outcome: event.outcome,
    code: short(event.code, 100),
    who: short(event.who, mostName),
    role: short(event.role, 100),
    on: short(event.on, mostName),
    detail: Object.fromEntries(kept),
  };
  if (cut) entry.detail = { ...entry.detail, cut: true };
  return JSON.stringify(entry);
}

export function frame(json: string): Uint8Array {
  const body = Buffer.from(json);
  return Buffer.concat([
    Buffer.from(`${body.length.toString(16).padStart(8, '0')} `),
    body,
    Buffer.from('\n'),
  ]);
}

/** The JSON of a line without its line feed, or null when its length is not what it says. */
export function unframe(line: Uint8Array): string | null {
  if (line.length < HEADER || line.length > MOST_LINE_BYTES || line[8] !== 0x20) return null;
  const header = Buffer.from(line.buffer, line.byteOffset, 8).toString('latin1');
  if (!/^[0-9a-f]{8}$/.test(header) || Number.parseInt(header, 16) !== line.length - HEADER) return null;
  return Buffer.from(line.buffer, line.byteOffset + HEADER, line.length - HEADER).toString('utf8');
}

/** The entry in a line's JSON, or null when it is none. */
export function decodeEntry(json: string): AuditEntry | null {
  if (json.length > MOST_LINE_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  const entry = AuditEntry.safeParse(value);
  return entry.success ? entry.data : null;
}

/** The event of an entry, without its place. */
export function eventOf(entry: AuditEntry): AuditEvent {
  const { what, outcome, code, who, role, on, detail } = entry;
  return { what, outcome, code, who, role, on, detail };
}
