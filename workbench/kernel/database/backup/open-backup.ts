// Reads a backup: as a stream of entries, and once as a whole to see that it is complete and unaltered.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { isWardError } from '../../errors.ts';
import { isFileError } from '../embedded/file-errors.ts';
import { refuse } from '../errors.ts';
import { type ArchiveEntry, readArchive } from './archive.ts';
import {
  type BackupProgress,
  backupFormat,
  Head,
  headName,
  Manifest,
  manifestLimit,
  manifestName,
  secretsLimit,
  secretsName,
} from './manifest.ts';

/** Tar fills its last record up to 10 kB with zeros. */
const MOST_BEHIND = 20 * 512;

export interface BackupVisitor {
  /** One chunk of the table with this place in the manifest. */
  table(place: number, content: AsyncIterable<Buffer>): Promise<void>;
  /** `path` is relative, without `..`. */
  blob(path: string, size: number, content: AsyncIterable<Buffer>): Promise<void>;
  /** The installation's keys. */
  secrets(content: Buffer): Promise<void>;
}

/**
 * Reads everything once and compares it with the manifest at the end.
 * Refuses with `backup.cannot-read`, `backup.not-a-backup`, `backup.newer-ward`, `backup.altered`.
 */
export async function checkBackup(
  file: string,
  onProgress?: (progress: BackupProgress) => void,
): Promise<Manifest> {
  const tables = new Map<number, { hash: Hash; bytes: number }>();
  const blobs = { hash: createHash('sha256'), count: 0, bytes: 0 };
  let secrets: string | undefined;
  let seen = 0;
  const progress = (part: string, bytes: number) => {
    seen += bytes;
    onProgress?.({ step: 'check', part, bytes: seen });
  };
  const manifest = await visitBackup(file, {
    async table(place, content) {
      const table = tables.get(place) ?? { hash: createHash('sha256'), bytes: 0 };
      tables.set(place, table);
      for await (const data of content) {
        table.hash.update(data);
        table.bytes += data.length;
        progress('tables', data.length);
      }
    },
    async blob(path, size, content) {
      blobs.hash.update(`blobs/${path}\0${size}\0`);
      for await (const data of content) {
        blobs.hash.update(data);
        progress('blobs', data.length);
      }
      blobs.count += 1;
      blobs.bytes += size;
    },
    async secrets(content) {
      secrets = createHash('sha256').update(content).digest('hex');
    },
  });

  for (const [place, expected] of manifest.tables.entries()) {
    const found = tables.get(place) ?? { hash: createHash('sha256'), bytes: 0 };
    if (found.bytes !== expected.bytes || found.hash.digest('hex') !== expected.sha256) {
      throw refuse(
        'backup.altered',
        `The rows of ${expected.schema}.${expected.name} are not those that were saved.`,
        { at: file },
      );
    }
  }
  const sameBlobs =
    blobs.count === manifest.blobs.count &&
    blobs.bytes === manifest.blobs.bytes &&
    blobs.hash.digest('hex') === manifest.blobs.sha256;
  if (secrets !== manifest.secrets?.sha256)
    throw refuse('backup.altered', 'The keys in the backup are not those that were saved.', { at: file });
  if (!sameBlobs || [...tables.keys()].some((place) => manifest.tables[place] === undefined)) {
    throw refuse('backup.altered', 'The backup holds other files than those that were saved.', { at: file });
  }
  return manifest;
}

/** Hands over all entries in their order; gives back the manifest, which stands last. Same refusals as `checkBackup`. */
export async function visitBackup(file: string, visitor: BackupVisitor): Promise<Manifest> {
  const input = createReadStream(file);
  const plain = createGunzip();
  input.on('error', (error) => plain.destroy(error));
  input.pipe(plain);
  let place = 0;
  let manifest: Manifest | undefined;
  try {
    for await (const entry of readArchive(plain)) {
      if (manifest) throw refuse('backup.altered', 'The backup goes on behind its manifest.', { at: file });
      if (place === 0) checkHead(await headOf(entry), file);
      else if (entry.name === manifestName) manifest = Manifest.parse(await json(entry));
      else await visit(entry, visitor, file);
      place += 1;
    }
    if (!manifest) throw refuse('backup.altered', 'The backup has no manifest.', { at: file });
    await readToEnd(plain, file);
    return manifest;
  } catch (error) {
    throw asReadRefusal(error, file, place === 0);
  } finally {
    input.destroy();
    plain.destroy();
  }
}

/** What was cut off behind the last entry (the end of the tar, the sum of the gzip) is seen by reading to the end only. */
async function readToEnd(plain: AsyncIterable<Buffer>, file: string): Promise<void> {
  let rest = 0;
  for await (const data of plain) {
    rest += data.length;
    if (rest > MOST_BEHIND)
      throw refuse('backup.altered', 'The backup goes on behind its end.', { at: file });
  }
}

async function visit(entry: ArchiveEntry, visitor: BackupVisitor, file: string): Promise<void> {
  const table = /^tables\/(\d{5})\/\d{8}$/.exec(entry.name);
  if (table) return visitor.table(Number(table[1]), entry.content);
  // The name comes from the file: it must not lead out of the folder of blobs.
  const blob = /^blobs\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*)$/.exec(entry.name);
  if (blob) return visitor.blob(blob[1]!, entry.size, entry.content);
  if (entry.name === secretsName) return visitor.secrets(await whole(entry, secretsLimit));
  throw refuse('backup.altered', 'The backup holds an entry that Ward does not write.', {
    at: `${file}:${entry.name.slice(0, 200)}`,
  });
}

async function headOf(entry: ArchiveEntry): Promise<Head | undefined> {
  if (entry.name !== headName || entry.size > 10_000) return undefined;
  return Head.safeParse(await json(entry)).data;
}

function checkHead(head: Head | undefined, file: string): void {
  if (head === undefined)
    throw refuse('backup.not-a-backup', `${file} is not a backup of Ward.`, { at: file });
  if (head.format > backupFormat) {
    throw refuse(
      'backup.newer-ward',
      `The backup was written by Ward ${head.ward} in format ${head.format}; this Ward knows format ${backupFormat}.`,
      { at: file },
    );
  }
}

async function json(entry: ArchiveEntry): Promise<unknown> {
  return JSON.parse((await whole(entry, manifestLimit)).toString('utf8'));
}

async function whole(entry: ArchiveEntry, limit: number): Promise<Buffer> {
  if (entry.size > limit)
    throw refuse('backup.altered', `The entry ${entry.name} of the backup is too large.`);
  const parts: Buffer[] = [];
  for await (const data of entry.content) parts.push(data);
  return Buffer.concat(parts);
}

function asReadRefusal(error: unknown, file: string, atHead: boolean): unknown {
  if (isWardError(error) && !(atHead && error.code === 'backup.altered')) return error;
  if (isFileError(error, 'ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR')) {
    return refuse('backup.cannot-read', `The backup ${file} cannot be read.`, { at: file, cause: error });
  }
  const zlibCode = error instanceof Error && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
  const malformed =
    zlibCode ||
    error instanceof SyntaxError ||
    (error instanceof Error && error.name === 'ZodError') ||
    isWardError(error);
  if (!malformed) return error;
  return atHead
    ? refuse('backup.not-a-backup', `${file} is not a backup of Ward.`, { at: file, cause: error })
    : refuse('backup.altered', `The backup ${file} stops in the middle or was altered.`, {
        at: file,
        cause: error,
      });
}
