// A copy of the PostgreSQL programs in a cache folder that every user may read: for programs under a private home,
// or in a folder where their library links cannot be made.
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { refuse } from '../errors.ts';
import type { ServerPrograms } from './find-binaries.ts';
import { linkLibraries } from './link-libraries.ts';

const Package = z.object({ name: z.string().max(200), version: z.string().regex(/^[\w.+-]{1,60}$/) });

/** Copies once per version (about 60 MB, below a second) and gives back the copy. Refuses with `data.no-server-program`. */
export async function copyPrograms(movable: string): Promise<ServerPrograms> {
  const { name, version } = Package.parse(
    JSON.parse(await readFile(join(dirname(movable), 'package.json'), 'utf8')),
  );
  const target = join(cacheFolder(), `postgres-${basename(name)}-${version}`);
  const copy: ServerPrograms = { bin: join(target, 'native', 'bin'), movable: join(target, 'native') };
  if (await belongsToUs(target)) return copy;

  try {
    const draft = `${target}.${randomBytes(6).toString('hex')}`;
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await cp(movable, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await openForReading(draft);
    await linkLibraries(join(draft, 'native'));
    await rename(draft, target).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!(await belongsToUs(target))) throw error; // else: another Ward was quicker
    });
    return copy;
  } catch (cause) {
    throw refuse(
      'data.no-server-program',
      'The PostgreSQL programs could not be copied to the cache folder.',
      { at: target, cause },
    );
  }
}

function cacheFolder(): string {
  if (process.getuid?.() === 0) return '/var/cache/ward';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ward');
}

/** A folder that someone else could have put there is never run. */
async function belongsToUs(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => undefined);
  return info?.isDirectory() === true && info.uid === process.getuid?.() && (info.mode & 0o022) === 0;
}

async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
