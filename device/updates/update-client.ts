// The unit's side of updates, in the order in which they happen: check (both repositories) → stage (into the slot not in use) → activate
// (in standby, not postponed) → the launcher boots it on trial → the application settles it. Each step may be cut short and is begun again.
import { z } from 'zod';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { Lane } from '../disk/lane.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { agree, directedTarget, type UnitFacts, type Update } from './agreement.ts';
import { beginTrial, emptySlot, fillSlot, otherSlot, type SlotRecord } from './boot-record.ts';
import type { Bootloader } from './bootloader.ts';
import { bounded, DEFAULT_PACE, type Fetch, type Pace } from './fetch.ts';
import { refuseUpdate } from './refusals.ts';
import { RepositoryClient } from './repository-client.ts';
import { type Seal, sealed, unsealed } from './seal.ts';
import { writeSlot } from './slots.ts';

/** A person may put an update off three times, a day each; then it starts at the next standby. Our own choice. */
export const MOST_POSTPONEMENTS = 3;
export const POSTPONEMENT_MS = 24 * 60 * 60_000;
const POSTPONED = 'updates/postponed';
const Postponement = z.strictObject({ file: z.string(), count: z.number().int(), until: z.number().int() });
type Postponement = z.infer<typeof Postponement>;

export interface RepositoryPlace {
  /** Folder of its metadata. */
  readonly url: string;
  /** The root that the unit was made with. */
  readonly root: Uint8Array;
}

export interface UpdateClientOptions {
  readonly unit: { readonly id: string; readonly hardwareId: string };
  readonly disk: Disk;
  readonly clock: Clock;
  /** The unit's: what others signed of the time counts for metadata too. */
  readonly time: Pick<TrustedTime, 'now'>;
  readonly audit: AuditSink;
  readonly seal: Seal;
  readonly bootloader: Bootloader;
  readonly fetch: Fetch;
  readonly image: RepositoryPlace & {
    /** Folder of the targets. */ readonly targetsUrl: string;
  };
  readonly director: RepositoryPlace;
  /** Asked before anything that could disturb a treatment: false unless the laser is in standby. */
  readonly mayInstall: () => boolean | Promise<boolean>;
  readonly pace?: Pace;
  /** For one target: 1 h unless told otherwise. */
  readonly targetDeadlineMs?: number;
  readonly bufferBytes?: number;
}

export class UpdateClient {
  readonly #options: UpdateClientOptions;
  readonly #image: RepositoryClient;
  readonly #director: RepositoryClient;
  #offered: Update | null = null;
  readonly #lane = new Lane();
  /** Until when, by the clock that cannot be set; a restart leaves the wall clock's word only. */
  #postponedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: UpdateClientOptions) {
    this.#options = options;
    const { disk, fetch, clock, time, pace, audit, unit } = options;
    const common = { disk, fetch, clock, time, ...(pace ? { pace } : {}) };
    const damaged = (name: string) => async (file: string) => {
      const detail = { repository: name, file };
      const code = 'update.malformed';
      await audit.append(auditEvent({ what: 'update.metadata-damaged', outcome: 'failed', code, detail }));
    };
    this.#image = new RepositoryClient({
      ...common,
      ...{ url: options.image.url, root: options.image.root, folder: 'updates/image' },
      ...{ unit: null, damaged: damaged('image'), otherTime: () => this.#director.time },
    });
    this.#director = new RepositoryClient({
      ...common,
      ...{ url: options.director.url, root: options.director.root },
      ...{ folder: 'updates/director', unit: unit.id },
      ...{ damaged: damaged('director'), otherTime: () => this.#image.time },
    });
  }

  /** What the last `check` found to do. */
  get offered(): Update | null {
    return this.#offered;
  }

  /**
   * Follows both repositories and gives what this unit shall run and does not: null when it runs it. Downloads metadata only. A version that
   * was staged and is no longer directed is withdrawn. Refuses what `RepositoryClient` and `agree` refuse, and `update.failed-before`.
   */
  check(): Promise<Update | null> {
    return this.#recorded('check', async () => {
      this.#offered = null;
      await this.#director.begin();
      await this.#image.begin();
      await this.#director.refresh();
      await this.#image.refresh();
      const unit = await this.#facts();
      if (this.#director.delegates)
        throw refuseUpdate('update.malformed', { role: 'director', why: 'delegations' });
      const directed = directedTarget(this.#director.targets, unit);
      const { record } = this.#options.bootloader;
      const running = record.slots[record.active] as SlotRecord;
      if (!directed) {
        await this.#withdrawOther(null);
        return null;
      }
      const update = agree(directed, await this.#image.findTarget(directed.path), unit);
      await this.#withdrawOther(update);
      if (isSame(running, update)) return null;
      const before = record.slots[otherSlot(record.active)];
      if (
        before?.state === 'failed' &&
        before.code !== 'update.slot-damaged' &&
        isSame(before, update) &&
        update.attempt <= before.attempt
      )
        throw refuseUpdate('update.failed-before', { version: update.version, why: before.code });
      this.#offered = update;
      return update;
    });
  }

  /**
   * Brings what `check` found into the slot that is not in use, verified. The slot in use is not touched. Refuses `update.not-directed` when
   * nothing was found, `update.not-in-standby`, `update.bytes-differ`, `update.endless-data`, `update.slow-retrieval`, `update.disk-full`,
   * `update.missing`, `update.unreachable`.
   */
  stage(): Promise<void> {
    return this.#recorded('stage', async () => {
      const { bootloader, disk, fetch, clock, image, pace = DEFAULT_PACE, bufferBytes } = this.#options;
      const update = this.#offered;
      if (!update) throw refuseUpdate('update.not-directed');
      if (this.#isStaged(update)) return;
      await this.#standby();
      await this.#announce('update.staging', update.version);
      const slot = await bootloader.clearInactive();
      const limits = { maxBytes: update.length, deadline: this.#options.targetDeadlineMs ?? 3_600_000 };
      const bytes = bounded(fetch(`${image.targetsUrl}/${update.file}`, limits), limits, clock, pace);
      await writeSlot(
        disk,
        slot,
        bytes,
        { length: update.length, ...update.hashes },
        { ...(bufferBytes ? { bufferBytes } : {}), goOn: () => this.#standby() },
      );
      const { version, releaseCounter, releaseKey, length, attempt, hashes } = update;
      await bootloader.save(
        fillSlot(bootloader.record, slot, {
          ...{ version, releaseCounter, releaseKey, length, attempt, state: 'staged', code: null },
          ...(hashes.sha256 ? { sha256: hashes.sha256 } : {}),
          ...(hashes.sha512 ? { sha512: hashes.sha512 } : {}),
        }),
      );
    });
  }

  /**
   * Has the next boot try what was staged; the caller restarts the application at once, if it is in standby still. Refuses `update.nothing-staged`,
   * `update.not-in-standby`, `update.postponed`.
   */
  activate(): Promise<void> {
    return this.#recorded('activate', async () => {
      const { bootloader } = this.#options;
      const { record } = bootloader;
      const slot = otherSlot(record.active);
      const staged = record.slots[slot];
      if (record.trial || staged?.state !== 'staged') throw refuseUpdate('update.nothing-staged');
      const postponed = await this.#postponement(nameOf(staged));
      if (this.#isPostponed(postponed))
        throw refuseUpdate('update.postponed', {
          times: postponed?.count ?? 0,
          until: postponed?.until ?? 0,
        });
      await this.#standby();
      await this.#announce('update.switching', staged.version);
      await bootloader.save(beginTrial(record, slot));
    });
  }

  /**
   * The person at the device puts off what was staged for a day, at most three times. Refuses `update.nothing-staged`,
   * `update.postponed-too-long`.
   */
  postpone(who = 'local'): Promise<{ readonly until: number; readonly left: number }> {
    return this.#recorded('postpone', async () => {
      const { bootloader, audit, clock, disk, seal } = this.#options;
      const staged = bootloader.record.slots[otherSlot(bootloader.record.active)];
      if (staged?.state !== 'staged') throw refuseUpdate('update.nothing-staged');
      const before = await this.#postponement(nameOf(staged));
      const count = (before?.count ?? 0) + 1;
      if (count > MOST_POSTPONEMENTS) throw refuseUpdate('update.postponed-too-long', { times: count - 1 });
      const until = clock.wall() + POSTPONEMENT_MS;
      const next: Postponement = { file: nameOf(staged), count, until };
      await replaceFile(disk, POSTPONED, await sealed(seal, POSTPONED, next));
      this.#postponedUntil = clock.monotonic() + POSTPONEMENT_MS;
      const left = MOST_POSTPONEMENTS - count;
      await audit.append(
        auditEvent({
          what: 'update.postponed',
          outcome: 'done',
          who,
          on: staged.version,
          detail: { count, left },
        }),
      );
      return { until, left };
    });
  }

  async #facts(): Promise<UnitFacts> {
    const { bootloader, unit } = this.#options;
    const { record } = bootloader;
    const running = record.slots[record.active] as SlotRecord;
    return { ...unit, version: running.version, counter: await bootloader.counter() };
  }

  /** What was staged stays only as long as it is directed. */
  async #withdrawOther(update: Update | null): Promise<void> {
    const { bootloader, audit } = this.#options;
    const { record } = bootloader;
    const slot = otherSlot(record.active);
    const staged = record.slots[slot];
    if (record.trial || staged?.state !== 'staged' || (update && isSame(staged, update))) return;
    await bootloader.save(emptySlot(record, slot));
    await audit.append(auditEvent({ what: 'update.withdrawn', outcome: 'done', on: staged.version }));
  }

  #isStaged(update: Update): boolean {
    const { record } = this.#options.bootloader;
    const staged = record.slots[otherSlot(record.active)];
    return staged?.state === 'staged' && isSame(staged, update);
  }

  /** Before anything is done: where the log cannot be written this throws, and nothing is done for remote. */
  async #announce(what: string, version: string): Promise<void> {
    await this.#options.audit.append(auditEvent({ what, outcome: 'done', on: version }));
  }

  async #standby(): Promise<void> {
    if (!(await this.#options.mayInstall())) throw refuseUpdate('update.not-in-standby');
  }

  async #postponement(file: string): Promise<Postponement | null> {
    const { disk, seal } = this.#options;
    const bytes = await disk.read(POSTPONED, 4096).catch(() => null);
    const found = Postponement.safeParse(bytes && (await unsealed(seal, POSTPONED, bytes)));
    return found.success && found.data.file === file ? found.data : null;
  }

  /** A clock set back does not stretch a postponement: it ends after a day of either clock, and at most a day is left of it. */
  #isPostponed(postponed: Postponement | null): boolean {
    if (!postponed) return false;
    const { clock } = this.#options;
    const left = postponed.until - clock.wall();
    if (left <= 0 || left > POSTPONEMENT_MS) return false;
    return this.#postponedUntil === Number.NEGATIVE_INFINITY || clock.monotonic() < this.#postponedUntil;
  }

  /** One act after the other: two downloads into one slot would mix. */
  #recorded<T>(step: string, act: () => Promise<T>): Promise<T> {
    return this.#lane.run(() => this.#record(step, act));
  }

  /** Every refusal is in the audit log. */
  async #record<T>(step: string, act: () => Promise<T>): Promise<T> {
    try {
      // The launcher writes the record too, in a process of its own: it settles what is on trial.
      await this.#options.bootloader.load();
      return await act();
    } catch (error) {
      if (isRefusal(error) && error.code.startsWith('update.'))
        await this.#options.audit.append(
          auditEvent({
            what: 'update.refused',
            outcome: 'refused',
            code: error.code,
            on: this.#offered?.version ?? null,
            detail: { step, ...error.detail },
          }),
        );
      throw error;
    }
  }
}

const nameOf = (content: Pick<SlotRecord, 'sha256' | 'sha512'>) => content.sha256 ?? content.sha512 ?? '';

function isSame(content: SlotRecord, update: Update): boolean {
  return (
    content.version === update.version &&
    content.length === update.length &&
    nameOf(content) === (update.hashes.sha256 ?? update.hashes.sha512)
  );
}
