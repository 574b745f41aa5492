// The data folder: its parts, and the small file that says which Ward and which PostgreSQL it belongs to.
import { access, constants, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isWardError } from '../../errors.ts';
import { refuse } from '../errors.ts';
import { asDataRefusal, isFileError } from './file-errors.ts';

/** Raised when the folder's layout changes in a way that an older Ward must not touch. */
export const dataFormat = 1;

const Description = z.object({ format: z.number().int().min(1), postgres: z.number().int().min(1) });
export type DataDescription = z.infer<typeof Description>;

export interface DataFolder {
  readonly path: string;
  /** PostgreSQL's own folder. */
  readonly server: string;
  /** Where `initdb` works until it is done. */
  readonly draft: string;
  readonly description: string;
  readonly lock: string;
  /** Content-addressed files. */
  readonly blobs: string;
}

export function dataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir);
  return {
    path,
    server: join(path, 'postgres'),
    draft: join(path, 'postgres.initialising'),
    description: join(path, 'ward-data.json'),
    lock: join(path, 'ward.lock'),
    blobs: join(path, 'blobs'),
  };
}

/** Makes the folder when it is missing and proves that it can be written. Refuses with `data.not-writable`, `data.disk-full`. */
export async function prepareDataFolder(folder: DataFolder): Promise<void> {
  try {
    // 0711 as root: the server's own user must be able to pass, nobody else can list or read anything.
    const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
    await mkdir(folder.path, { recursive: true, mode });
    await access(folder.path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asDataRefusal(error, folder.path);
  }
}

/**
 * Reads whom the folder belongs to; undefined for a new one. Touches nothing.
 * Refuses with `data.newer-ward`, `data.unreadable`, `data.not-writable`.
 */
export async function readDescription(folder: DataFolder): Promise<DataDescription | undefined> {
  try {
    const text = await readFile(folder.description, 'utf8').catch((error: unknown) => {
      if (isFileError(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (text === undefined) return await descriptionOfServer(folder);
    return checkedDescription(folder, text);
  } catch (error) {
    if (isWardError(error)) throw error;
    throw asDataRefusal(error, folder.description);
  }
}

function checkedDescription(folder: DataFolder, text: string): DataDescription {
  let value: unknown;
  try {
    value = text.length > 10_000 ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = Description.safeParse(value);
  if (!parsed.success) {
    throw refuse('data.unreadable', 'The file that describes the data folder cannot be read.', {
      at: folder.description,
    });
  }
  if (parsed.data.format > dataFormat) {
    throw refuse(
      'data.newer-ward',
      `The data folder has format ${parsed.data.format}; this Ward knows format ${dataFormat}.`,
      {
        at: folder.description,
      },
    );
  }
  return parsed.data;
}

/** A start was cut off between `initdb` and the description: PostgreSQL's own file tells the version. */
async function descriptionOfServer(folder: DataFolder): Promise<DataDescription | undefined> {
  const text = await readFile(join(folder.server, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const major = Number.parseInt(text ?? '', 10);
  if (Number.isInteger(major)) return { format: dataFormat, postgres: major };
  if (await stat(folder.server).catch(() => undefined)) {
    throw refuse(
      'data.unreadable',
      'The folder "postgres" in the data folder is not a PostgreSQL data folder.',
      { at: folder.server },
    );
  }
  return undefined;
}

export async function writeDescription(folder: DataFolder, description: DataDescription): Promise<void> {
  const draft = `${folder.description}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(description)}\n`, { mode: 0o600, flush: true });
  await rename(draft, folder.description);
}
