// Which files an import reads: the named files, and all files below the named folders, in an order that is always the same.

import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseAdvisory } from './errors.ts';
import type { ImportLimits } from './limits.ts';

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files in order: paths as given, folders sorted by name. Hidden names and symbolic links inside folders are passed
 * over, so a folder cannot lead out of itself. Refuses `advisory.no-such-file` and `advisory.too-many-files`.
 */
export async function findFiles(paths: readonly string[], limits: ImportLimits): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    const named = await stat(path).catch((cause: unknown) => {
      throw refuseAdvisory('advisory.no-such-file', `${path} cannot be read.`, { at: path, cause });
    });
    if (named.isDirectory()) await walk(path, 1, found, limits);
    else if (named.isFile()) found.push({ path, bytes: named.size });
    else
      throw refuseAdvisory('advisory.no-such-file', `${path} is neither a file nor a folder.`, { at: path });
  }
  return found;
}

async function walk(folder: string, depth: number, found: FoundFile[], limits: ImportLimits): Promise<void> {
  if (depth > limits.maxFolderDepth) {
    throw refuseAdvisory(
      'advisory.too-many-files',
      `${folder} lies more than ${limits.maxFolderDepth} folders deep.`,
      { at: folder },
    );
  }
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, depth + 1, found, limits);
    if (!entry.isFile()) continue;
    if (found.length >= limits.maxFiles) {
      throw refuseAdvisory('advisory.too-many-files', `There are more than ${limits.maxFiles} files.`, {
        at: folder,
      });
    }
    found.push({ path, bytes: (await lstat(path)).size });
  }
}
