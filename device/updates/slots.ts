// The bytes in the two slots: streamed in with their hash taken on the way, hashed again from the disk before they are started. Never more
// in memory than the two buffers.
import { createHash, type Hash } from 'node:crypto';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { applicationPath, type Slot } from './boot-record.ts';
import { refuseUpdate } from './refusals.ts';

export interface Expected {
  readonly length: number;
  readonly sha256?: string;
  readonly sha512?: string;
}

/** One buffer is written while the other fills. */
const BUFFER_BYTES = 1 << 20;
/** What is written goes to the platters while the rest still arrives, so that the last sync has little left to do. */
const SYNC_EVERY_BYTES = 8 << 20;

/**
 * Puts what comes into a slot; durable when it resolves. Refuses `update.bytes-differ` and `update.disk-full` and leaves the slot without
 * its file then; passes on what the source refuses. `goOn` is asked before each buffer and may throw (a treatment began).
 */
export async function writeSlot(
  disk: Disk,
  slot: Slot,
  source: AsyncIterable<Uint8Array>,
  expected: Expected,
  {
    bufferBytes = BUFFER_BYTES,
    goOn = async () => {},
  }: { bufferBytes?: number; goOn?: () => Promise<void> } = {},
): Promise<void> {
  const path = applicationPath(slot);
  const folder = path.slice(0, path.lastIndexOf('/'));
  await disk.makeFolder(folder);
  try {
    const file = await disk.open(path, { create: true });
    try {
      const hash = new StreamHash(expected);
      // Over what is there: the record says that the slot holds nothing, and blocks that exist need not be found anew (half the time).
      const length = await copy(source, expected.length, bufferBytes, hash, goOn, file);
      if (file.size > length) await file.truncate(length);
      if (length !== expected.length || !hash.isRight())
        throw refuseUpdate('update.bytes-differ', { length, expected: expected.length });
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.syncFolder(folder);
  } catch (error) {
    await disk.remove(path).catch(() => undefined);
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw refuseUpdate('update.disk-full', { needs: expected.length }, error);
    throw error;
  }
}

async function copy(
  source: AsyncIterable<Uint8Array>,
  most: number,
  bufferBytes: number,
  hash: StreamHash,
  goOn: () => Promise<void>,
  file: DiskFile,
): Promise<number> {
  let buffers = [Buffer.allocUnsafe(bufferBytes), Buffer.allocUnsafe(bufferBytes)] as const;
  let filled = 0;
  let written = 0;
  let synced = 0;
  let writing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();
  const put = async (piece: Uint8Array) => {
    await goOn();
    await writing;
    if (written - synced >= SYNC_EVERY_BYTES) {
      await syncing;
      synced = written;
      syncing = file.sync();
      syncing.catch(() => undefined);
    }
    writing = file.write(written, piece);
    // Reported where it is waited for.
    writing.catch(() => undefined);
    hash.update(piece);
    written += piece.length;
  };
  const flush = async () => {
    const piece = buffers[0].subarray(0, filled);
    filled = 0;
    buffers = [buffers[1], buffers[0]];
    await put(piece);
  };
  for await (const piece of source) {
    if (written + filled + piece.length > most) throw refuseUpdate('update.endless-data', { most });
    if (filled === 0 && piece.length === bufferBytes) {
      await put(piece);
      continue;
    }
    let from = 0;
    while (from < piece.length) {
      const part = piece.subarray(from, from + bufferBytes - filled);
      buffers[0].set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled === bufferBytes) await flush();
    }
  }
  if (filled > 0) await flush();
  await writing;
  await syncing;
  return written;
}

/** Whether the bytes on the disk are those that were staged. Reads the whole file once. */
export async function isSlotRight(disk: Disk, slot: Slot, expected: Expected): Promise<boolean> {
  try {
    const file = await disk.open(applicationPath(slot));
    try {
      if (file.size !== expected.length) return false;
      const hash = new StreamHash(expected);
      for (let at = 0; at < expected.length; at += BUFFER_BYTES)
        hash.update(await file.read(at, BUFFER_BYTES));
      return hash.isRight();
    } finally {
      await file.close();
    }
  } catch (error) {
    // A file that is gone or cannot be read is not right; a fault of the program is thrown.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** SHA-256 where it is given, else SHA-512: either alone decides, and both would halve the speed. */
class StreamHash {
  readonly #hash: Hash;
  readonly #expected: string;
  constructor({ sha256, sha512 }: Expected) {
    const expected = sha256 ?? sha512;
    if (expected === undefined) throw refuseUpdate('update.malformed', { why: 'no hash' });
    this.#hash = createHash(sha256 ? 'sha256' : 'sha512');
    this.#expected = expected;
  }
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  isRight(): boolean {
    return this.#hash.digest('hex') === this.#expected;
  }
}
