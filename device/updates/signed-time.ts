// What a repository's timestamps say of the time. It stands beside the unit's `TrustedTime` and never goes into it: a stolen timestamp key may say any
// year, and what it said is forgotten when the key is rotated. What was once judged expired stays so until something newer is signed.
import { z } from 'zod';
import { type Disk, replaceFile } from '../disk/disk.ts';

const Known = z.strictObject({
  /** Latest `issued` of a verified timestamp of this repository; milliseconds since 1970, 0 when none was seen. */
  issued: z.number().int().min(0),
  /** Highest timestamp version under which something was judged expired; 0 when none. */
  expiredVersion: z.number().int().min(0),
  /** The timestamp role's keys that vouched for both: when they are rotated, nothing they said holds (TUF 5.3.11, fast-forward recovery). */
  keys: z.string(),
});
export type KnownTime = z.infer<typeof Known>;

export const NO_TIME: KnownTime = { issued: 0, expiredVersion: 0, keys: '' };

/** The later of what the unit trusts otherwise and every time that was signed here. */
export function believedTime(trusted: number, ...known: readonly KnownTime[]): number {
  return Math.max(trusted, ...known.map(({ issued }) => issued));
}

export class TimeFile {
  readonly #disk: Disk;
  readonly #path: string;
  #known: KnownTime = NO_TIME;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  get known(): KnownTime {
    return this.#known;
  }

  /** A file that is absent or cannot be read is no knowledge: metadata of an earlier cycle still guards against rollback. */
  async load(): Promise<KnownTime> {
    const bytes = await this.#disk.read(this.#path, 4096).catch(() => null);
    this.#known = NO_TIME;
    if (bytes) {
      try {
        this.#known = Known.parse(JSON.parse(new TextDecoder().decode(bytes)));
      } catch {
        // Written whole or not at all; damaged by a hand.
      }
    }
    return this.#known;
  }

  /** Forgets what other keys said. */
  underKeys(keys: string): void {
    if (this.#known.keys !== keys) this.#known = { ...NO_TIME, keys };
  }

  async learnIssued(issued: number): Promise<void> {
    if (issued > this.#known.issued) await this.#save({ ...this.#known, issued });
  }

  async rememberExpired(version: number): Promise<void> {
    if (version > this.#known.expiredVersion) await this.#save({ ...this.#known, expiredVersion: version });
  }

  async #save(known: KnownTime): Promise<void> {
    await replaceFile(this.#disk, this.#path, new TextEncoder().encode(JSON.stringify(known)));
    this.#known = known;
  }
}
