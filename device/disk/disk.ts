// The few things that the updater, the vault and the audit log do with a disk, so that a test can cut the power at each of them.
// Paths are relative to the disk's root, with `/`, without `..`.

export interface DiskFile {
  /** Bytes in the file now. */
  readonly size: number;
  /** At most `length` bytes from `position`; fewer at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Writes at `position`, growing the file; not durable before `sync`. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Durable when it resolves: content and size (fdatasync). The name of a new file is durable after `syncFolder` only. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** Opens for reading and writing; `create` makes it when it is absent. Rejects with ENOENT otherwise. */
  open(path: string, options?: { readonly create?: boolean }): Promise<DiskFile>;
  /** The whole file, or null when there is none. Rejects with EFBIG when it is larger than `most` bytes. */
  read(path: string, most: number): Promise<Uint8Array | null>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens when it is absent. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is none. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
  /** Makes names (new, renamed, removed) in the folder durable. */
  syncFolder(folder: string): Promise<void>;
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');

/**
 * Replaces a file whole: after a crash at any step there is either the old content or the new one, never a part.
 * Durable when it resolves. A `.new` file of an earlier crash is overwritten.
 */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  await disk.remove(draft);
  const file = await disk.open(draft, { create: true });
  try {
    await file.write(0, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, path);
  await disk.syncFolder(folderOf(path));
}

/** An error as a disk gives it, with the code of the operating system. */
export function diskError(code: 'ENOENT' | 'ENOSPC' | 'EFBIG' | 'EIO', path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** An error that the operating system gave for the disk, apart from refusals and faults of the program. */
export function isDiskError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z]+$/.test(error.code)
  );
}
