// The director's metadata as it comes with a check-in, offered to the update client as if it lay on a server. What is not on the shelf after a
// restart is what the client kept itself.

import { z } from 'zod';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { SoftwareVersion } from '../updates/agreement.ts';
import type { Fetch } from '../updates/fetch.ts';
import { refuseUpdate } from '../updates/refusals.ts';

export const DIRECTOR_URL = 'http://director.invalid';
const KEPT = 'updates/director';
const ROOT_FILE = 'factory/director-root.json';
const MOST_BYTES = 512_000;
const Targets = z.object({
  signed: z.object({
    targets: z.record(
      z.string(),
      z.object({
        hashes: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
        custom: z.object({ version: SoftwareVersion, attempt: z.number().int().min(1).max(1000) }),
      }),
    ),
  }),
});

export interface Directed {
  readonly version: string;
  readonly sha256: string;
  readonly attempt: number;
}

export class DirectorShelf {
  readonly #disk: Disk;
  #documents: ReadonlyMap<string, Uint8Array> = new Map();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  put(documents: Readonly<Record<string, string>>): void {
    this.#documents = new Map(
      Object.entries(documents).map(([name, content]) => [name, Buffer.from(content)]),
    );
  }

  /**
   * Number of the director's word that the unit holds, as `CheckIn.director`: the one that was verified and kept, when what lies on the shelf is older. A
   * workbench that was put back from a copy learns so from where it has to go on.
   */
  async version(): Promise<number> {
    const onShelf = versionIn(this.#documents.get('timestamp.json') ?? null);
    return Math.max(onShelf, versionIn(await this.#kept('timestamp.json')));
  }

  /**
   * The director's first root: the factory's, or the one that came over the first channel to the gateway after enrolment (the product CA
   * vouches for who spoke). It is kept and never replaced but by its own rotation.
   */
  async root(): Promise<Uint8Array | null> {
    const kept = await this.#disk.read(ROOT_FILE, MOST_BYTES);
    if (kept) return kept;
    const came = this.#documents.get('1.root.json');
    if (!came) return null;
    await this.#disk.makeFolder('factory');
    await replaceFile(this.#disk, ROOT_FILE, came);
    return came;
  }

  /** What the director's newest word that was believed names for this unit, for the report alone; null when it names nothing. */
  async directed(): Promise<Directed | null> {
    const bytes = await this.#kept('targets.json');
    if (!bytes) return null;
    try {
      const [target] = Object.values(Targets.parse(JSON.parse(Buffer.from(bytes).toString())).signed.targets);
      return target ? { ...target.custom, sha256: target.hashes.sha256 } : null;
    } catch {
      return null;
    }
  }

  /** Serves `DIRECTOR_URL/…` from the shelf, everything else by `network`. */
  fetch(network: Fetch): Fetch {
    return (url, limits) =>
      url.startsWith(`${DIRECTOR_URL}/`)
        ? this.#serve(url.slice(DIRECTOR_URL.length + 1))
        : network(url, limits);
  }

  async *#serve(name: string): AsyncGenerator<Uint8Array> {
    const bytes = this.#documents.get(name) ?? (await this.#kept(name));
    if (!bytes) throw refuseUpdate('update.missing', { name: name.slice(0, 100) });
    yield bytes;
  }

  /** The client keeps `5.targets.json` as `targets.json`, roots by their full name. */
  async #kept(name: string): Promise<Uint8Array | null> {
    const file = /^\d+\.root\.json$/.test(name) ? name : name.replace(/^\d+\./, '');
    return /^[a-z0-9.-]{1,64}$/i.test(file)
      ? this.#disk.read(`${KEPT}/${file}`, MOST_BYTES).catch(() => null)
      : null;
  }
}

function versionIn(timestamp: Uint8Array | null): number {
  if (!timestamp) return 0;
  try {
    const version = JSON.parse(Buffer.from(timestamp).toString()).signed?.version;
    return Number.isSafeInteger(version) && version > 0 ? version : 0;
  } catch {
    return 0;
  }
}
