// Where the real models of others lie that tests read in place: beside the checkout, or beside the folder of several ones.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SHARED = [resolve('../shared'), resolve('../../shared')].find((folder) =>
  existsSync(join(folder, 'threat-models')),
);

export const MODELS_PRESENT = SHARED !== undefined;
/** Says in the test's name that it is skipped, and why. */
export const titled = (text: string) => (MODELS_PRESENT ? text : `${text} (skipped: ../shared is absent)`);

export function sharedFile(path: string): Buffer {
  return readFileSync(join(SHARED ?? '', path));
}

/** A file of `threat-models/` as an import takes it. */
export function sharedModel(path: string): { name: string; bytes: Uint8Array } {
  return { name: path, bytes: sharedFile(join('threat-models', path)) };
}

/** Paths below `threat-models/`, sorted. */
export function sharedModelPaths(folder = ''): string[] {
  const base = join(SHARED ?? '', 'threat-models', folder);
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'PROVENANCE.md')
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(base.length + (folder === '' ? 0 : -folder.length))
        .replace(/^\//, ''),
    )
    .sort();
}
