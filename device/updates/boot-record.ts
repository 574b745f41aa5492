// What the unit remembers of its two slots, and the pure decisions on it. The record is replaced whole before each act, so that after a
// crash at any step it says what was meant.
//
//   empty → staged → (trial: boots counted) → confirmed
//                          ↘ failed → the last confirmed slot again
import { z } from 'zod';
import { SoftwareVersion } from './agreement.ts';

export const SLOTS = ['A', 'B'] as const;
export type Slot = (typeof SLOTS)[number];
export const otherSlot = (slot: Slot): Slot => (slot === 'A' ? 'B' : 'A');

/** Boots without a word from the application before a new version counts as broken. Power lost during a trial counts too, hence not one. */
export const MOST_ATTEMPTS = 3;

const Counter = z.number().int().min(0);

export const SlotRecord = z.strictObject({
  version: SoftwareVersion,
  releaseCounter: Counter,
  releaseKey: z.string().max(64),
  length: Counter,
  sha256: z.string().optional(),
  sha512: z.string().optional(),
  state: z.enum(['staged', 'confirmed', 'failed']),
  /** The director's number of this attempt. */
  attempt: z.number().int(),
  /** Why it failed. */
  code: z.string().nullable(),
});
export type SlotRecord = z.infer<typeof SlotRecord>;

const Untold = z.strictObject({
  what: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  code: z.string().nullable(),
  on: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Untold = z.infer<typeof Untold>;

export const BootRecord = z.strictObject({
  /** Rises with each writing. */
  sequence: Counter,
  /** Highest release counter that was confirmed. */
  counter: Counter,
  /** The slot that was confirmed last. */
  active: z.enum(SLOTS),
  trial: z.strictObject({ slot: z.enum(SLOTS), attempts: Counter }).nullable(),
  slots: z.strictObject({ A: SlotRecord.nullable(), B: SlotRecord.nullable() }),
  /** What happened and is not in the audit log yet: it is told again after a crash, so once at least. */
  untold: z.array(Untold).max(64),
});
export type BootRecord = z.infer<typeof BootRecord>;

export const applicationPath = (slot: Slot) => `slots/${slot}/application.mjs`;

export interface BootState {
  readonly record: BootRecord;
  /** The anti-rollback counter. */
  readonly counter: number;
  /** What is known of the bytes in the slots; `chooseSlot` asks before it relies on them. */
  readonly bytes: Readonly<Record<Slot, 'right' | 'wrong' | 'unknown'>>;
}

export type BootChoice =
  /** Hash this slot's bytes, then ask again. */
  | { readonly kind: 'verify'; readonly slot: Slot }
  /** Make `record` durable, then start this slot. */
  | { readonly kind: 'boot'; readonly slot: Slot; readonly trial: boolean; readonly record: BootRecord }
  /** Nothing that may be started. */
  | { readonly kind: 'stop'; readonly record: BootRecord };

/**
 * Which slot to start: the one on trial while it has attempts left, else the last confirmed one, else the other if it was confirmed once.
 * Never one whose bytes are not right, whose release counter is lower than the unit's, or that was not staged whole.
 */
export function chooseSlot({ record, counter, bytes }: BootState): BootChoice {
  let next = record;
  if (next.trial) {
    const { slot, attempts } = next.trial;
    const staged = next.slots[slot];
    if (staged?.state !== 'staged') next = { ...next, trial: null };
    else if (attempts >= MOST_ATTEMPTS) next = failTrial(next, 'update.crash-loop');
    else if (staged.releaseCounter < counter) next = failTrial(next, 'update.counter-lower');
    else if (bytes[slot] === 'unknown') return { kind: 'verify', slot };
    else if (bytes[slot] === 'wrong') next = failTrial(next, 'update.slot-damaged');
    else {
      const tried = tell(next, {
        what: 'update.trial-started',
        outcome: 'done',
        code: null,
        on: staged.version,
        detail: { slot, attempt: attempts + 1 },
      });
      return {
        kind: 'boot',
        slot,
        trial: true,
        record: { ...tried, trial: { slot, attempts: attempts + 1 } },
      };
    }
  }
  for (const slot of [next.active, otherSlot(next.active)]) {
    const good = next.slots[slot];
    if (good?.state !== 'confirmed' || good.releaseCounter < counter) continue;
    if (bytes[slot] === 'unknown') return { kind: 'verify', slot };
    if (bytes[slot] === 'wrong') {
      next = failSlot(next, slot, 'update.slot-damaged');
      continue;
    }
    if (slot !== next.active)
      next = tell(
        { ...next, active: slot },
        {
          what: 'update.returned',
          outcome: 'failed',
          code: 'update.slot-damaged',
          on: good.version,
          detail: { slot },
        },
      );
    return { kind: 'boot', slot, trial: false, record: next };
  }
  return { kind: 'stop', record: next };
}

/** The version on trial did not hold: back to the last confirmed one. */
export function failTrial(record: BootRecord, code: string): BootRecord {
  if (!record.trial) return record;
  const failed = failSlot({ ...record, trial: null }, record.trial.slot, code);
  const back = failed.slots[failed.active];
  return tell(failed, {
    what: 'update.returned',
    outcome: 'failed',
    code,
    on: back?.version ?? null,
    detail: { slot: failed.active, failed: record.slots[record.trial.slot]?.version ?? null },
  });
}

function failSlot(record: BootRecord, slot: Slot, code: string): BootRecord {
  const was = record.slots[slot];
  if (!was) return record;
  const slots = { ...record.slots, [slot]: { ...was, state: 'failed' as const, code } };
  return tell(
    { ...record, slots },
    {
      what: 'update.slot-failed',
      outcome: 'failed',
      code,
      on: was.version,
      detail: { slot },
    },
  );
}

/** The version on trial passed its health check: it is the good one from now on, and no release with a lower counter runs any more. */
export function confirmTrial(record: BootRecord): BootRecord {
  const slot = record.trial?.slot;
  const tried = slot && record.slots[slot];
  if (!slot || !tried) return record;
  const confirmed = {
    ...record,
    active: slot,
    trial: null,
    counter: Math.max(record.counter, tried.releaseCounter),
    slots: { ...record.slots, [slot]: { ...tried, state: 'confirmed' as const, code: null } },
  };
  return tell(confirmed, {
    what: 'update.confirmed',
    outcome: 'done',
    code: null,
    on: tried.version,
    detail: { slot, releaseCounter: tried.releaseCounter },
  });
}

/** The slot is about to be overwritten: nothing may start it any more. */
export function emptySlot(record: BootRecord, slot: Slot): BootRecord {
  return { ...record, slots: { ...record.slots, [slot]: null } };
}

export function fillSlot(record: BootRecord, slot: Slot, content: SlotRecord): BootRecord {
  return tell(
    { ...record, slots: { ...record.slots, [slot]: content } },
    {
      what: 'update.staged',
      outcome: 'done',
      code: null,
      on: content.version,
      detail: { slot, length: content.length, releaseKey: content.releaseKey },
    },
  );
}

export function beginTrial(record: BootRecord, slot: Slot): BootRecord {
  return tell(
    { ...record, trial: { slot, attempts: 0 } },
    {
      what: 'update.switched',
      outcome: 'done',
      code: null,
      on: record.slots[slot]?.version ?? null,
      detail: { slot },
    },
  );
}

/** What a unit says of its software when it checks in. */
export interface SoftwareReport {
  readonly slot: Slot;
  readonly version: string;
  readonly releaseKey: string;
  readonly releaseCounter: number;
  readonly sha256: string | null;
  /** The other slot: staged, on trial, failed and why, or a version to return to. */
  readonly other: {
    readonly version: string;
    readonly releaseKey: string;
    readonly state: SlotRecord['state'] | 'trial';
    readonly code: string | null;
  } | null;
}

export function softwareReport(record: BootRecord): SoftwareReport {
  const running = record.slots[record.active] as SlotRecord;
  const slot = otherSlot(record.active);
  const other = record.slots[slot];
  const { version, releaseKey, releaseCounter, sha256 = null } = running;
  return {
    ...{ slot: record.active, version, releaseKey, releaseCounter, sha256 },
    other: other && {
      ...{ version: other.version, releaseKey: other.releaseKey, code: other.code },
      state: record.trial?.slot === slot ? 'trial' : other.state,
    },
  };
}

/** Newest 64; a log that stays full for so long has said so itself. */
function tell(record: BootRecord, event: Untold): BootRecord {
  return { ...record, untold: [...record.untold, event].slice(-64) };
}
