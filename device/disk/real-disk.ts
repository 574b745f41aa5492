// A folder of the operating system as a disk. Files are the owner's alone (0600), folders too (0700).
import { constants, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type Disk, type DiskFile, diskError } from './disk.ts';

export class RealDisk implements Disk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = resolve(root);
  }

  async open(path: string, { create = false } = {}): Promise<DiskFile> {
    const place = this.#place(path);
    const handle = await open(place, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
    return new RealFile(handle, (await handle.stat()).size);
  }

  async read(path: string, most: number): Promise<Uint8Array | null> {
    let handle: FileHandle;
    try {
      handle = await open(this.#place(path), constants.O_RDONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      const { size } = await handle.stat();
      if (size > most) throw diskError('EFBIG', path);
      return await new RealFile(handle, size).read(0, size);
    } finally {
      await handle.close();
    }
  }

  rename(from: string, to: string): Promise<void> {
    return rename(this.#place(from), this.#place(to));
  }

  remove(path: string): Promise<void> {
    return rm(this.#place(path), { force: true });
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      return (await readdir(this.#place(folder))).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async makeFolder(folder: string): Promise<void> {
    await mkdir(this.#place(folder), { recursive: true, mode: 0o700 });
  }

  async syncFolder(folder: string): Promise<void> {
    const handle = await open(this.#place(folder), constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Throws for a path that leaves the disk: names of files may come from metadata that was made elsewhere. */
  #place(path: string): string {
    const place = join(this.#root, path);
    if (place !== this.#root && !place.startsWith(this.#root + sep)) throw diskError('ENOENT', path);
    return place;
  }
}

class RealFile implements DiskFile {
  readonly #handle: FileHandle;
  #size: number;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - position)));
    let done = 0;
    while (done < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, done, buffer.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  async truncate(size: number): Promise<void> {
    await this.#handle.truncate(size);
    this.#size = size;
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
