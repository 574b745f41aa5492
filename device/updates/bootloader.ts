// Does what `boot-record.ts` decides: verifies a slot's bytes, makes the record durable, starts a slot, confirms or gives up a trial.
import { z } from 'zod';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { isRefusal } from '../refusal.ts';
import {
  type BootRecord,
  BootRecord as BootRecordSchema,
  type BootState,
  chooseSlot,
  confirmTrial,
  emptySlot,
  failTrial,
  otherSlot,
  SLOTS,
  type Slot,
  type SlotRecord,
  SlotRecord as SlotRecordSchema,
} from './boot-record.ts';
import { refuseUpdate } from './refusals.ts';
import type { RollbackCounter } from './rollback-counter.ts';
import { type Seal, sealed, unsealed } from './seal.ts';
import { type Expected, isSlotRight, writeSlot } from './slots.ts';

const RECORD = 'updates/boot';
const MOST_RECORD_BYTES = 65_536;
const manifestPath = (slot: Slot) => `slots/${slot}/manifest`;
/** Kept beside a slot that was confirmed: from these the record is made anew when it is damaged. */
const Manifest = z.strictObject({ sequence: z.number().int(), content: SlotRecordSchema });
type Manifest = z.infer<typeof Manifest>;

export interface BootloaderOptions {
  readonly disk: Disk;
  readonly seal: Seal;
  readonly counter: RollbackCounter;
  readonly audit: AuditSink;
}

export interface Booted {
  readonly slot: Slot;
  readonly content: SlotRecord;
  /** On trial: the application has to pass `settle`, or the next boots go back. */
  readonly trial: boolean;
}

export class Bootloader {
  readonly #disk: Disk;
  readonly #seal: Seal;
  readonly #counter: RollbackCounter;
  readonly #audit: AuditSink;
  #record: BootRecord | null = null;

  constructor({ disk, seal, counter, audit }: BootloaderOptions) {
    this.#disk = disk;
    this.#seal = seal;
    this.#counter = counter;
    this.#audit = audit;
  }

  get record(): BootRecord {
    if (!this.#record) throw new Error('boot or load first');
    return this.#record;
  }

  /** Whether the factory put software on this disk. */
  async isProvisioned(): Promise<boolean> {
    const files = [RECORD, ...SLOTS.map(manifestPath)];
    for (const file of files) if (await this.#readSmall(file)) return true;
    return false;
  }

  /** The record without starting anything: for the application that runs, in its own process. */
  async load(): Promise<BootRecord> {
    this.#record = await this.#readRecord();
    if (!this.#record && !(await this.#rebuild())) throw refuseUpdate('update.no-good-slot');
    return this.record;
  }

  /** The counter that holds: the highest that any part remembers. */
  async counter(): Promise<number> {
    return Math.max(await this.#counter.read(), this.record.counter);
  }

  /**
   * Chooses and prepares what to start; everything that it decided is durable when it resolves, the attempt counted. Refuses
   * `update.no-good-slot`.
   */
  async boot(): Promise<Booted> {
    await this.load();
    let rebuilt = false;
    const bytes = { A: 'unknown', B: 'unknown' } as Record<Slot, BootState['bytes'][Slot]>;
    while (true) {
      const choice = chooseSlot({ record: this.record, counter: await this.counter(), bytes });
      if (choice.kind === 'verify') {
        const content = this.record.slots[choice.slot] as SlotRecord;
        bytes[choice.slot] = (await isSlotRight(this.#disk, choice.slot, content)) ? 'right' : 'wrong';
        continue;
      }
      if (choice.kind === 'stop') {
        // An old record that was put back may name nothing that may still run; the slots know better.
        if (!rebuilt && (await this.#rebuild())) {
          rebuilt = true;
          bytes.A = 'unknown';
          bytes.B = 'unknown';
          continue;
        }
        await this.#appendQuietly('update.boot-failed', 'update.no-good-slot');
        throw refuseUpdate('update.no-good-slot');
      }
      const content = choice.record.slots[choice.slot] as SlotRecord;
      try {
        await this.save(choice.record);
        if (!choice.trial) await this.#settleConfirmed(choice.slot, content);
      } catch (error) {
        if (!isDiskFailure(error)) throw error;
        // A full disk must not keep a laser from starting. A trial that cannot be counted is not begun.
        this.#record = choice.trial ? { ...this.record, trial: null } : choice.record;
        if (choice.trial) continue;
      }
      return { slot: choice.slot, content, trial: choice.trial };
    }
  }

  /**
   * Asks the application on trial how it is. `confirmed`: it is the good version from now on. `returned`: the caller restarts, which starts
   * the last good version. `no trial`: nothing to decide.
   */
  async settle(
    isHealthy: () => Promise<boolean>,
    deadlineMs: number,
  ): Promise<'confirmed' | 'returned' | 'no trial'> {
    const { trial } = this.record;
    if (!trial) return 'no trial';
    if (!(await healthyInTime(isHealthy, deadlineMs))) {
      await this.save(failTrial(this.record, 'update.health-failed'));
      return 'returned';
    }
    await this.save(confirmTrial(this.record));
    await this.#settleConfirmed(trial.slot, this.record.slots[trial.slot] as SlotRecord);
    return 'confirmed';
  }

  /** Frees the slot that is not in use and gives its name; nothing starts it any more when this resolves. */
  async clearInactive(): Promise<Slot> {
    const slot = otherSlot(this.record.active);
    if (this.record.trial) throw refuseUpdate('update.nothing-staged', { why: 'a trial is under way' });
    if (this.record.slots[slot]) await this.save(emptySlot(this.record, slot));
    await this.#disk.remove(manifestPath(slot));
    return slot;
  }

  /** Makes a record durable, then tells the audit log what it says happened. A log that cannot be written is told at the next boot. */
  async save(record: BootRecord): Promise<void> {
    if (record !== this.#record) await this.#write(record);
    if (this.record.untold.length === 0) return;
    try {
      for (const event of this.record.untold) await this.#audit.append(auditEvent(event));
    } catch {
      return;
    }
    await this.#write({ ...this.record, untold: [] });
  }

  /** Puts the first software on a new unit, from the factory's hands: confirmed without trial. */
  async provision(
    source: AsyncIterable<Uint8Array>,
    software: Expected & Pick<SlotRecord, 'version' | 'releaseCounter' | 'releaseKey'>,
  ): Promise<void> {
    await this.#disk.makeFolder('updates');
    await writeSlot(this.#disk, 'A', source, software);
    const { length, sha256, sha512, version, releaseCounter, releaseKey } = software;
    const content: SlotRecord = {
      ...{ version, releaseCounter, releaseKey, length },
      ...(sha256 ? { sha256 } : {}),
      ...(sha512 ? { sha512 } : {}),
      ...{ state: 'confirmed', attempt: 1, code: null },
    };
    await this.#write({
      ...{ sequence: 0, counter: releaseCounter, active: 'A', trial: null },
      ...{ slots: { A: content, B: null }, untold: [] },
    });
    await this.#settleConfirmed('A', content);
  }

  async #write(record: BootRecord): Promise<void> {
    const next = { ...record, sequence: Math.max(record.sequence, this.#record?.sequence ?? 0) + 1 };
    await replaceFile(this.#disk, RECORD, await sealed(this.#seal, RECORD, next));
    this.#record = next;
  }

  /** What follows from a confirmation and may have been cut short: done again at each boot. */
  async #settleConfirmed(slot: Slot, content: SlotRecord): Promise<void> {
    const kept = await this.#readManifest(slot);
    if (!kept || JSON.stringify(kept.content) !== JSON.stringify(content)) {
      const manifest: Manifest = { sequence: this.record.sequence, content };
      const path = manifestPath(slot);
      await replaceFile(this.#disk, path, await sealed(this.#seal, path, manifest));
    }
    await this.#counter.raise(content.releaseCounter);
  }

  /** Null when there is none, when its seal is not this unit's, or when a slot was confirmed after it was written (an old one put back). */
  async #readRecord(): Promise<BootRecord | null> {
    const bytes = await this.#readSmall(RECORD);
    const record = BootRecordSchema.safeParse(bytes && (await unsealed(this.#seal, RECORD, bytes)));
    if (!record.success) return null;
    for (const slot of SLOTS) {
      const manifest = await this.#readManifest(slot);
      if (manifest && manifest.sequence > record.data.sequence) return null;
    }
    return record.data;
  }

  async #readManifest(slot: Slot): Promise<Manifest | null> {
    const path = manifestPath(slot);
    const bytes = await this.#readSmall(path);
    const manifest = Manifest.safeParse(bytes && (await unsealed(this.#seal, path, bytes)));
    return manifest.success ? manifest.data : null;
  }

  async #readSmall(path: string): Promise<Uint8Array | null> {
    return this.#disk.read(path, MOST_RECORD_BYTES).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return null;
    });
  }

  /** A record from what stands beside the slots: only software that was confirmed here, the latest first. */
  async #rebuild(): Promise<boolean> {
    const found: { slot: Slot; manifest: Manifest }[] = [];
    for (const slot of SLOTS) {
      const manifest = await this.#readManifest(slot);
      if (manifest?.content.state !== 'confirmed') continue;
      if (await isSlotRight(this.#disk, slot, manifest.content)) found.push({ slot, manifest });
    }
    found.sort((a, b) => b.manifest.sequence - a.manifest.sequence);
    const [latest] = found;
    const version = latest?.manifest.content.version ?? null;
    await this.#appendQuietly('update.record-rebuilt', 'update.boot-record-damaged', version);
    if (!latest) return false;
    const contentOf = (slot: Slot) => found.find((one) => one.slot === slot)?.manifest.content ?? null;
    await this.#write({
      sequence: Math.max(latest.manifest.sequence, this.#record?.sequence ?? 0),
      counter: latest.manifest.content.releaseCounter,
      active: latest.slot,
      trial: null,
      slots: { A: contentOf('A'), B: contentOf('B') },
      untold: [],
    });
    return true;
  }

  async #appendQuietly(what: string, code: string, on: string | null = null): Promise<void> {
    // A unit starts also when its log is full; the log itself says that something is missing.
    await this.#audit.append(auditEvent({ what, outcome: 'failed', code, on })).catch(() => undefined);
  }
}

function isDiskFailure(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | null)?.code === 'string' && !isRefusal(error);
}

async function healthyInTime(isHealthy: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, false);
  });
  try {
    return await Promise.race([Promise.resolve().then(isHealthy), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
