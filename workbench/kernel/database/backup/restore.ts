// `ward restore`: a checked backup into an empty database and an empty folder of blobs, all or nothing.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import { isWardError } from '../../errors.ts';
import { isFileError } from '../embedded/file-errors.ts';
import { refuse } from '../errors.ts';
import {
  appliedMigrations,
  type Migration,
  migrate,
  migrateInTransaction,
  missingMigrations,
} from '../migrations.ts';
import type { BackupProgress, Manifest, SavedTable } from './manifest.ts';
import { checkBackup, visitBackup } from './open-backup.ts';
import { isEmptyDatabase, ownSchemas, qualified, suspendRules, tablesToSave } from './tables.ts';

export interface RestoreOptions {
  /** Of an empty database: no schema step may have run in it. */
  readonly pool: Pool;
  /** Folder for the content-addressed files; empty or missing. */
  readonly blobs?: string;
  /** Where the installation's keys go; the file must be missing or already hold the same. */
  readonly secrets?: string;
  readonly file: string;
  readonly migrations: readonly Migration[];
  /** Makes schemas that have steps of their own, such as that of the job queue, before rows are loaded. */
  readonly prepare?: (pool: Pool) => Promise<void>;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/**
 * When it returns, database and blobs are as they were saved, and newer schema steps have run; when it throws, both are
 * as empty as before. Refuses with the `backup.*` codes and those of `migrate`.
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const manifest = await checkBackup(options.file, options.onProgress);
  const steps = stepsOf(manifest, options);
  const draft = options.blobs === undefined ? undefined : `${resolve(options.blobs)}.restoring`;
  await refuseFilledBlobs(options.blobs, manifest);
  const secrets = await placeForSecrets(options.secrets, manifest);
  const client = await options.pool.connect();
  let schemas: readonly string[] | undefined;
  let blobsPlaced = false;
  let secretsPlaced = false;
  try {
    if (!(await isEmptyDatabase(client)))
      throw refuse('backup.not-empty', 'The database holds tables already.');
    schemas = await ownSchemas(client);
    await options.prepare?.(options.pool);
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const keys = await load(client, manifest, steps, options, draft);
    if (secrets !== undefined && keys) {
      await mkdir(dirname(secrets), { recursive: true, mode: 0o700 });
      secretsPlaced = true;
      await writeFile(secrets, keys, { flag: 'wx', mode: 0o600, flush: true });
    }
    if (draft && options.blobs && manifest.blobs.count > 0) {
      await placeBlobs(draft, options.blobs);
      blobsPlaced = true;
    }
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true); // it may be in the middle of COPY: closing it rolls everything back
    if (blobsPlaced) await rm(options.blobs!, { recursive: true, force: true });
    if (secretsPlaced) await rm(secrets!, { force: true });
    if (schemas) await dropNewSchemas(options.pool, schemas);
    throw asRestoreRefusal(error, options.file);
  } finally {
    if (draft) await rm(draft, { recursive: true, force: true });
  }
  await migrate(options.pool, options.migrations);
  return manifest;
}

/** The steps that the saved database had had; a backup of a newer Ward has unknown ones. */
function stepsOf(manifest: Manifest, options: RestoreOptions): readonly Migration[] {
  try {
    const missing = missingMigrations(options.migrations, manifest.migrations);
    return options.migrations.slice(0, options.migrations.length - missing.length);
  } catch (error) {
    if (!isWardError(error) || error.code !== 'database.newer-ward') throw error;
    throw refuse(
      'backup.newer-ward',
      `The backup was written by Ward ${manifest.ward}, which is newer than this one.`,
      { at: options.file, cause: error },
    );
  }
}

async function refuseFilledBlobs(blobs: string | undefined, manifest: Manifest): Promise<void> {
  if (blobs === undefined) {
    if (manifest.blobs.count === 0) return;
    throw refuse('backup.not-empty', 'The backup holds files, and no folder for them was given.');
  }
  const present = await readdir(blobs).catch(() => []);
  if (present.length > 0)
    throw refuse('backup.not-empty', `The folder ${blobs} holds files already.`, { at: blobs });
  await rm(`${resolve(blobs)}.restoring`, { recursive: true, force: true });
}

/** Undefined when there is nothing to write: no keys in the backup, or the same ones are there already. */
async function placeForSecrets(file: string | undefined, manifest: Manifest): Promise<string | undefined> {
  if (file === undefined || manifest.secrets === undefined) return undefined;
  const present = await readFile(file).catch((error: unknown) => {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  });
  if (present === undefined) return resolve(file);
  if (createHash('sha256').update(present).digest('hex') === manifest.secrets.sha256) return undefined;
  throw refuse('backup.not-empty', `The file ${file} holds other keys than the backup.`, { at: file });
}

/** Gives the installation's keys, which are written last. */
async function load(
  client: PoolClient,
  manifest: Manifest,
  steps: readonly Migration[],
  options: RestoreOptions,
  draft: string | undefined,
): Promise<Buffer | undefined> {
  await migrateInTransaction(client, steps);
  const applied = await appliedMigrations(client);
  if (applied.length !== manifest.migrations.length)
    throw refuse('backup.schema-differs', 'The schema steps of the backup did not all run.');
  const tables = await tablesToSave(client);
  for (const saved of manifest.tables)
    checkShape(
      saved,
      tables.find((table) => qualified(table) === qualified(saved)),
    );

  const resumeRules = await suspendRules(client, tables);
  const keys = await loadRows(client, manifest, options, draft);
  for (const saved of manifest.tables) {
    const found = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${qualified(saved)}`);
    if (Number(found.rows[0]?.rows) !== saved.rows) {
      throw refuse(
        'backup.altered',
        `${saved.schema}.${saved.name} has ${found.rows[0]?.rows} rows instead of ${saved.rows}.`,
      );
    }
  }
  for (const sequence of manifest.sequences) {
    await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [
      qualified(sequence),
      sequence.value,
      sequence.called,
    ]);
  }
  await resumeRules();
  return keys;
}

function checkShape(saved: SavedTable, present: { readonly columns: readonly string[] } | undefined): void {
  const missing = saved.columns.filter((column) => !present?.columns.includes(column));
  if (present && missing.length === 0) return;
  const what = present ? `has no column ${missing.join(', ')}` : 'does not exist';
  throw refuse(
    'backup.schema-differs',
    `Table ${saved.schema}.${saved.name} of the backup ${what} in this schema.`,
  );
}

async function loadRows(
  client: PoolClient,
  manifest: Manifest,
  options: RestoreOptions,
  draft: string | undefined,
): Promise<Buffer | undefined> {
  let keys: Buffer | undefined;
  let open: { place: number; copy: CopyStreamQuery } | undefined;
  let bytes = 0;
  const close = async (): Promise<void> => {
    if (!open) return;
    const { copy } = open;
    open = undefined;
    const finished = once(copy, 'finish');
    copy.end();
    await finished;
  };
  await visitBackup(options.file, {
    async table(place, content) {
      const saved = manifest.tables[place];
      if (!saved) throw refuse('backup.altered', 'The backup changed while it was read.');
      if (open?.place !== place) {
        await close();
        const columns = saved.columns.map((column) => escapeIdentifier(column)).join(', ');
        const copy = client.query(copyFrom(`COPY ${qualified(saved)} (${columns}) FROM STDIN`));
        copy.on('error', () => {}); // what the server says reaches the writer that waits
        open = { place, copy };
      }
      for await (const data of content) {
        await write(open.copy, data);
        bytes += data.length;
      }
      options.onProgress?.({ step: 'restore', part: `${saved.schema}.${saved.name}`, bytes });
    },
    async blob(path, size, content) {
      await close();
      const target = join(draft!, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await pipeline(content, createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true }));
      bytes += size;
      options.onProgress?.({ step: 'restore', part: 'blobs', bytes });
    },
    async secrets(content) {
      keys = content;
    },
  });
  await close();
  return keys;
}

/** Waits until the server has taken the data, or throws what the server said. */
function write(copy: CopyStreamQuery, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    copy.once('error', reject);
    copy.write(data, (error) => {
      copy.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function placeBlobs(draft: string, blobs: string): Promise<void> {
  await rmdir(blobs).catch((error: unknown) => {
    if (!isFileError(error, 'ENOENT')) throw error;
  });
  await rename(draft, blobs);
}

async function dropNewSchemas(pool: Pool, before: readonly string[]): Promise<void> {
  for (const schema of await ownSchemas(pool)) {
    if (!before.includes(schema)) await pool.query(`DROP SCHEMA ${escapeIdentifier(schema)} CASCADE`);
  }
}

function asRestoreRefusal(error: unknown, file: string): unknown {
  if (isWardError(error)) return error;
  const { code } = error as { code?: string };
  const words = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === '53100')
    return refuse('data.disk-full', 'There is no space left to restore the backup.', { cause: error });
  // PostgreSQL's error classes: 22 malformed value, 23 rule broken, 42 names that do not exist.
  if (/^2[23]/.test(code ?? ''))
    return refuse('backup.altered', `The rows of the backup break a rule of the schema: ${words}.`, {
      at: file,
      cause: error,
    });
  if (/^42/.test(code ?? ''))
    return refuse('backup.schema-differs', `The backup does not fit: ${words}.`, { at: file, cause: error });
  return error;
}
