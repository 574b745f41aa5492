// Large files by their SHA-256: written once, never changed. A folder by default; other stores fit the same port.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { defineErrors } from '../errors.ts';

const refuse = defineErrors({
  'blob.not-found': {
    status: 404,
    exit: 3,
    title: 'The file is not there',
    remedy: 'Restore it from a backup; its hash is named.',
  },
  'blob.too-large': { status: 413, exit: 3, title: 'The file is too large', remedy: 'Send a smaller file.' },
  'blob.no-space': {
    status: 507,
    exit: 4,
    title: 'No space left',
    remedy: 'Free space on the disk of the data folder, then try again.',
  },
});

export interface StoredBlob {
  /** SHA-256, hex. */
  readonly hash: string;
  readonly size: number;
}

export interface Blobs {
  /** Durable when it returns: bytes and folder entry are flushed. Nothing is left when it throws. */
  put(data: AsyncIterable<Uint8Array> | Uint8Array, maxBytes: number): Promise<StoredBlob>;
  read(hash: string): Promise<Buffer>;
  stream(hash: string): Promise<{ size: number; stream: Readable }>;
}

const HASH = /^[0-9a-f]{64}$/;

export function folderBlobs(folder: string): Blobs {
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash);

  async function check(hash: string): Promise<number> {
    const found = HASH.test(hash) ? await stat(pathOf(hash)).catch(() => null) : null;
    if (!found?.isFile()) throw refuse('blob.not-found', `There is no stored file ${hash.slice(0, 64)}.`);
    return found.size;
  }

  return {
    async put(data, maxBytes) {
      await mkdir(folder, { recursive: true });
      const temporary = join(folder, `.part-${randomBytes(9).toString('hex')}`);
      const file = await open(temporary, 'wx', 0o600);
      const sum = createHash('sha256');
      let size = 0;
      try {
        const chunks = data instanceof Uint8Array ? [data] : data;
        for await (const chunk of chunks) {
          size += chunk.length;
          if (size > maxBytes) throw refuse('blob.too-large', `The file has more than ${maxBytes} bytes.`);
          sum.update(chunk);
          await file.write(chunk);
        }
        await file.sync();
        await file.close();
        const hash = sum.digest('hex');
        await mkdir(join(folder, hash.slice(0, 2)), { recursive: true });
        await rename(temporary, pathOf(hash));
        await flushFolder(join(folder, hash.slice(0, 2)));
        return { hash, size };
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(temporary, { force: true });
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
          throw refuse('blob.no-space', 'The disk is full; the file was not kept.', { cause: error });
        }
        throw error;
      }
    },
    async read(hash) {
      await check(hash);
      return readFile(pathOf(hash));
    },
    async stream(hash) {
      const size = await check(hash);
      return { size, stream: createReadStream(pathOf(hash)) };
    },
  };
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
