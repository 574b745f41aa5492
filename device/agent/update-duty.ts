// The agent's round of updates: look, stage in standby, give the person at the device time to postpone, install when it is agreed. Each refusal
// is in the audit log by the update client; nothing here throws for it.
import type { AuditSink } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { otherSlot, type SlotRecord } from '../updates/boot-record.ts';
import type { Bootloader } from '../updates/bootloader.ts';
import type { Fetch } from '../updates/fetch.ts';
import type { Seal } from '../updates/seal.ts';
import { UpdateClient } from '../updates/update-client.ts';
import type { DeviceApplication } from './application.ts';
import { DIRECTOR_URL, type Directed, type DirectorShelf } from './director-shelf.ts';
import type { UnitReport } from './messages.ts';
import { refuseAgent } from './refusals.ts';
import type { UnitSettings } from './unit-settings.ts';

const IMAGE_ROOT_FILE = 'factory/image-root.json';
const MOST_ROOT_BYTES = 512_000;
/** After a refusal, unless the director says something new. */
const AGAIN_MS = 10 * 60_000;

/** What may be otherwise the next time, without anybody's doing. */
const PASSING = new Set([
  'update.unreachable',
  'update.missing',
  'update.slow-retrieval',
  'update.not-in-standby',
  'update.disk-full',
  'update.freeze',
  'update.not-published',
]);

export interface UpdateDutyParts {
  readonly settings: UnitSettings;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly time: TrustedTime;
  readonly audit: AuditSink;
  readonly seal: Seal;
  readonly bootloader: Bootloader;
  readonly shelf: DirectorShelf;
  readonly network: Fetch;
  readonly application: DeviceApplication;
}

export class UpdateDuty {
  readonly #parts: UpdateDutyParts;
  #client: UpdateClient | null = null;
  #working: Promise<void> = Promise.resolve();
  /** The round that waits for the one under way. */
  #next: { now: boolean; done: Promise<void> } | null = null;
  #refused: Refusal | null = null;
  #directed: Directed | null = null;
  #lookAt = Number.NEGATIVE_INFINITY;
  #stagedAt: number | null = null;
  /** By the monotonic clock. */
  #postponedUntil: number | null = null;
  #told: string | null = null;

  constructor(parts: UpdateDutyParts) {
    this.#parts = parts;
  }

  /** One round; rounds never overlap, and one at most waits for the one under way. `now` (new documents, somebody asked) looks at once. */
  round(now = false): Promise<void> {
    if (this.#next) {
      this.#next.now ||= now;
      return this.#next.done;
    }
    const next = { now, done: Promise.resolve() };
    next.done = this.#working.then(() => {
      this.#next = null;
      return this.#round(next.now);
    });
    this.#next = next;
    this.#working = next.done.catch(() => undefined);
    return next.done;
  }

  /** Waits for the round under way, then has the next boot try what is staged. Refuses what `activate` refuses. */
  async activate(): Promise<void> {
    await this.#working;
    const client = await this.#follow();
    if (!client) throw refuseAgent('agent.no-updates');
    try {
      await client.activate();
    } catch (error) {
      if (isRefusal(error, 'update.postponed')) this.#wait(Number(error.detail.until));
      throw error;
    }
  }

  /** Refuses what `UpdateClient.postpone` refuses. */
  async postpone(): Promise<{ readonly until: number; readonly left: number }> {
    const client = await this.#follow();
    if (!client) throw refuseAgent('agent.no-updates');
    const postponed = await client.postpone();
    this.#wait(postponed.until);
    return postponed;
  }

  report(): UnitReport['update'] {
    const { record } = this.#parts.bootloader;
    const other = record.slots[otherSlot(record.active)];
    if (other?.state === 'staged') return of(other, this.#isPostponed() ? 'postponed' : 'staged', null);
    const offered = this.#client?.offered;
    if (offered)
      return {
        version: offered.version,
        sha256: offered.hashes.sha256 ?? '0'.repeat(64),
        step: 'offered',
        attempt: offered.attempt,
        code: this.#refused?.code ?? null,
      };
    // Refused before it was offered: by what the director names, so that the workbench does not wait for it.
    if (this.#refused && this.#directed && other?.sha256 !== this.#directed.sha256)
      return {
        ...this.#directed,
        step: PASSING.has(this.#refused.code) ? 'offered' : 'failed',
        code: this.#refused.code,
      };
    if (other?.state === 'failed') return of(other, 'failed', other.code ?? 'update.failed');
    return null;
  }

  async #round(now: boolean): Promise<void> {
    const { clock, application } = this.#parts;
    if (now || clock.monotonic() >= this.#lookAt) await this.#look();
    const staged = this.#staged();
    if (staged?.version !== this.#told) {
      this.#told = staged?.version ?? null;
      this.#stagedAt = staged ? clock.monotonic() : null;
      application.updateStaged(this.#told, this.#parts.settings.updateGraceSeconds);
    }
    if (staged && this.#isDue() && application.mayInstall()) application.updateDue();
  }

  async #look(): Promise<void> {
    const client = await this.#follow();
    if (!client) return;
    this.#lookAt = this.#parts.clock.monotonic() + AGAIN_MS;
    try {
      this.#refused = null;
      if (await client.check()) await client.stage();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refused = error;
      this.#directed = await this.#parts.shelf.directed();
      // A treatment goes on: what is offered is fetched as soon as it is over.
      if (error.code === 'update.not-in-standby') this.#lookAt = Number.NEGATIVE_INFINITY;
    }
  }

  #staged(): SlotRecord | null {
    const { record } = this.#parts.bootloader;
    const other = record.slots[otherSlot(record.active)];
    return other?.state === 'staged' && !record.trial ? other : null;
  }

  #isPostponed(): boolean {
    return this.#postponedUntil !== null && this.#parts.clock.monotonic() < this.#postponedUntil;
  }

  /** Until then as it is far from now: a wall clock that is set back afterwards prolongs nothing. */
  #wait(until: number): void {
    const { clock } = this.#parts;
    this.#postponedUntil = clock.monotonic() + (until - clock.wall());
  }

  #isDue(): boolean {
    const { clock, settings } = this.#parts;
    if (this.#stagedAt === null || this.#isPostponed()) return false;
    return clock.monotonic() - this.#stagedAt >= settings.updateGraceSeconds * 1000;
  }

  /** Null until both roots are known. */
  async #follow(): Promise<UpdateClient | null> {
    if (this.#client) return this.#client;
    const { settings, disk, clock, time, audit, seal, bootloader, shelf, network, application } = this.#parts;
    const imageRoot = await disk.read(IMAGE_ROOT_FILE, MOST_ROOT_BYTES);
    const directorRoot = await shelf.root();
    if (!imageRoot || !directorRoot || settings.repository === null) return null;
    const base = settings.repository.replace(/\/$/, '');
    this.#client = new UpdateClient({
      unit: { id: settings.unit, hardwareId: settings.hardwareId },
      disk,
      clock,
      time,
      audit,
      seal,
      bootloader,
      fetch: shelf.fetch(network),
      image: { url: `${base}/metadata`, targetsUrl: `${base}/targets`, root: imageRoot },
      director: { url: DIRECTOR_URL, root: directorRoot },
      mayInstall: () => application.mayInstall(),
    });
    return this.#client;
  }
}

function of(content: SlotRecord, step: 'staged' | 'postponed' | 'failed', code: string | null) {
  const { version, attempt, sha256 = '0'.repeat(64) } = content;
  return { version, sha256, step, attempt, code };
}
