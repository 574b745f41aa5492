// Key-encryption keys as files: for development. Whoever reads the disk reads them, and a flash disk may keep what was overwritten: a unit in
// use needs a module (`pkcs11-keys.ts`).
import { type Disk, replaceFile } from '../disk/disk.ts';
import type { KeyProvider } from './key-provider.ts';
import { refuseVault } from './refusals.ts';
import { newKey, seal, unseal } from './seal.ts';

const NAME = /^kek-(\d{1,9})$/;

export class FileKeys implements KeyProvider {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder = 'keys') {
    this.#disk = disk;
    this.#folder = folder;
  }

  async generations(): Promise<readonly number[]> {
    const names = await this.#disk.list(this.#folder);
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  async newGeneration(): Promise<number> {
    await this.#disk.makeFolder(this.#folder);
    // The number of a destroyed generation is not given again: the newest one that ever was stands in a file of its own.
    const newest = Number(
      Buffer.from((await this.#disk.read(this.#path('newest'), 20)) ?? []).toString() || 0,
    );
    const generation = Math.max(newest, ...(await this.generations())) + 1;
    await replaceFile(this.#disk, this.#path('newest'), Buffer.from(String(generation)));
    await replaceFile(this.#disk, this.#path(`kek-${generation}`), newKey());
    await this.#disk.syncFolder('.');
    return generation;
  }

  async destroyGeneration(generation: number): Promise<void> {
    const path = this.#path(`kek-${generation}`);
    if ((await this.#disk.read(path, 32)) === null) return;
    const file = await this.#disk.open(path);
    try {
      await file.write(0, new Uint8Array(32));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#disk.remove(path);
    await this.#disk.syncFolder(this.#folder);
  }

  async wrap(generation: number, key: Uint8Array, context: string): Promise<Uint8Array> {
    return seal(await this.#key(generation), key, Buffer.from(context));
  }

  async unwrap(generation: number, wrapped: Uint8Array, context: string): Promise<Uint8Array> {
    const key = unseal(await this.#key(generation), wrapped, Buffer.from(context));
    if (key === null) throw refuseVault('vault.keyring-swapped', { generation });
    return key;
  }

  async #key(generation: number): Promise<Uint8Array> {
    const key = await this.#disk.read(this.#path(`kek-${generation}`), 32);
    // A key of zeros is one whose destruction was cut off by a loss of power.
    if (key === null || key.length !== 32 || key.every((byte) => byte === 0))
      throw refuseVault('vault.key-destroyed', { generation });
    return key;
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}
