// The latest time that somebody trusted has signed, kept over restarts. The wall clock is attacker-controlled and can only make things less
// valid: it is believed when it is later than what is certain, never when it is earlier.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';

const Kept = z.strictObject({
  version: z.literal(1),
  latest: z.number().int().min(0).max(8_640_000_000_000_000),
});
const PATH = 'identity/time.json';
/** What counts up while the unit runs is written this often, so that a restart loses little of it. */
const KEEP_EVERY_MS = 10 * 60_000;

export class TrustedTime {
  readonly #clock: Clock;
  readonly #disk: Disk | null;
  #latest: number;
  #learnedAt: number;
  #kept: number;

  private constructor(clock: Clock, disk: Disk | null, latest: number) {
    this.#clock = clock;
    this.#disk = disk;
    this.#latest = latest;
    this.#kept = latest;
    this.#learnedAt = clock.monotonic();
  }

  /** An unreadable file counts as none: the next signed time mends it, and until then freshness is unknown elsewhere. */
  static async load(clock: Clock, disk: Disk): Promise<TrustedTime> {
    const bytes = await disk.read(PATH, 256);
    return new TrustedTime(clock, disk, bytes ? readKept(bytes) : 0);
  }

  /** For a workbench or a console, whose clock is its operator's affair: keeps nothing. */
  static inMemory(clock: Clock, latest = 0): TrustedTime {
    return new TrustedTime(clock, null, latest);
  }

  /** No earlier than this: the latest signed time and what the monotonic clock counted since. Milliseconds since 1970. */
  certain(): number {
    return this.#latest + (this.#clock.monotonic() - this.#learnedAt);
  }

  /** For expiry: the wall clock, but never earlier than what is certain. */
  now(): number {
    return Math.max(this.#clock.wall(), this.certain());
  }

  /**
   * Takes in a time that was signed by somebody trusted; an earlier one changes nothing. Durable when it resolves, but for the last ten minutes: after a
   * restart the unit may be so far behind, never ahead.
   */
  async learn(signed: number): Promise<void> {
    this.believe(signed);
    await this.keep();
  }

  /** As `learn`, without a write: known at once, and on a full disk too. `keep` makes it durable. */
  believe(signed: number): void {
    if (signed <= this.certain()) return;
    this.#latest = signed;
    this.#learnedAt = this.#clock.monotonic();
  }

  /** To be called now and then (each check-in): writes what was counted since, when it is worth a write. */
  async keep(): Promise<void> {
    if (this.certain() - this.#kept >= KEEP_EVERY_MS) await this.#keep();
  }

  async #keep(): Promise<void> {
    const latest = Math.floor(this.certain());
    if (!this.#disk || latest <= this.#kept) return;
    await this.#disk.makeFolder('identity');
    await replaceFile(this.#disk, PATH, new TextEncoder().encode(JSON.stringify({ version: 1, latest })));
    this.#kept = Math.max(this.#kept, latest);
  }
}

function readKept(bytes: Uint8Array): number {
  try {
    return Kept.parse(JSON.parse(new TextDecoder().decode(bytes))).latest;
  } catch {
    return 0;
  }
}
