// Whether the build still matches its sources.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildStamp, root, serverProgram, sourceFolders } from './root.mjs';

const skipped = new Set(['node_modules', 'dist', '.git', '.ward']);

/** One text for all sources: changes when a file is added, removed, edited or touched. */
export function sourcesFingerprint(base = root, folders = sourceFolders) {
  const hash = createHash('sha256');
  for (const folder of folders) addFolder(hash, base, folder);
  for (const file of ['package-lock.json', 'package.json', 'tsconfig.json']) addFile(hash, base, file);
  return hash.digest('hex');
}

function addFolder(hash, base, folder) {
  if (!existsSync(join(base, folder))) return;
  const entries = readdirSync(join(base, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !skipped.has(entry.name)) addFolder(hash, base, path);
    else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) addFile(hash, base, path);
  }
}

function addFile(hash, base, path) {
  if (!existsSync(join(base, path))) return;
  const info = statSync(join(base, path));
  hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
}

export function isBuildFresh() {
  if (!existsSync(serverProgram) || !existsSync(buildStamp)) return false;
  try {
    return JSON.parse(readFileSync(buildStamp, 'utf8')).sources === sourcesFingerprint();
  } catch {
    return false;
  }
}
