// `ward backup`: one consistent view of the whole database and the blobs in one file, without any program beside Ward.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, lstat, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { isWardError } from '../../errors.ts';
import { isFileError } from '../embedded/file-errors.ts';
import { refuse } from '../errors.ts';
import { appliedMigrations } from '../migrations.ts';
import { archiveEnd, chunkBytes, entryHeader, padding } from './archive.ts';
import {
  type BackupProgress,
  backupFormat,
  headName,
  type Manifest,
  manifestName,
  type SavedTable,
  secretsName,
} from './manifest.ts';
import { qualified, sequencesToSave, type TableShape, tablesToSave } from './tables.ts';

export interface BackupOptions {
  readonly pool: Pool;
  /** Folder of content-addressed files; may be missing. */
  readonly blobs?: string;
  /** File with the installation's keys; may be missing. */
  readonly secrets?: string;
  readonly target: string;
  readonly wardVersion: string;
  readonly now?: Date;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/**
 * Writes the backup while Ward goes on working. When it returns, the file is complete and on the disk; when it throws,
 * there is none. Refuses with `backup.target-exists`, `backup.cannot-write`. Needs a few megabytes of memory.
 */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const target = resolve(options.target);
  if (await lstat(target).catch(() => undefined)) {
    throw refuse('backup.target-exists', `${target} exists already.`, { at: target });
  }
  const draft = `${target}.${randomBytes(6).toString('hex')}.part`;
  const client = await options.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const result: { manifest?: Manifest } = {};
    const output = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(content(client, options, result), createGzip({ level: 3 }), output);
    await client.query('COMMIT');
    client.release();
    await giveName(draft, target);
    return result.manifest!;
  } catch (error) {
    client.release(true); // it may be in the middle of COPY: closing it is the only way out
    await rm(draft, { force: true });
    throw asBackupRefusal(error, target);
  }
}

async function* content(
  client: PoolClient,
  options: BackupOptions,
  result: { manifest?: Manifest },
): AsyncGenerator<Buffer> {
  const head = {
    format: backupFormat,
    ward: options.wardVersion,
    created: (options.now ?? new Date()).toISOString(),
  };
  yield* wholeEntry(headName, Buffer.from(JSON.stringify(head)));

  const migrations = await appliedMigrations(client);
  const tables: SavedTable[] = [];
  for (const table of await tablesToSave(client)) {
    tables.push(yield* saveTable(client, table, `tables/${String(tables.length).padStart(5, '0')}`, options));
  }
  const sequences = await sequencesToSave(client);
  // After the rows: a blob is stored before the row that names it, so none that the rows need is missed.
  const blobs = yield* saveBlobs(options);
  const secrets = yield* saveSecrets(options);

  const manifest = {
    ...head,
    migrations: [...migrations],
    tables,
    sequences: [...sequences],
    blobs,
    ...secrets,
  };
  yield* wholeEntry(manifestName, Buffer.from(JSON.stringify(manifest)));
  yield archiveEnd;
  result.manifest = manifest;
}

async function* saveTable(
  client: PoolClient,
  table: TableShape,
  folder: string,
  options: BackupOptions,
): AsyncGenerator<Buffer, SavedTable> {
  // Text, not binary: the same across versions of PostgreSQL.
  const columns = table.columns.map((column) => escapeIdentifier(column)).join(', ');
  const rows = client.query(copyTo(`COPY ${qualified(table)} (${columns}) TO STDOUT`));
  const hash = createHash('sha256');
  const part = `${table.schema}.${table.name}`;
  let waiting: Buffer[] = [];
  let size = 0;
  let bytes = 0;
  let chunks = 0;
  const flush = function* () {
    chunks += 1;
    yield* wholeEntry(`${folder}/${String(chunks).padStart(8, '0')}`, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  };
  for await (const data of rows as AsyncIterable<Buffer>) {
    hash.update(data);
    waiting.push(data);
    size += data.length;
    bytes += data.length;
    if (size < chunkBytes) continue;
    yield* flush();
    options.onProgress?.({ step: 'save', part, bytes });
  }
  if (size > 0) yield* flush();
  options.onProgress?.({ step: 'save', part, bytes });
  return { ...table, columns: [...table.columns], rows: rows.rowCount, bytes, sha256: hash.digest('hex') };
}

async function* saveBlobs({ blobs, onProgress }: BackupOptions): AsyncGenerator<Buffer, Manifest['blobs']> {
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  for await (const path of blobs ? filesBelow(blobs) : []) {
    const name = `blobs/${relative(blobs!, path).split(sep).join('/')}`;
    const size = await stat(path).then(
      (info) => info.size,
      () => undefined,
    );
    if (size === undefined) continue; // erased meanwhile
    yield entryHeader(name, size);
    hash.update(`${name}\0${size}\0`);
    let read = 0;
    for await (const data of createReadStream(path) as AsyncIterable<Buffer>) {
      read += data.length;
      hash.update(data);
      yield data;
    }
    if (read !== size)
      throw refuse('backup.cannot-write', `The file ${path} changed while it was read.`, { at: path });
    yield padding(size);
    count += 1;
    bytes += size;
    onProgress?.({ step: 'save', part: 'blobs', bytes });
  }
  return { count, bytes, sha256: hash.digest('hex') };
}

async function* saveSecrets({ secrets }: BackupOptions): AsyncGenerator<Buffer, Pick<Manifest, 'secrets'>> {
  if (secrets === undefined) return {};
  const data = await readFile(secrets).catch((error: unknown) => {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (data === undefined) return {};
  yield* wholeEntry(secretsName, data);
  return { secrets: { bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') } };
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isFileError(error, 'ENOENT')) return [];
    throw error;
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}

function* wholeEntry(name: string, data: Buffer): Generator<Buffer> {
  yield entryHeader(name, data.length);
  yield data;
  yield padding(data.length);
}

/** Never over an existing file; `link` says so at once, file systems without links are asked before. */
async function giveName(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
    await rm(draft);
  } catch (error) {
    if (!isFileError(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
    if (await lstat(target).catch(() => undefined))
      throw refuse('backup.target-exists', `${target} exists already.`, { at: target });
    await rename(draft, target);
  }
}

function asBackupRefusal(error: unknown, target: string): unknown {
  if (isWardError(error)) return error;
  if (isFileError(error, 'EEXIST'))
    return refuse('backup.target-exists', `${target} exists already.`, { at: target, cause: error });
  if (isFileError(error, 'ENOSPC', 'EDQUOT')) {
    return refuse('backup.cannot-write', `There is no space left for the backup ${target}.`, {
      at: target,
      cause: error,
    });
  }
  if (isFileError(error, 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR')) {
    return refuse('backup.cannot-write', `The backup ${target} cannot be written there.`, {
      at: target,
      cause: error,
      remedy: 'Choose a folder that exists and that this user may write.',
    });
  }
  return error;
}
