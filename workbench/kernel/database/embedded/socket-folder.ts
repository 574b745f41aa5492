// A private folder with a short path for the server's Unix socket.
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuse } from '../errors.ts';
import { isWithinReach, type RunAs } from './run-as.ts';

export const socketFolderPrefix = 'ward-pg-';
/** The number in the socket's file name; nothing listens on the network. */
export const socketPort = 5432;

// sun_path holds 107 bytes on Linux and 103 on macOS, without the closing zero (unix(7)).
const longestSocketPath = 103;

/** The folder has mode 0700 and belongs to the server's user. Refuses with `data.no-socket-folder`. */
export async function makeSocketFolder(runAs: RunAs, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const tried: string[] = [];
  for (const parent of [env.XDG_RUNTIME_DIR, tmpdir(), '/tmp', '/var/tmp', '/dev/shm']) {
    if (!parent || tried.includes(parent)) continue;
    tried.push(parent);
    const folder = await tryIn(parent, runAs);
    if (folder) return folder;
  }
  throw refuse(
    'data.no-socket-folder',
    `None of these folders can hold the database socket: ${tried.join(', ')}.`,
  );
}

async function tryIn(parent: string, runAs: RunAs): Promise<string | undefined> {
  const longest = Buffer.byteLength(join(parent, `${socketFolderPrefix}XXXXXX`, `.s.PGSQL.${socketPort}`));
  if (!parent.startsWith('/') || longest > longestSocketPath) return undefined;
  if (runAs.kind === 'user' && !(await isWithinReach(parent, runAs))) return undefined;
  try {
    const folder = await mkdtemp(join(parent, socketFolderPrefix));
    if (runAs.kind === 'user') await chown(folder, runAs.uid, runAs.gid);
    return folder;
  } catch {
    return undefined; // not there, or not ours to write
  }
}

export async function removeSocketFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
