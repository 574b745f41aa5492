// npm packages cannot carry symbolic links, and newer npm may not run the install script that makes them:
// the links of `pg-symlinks.json` are therefore made here, at every start, when they are missing.
import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { isFileError } from './file-errors.ts';

const Links = z.array(z.object({ source: z.string().max(300), target: z.string().max(300) })).max(500);

/** True when every library link exists afterwards; false when the folder may not be written by this user. */
export async function linkLibraries(movable: string): Promise<boolean> {
  const packageFolder = dirname(movable);
  const text = await readFile(join(movable, 'pg-symlinks.json'), 'utf8').catch(() => '[]');

  for (const link of Links.parse(JSON.parse(text))) {
    const source = resolve(packageFolder, link.source);
    const target = resolve(packageFolder, link.target);
    if (!source.startsWith(movable + sep) || !target.startsWith(movable + sep)) continue;
    if (await lstat(target).catch(() => undefined)) continue;
    try {
      await symlink(relative(dirname(target), source), target);
    } catch (error) {
      if (isFileError(error, 'EEXIST')) continue; // another Ward made it in the same moment
      if (isFileError(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC')) return false;
      throw error;
    }
  }
  return true;
}
