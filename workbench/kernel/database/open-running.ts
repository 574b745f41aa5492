// A command beside a running Ward: talks to its database over the same socket instead of starting a second server.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from './embedded/data-folder.ts';
import { serverDatabase, serverUser } from './embedded/initialise.ts';

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Where the data folder's running server listens, from its `postmaster.pid` (lines 4 and 5: port, socket folder). */
export async function findRunningServer(dataDir: string): Promise<RunningServer | null> {
  const text = await readFile(join(dataFolder(dataDir).server, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const port = Number(lines[3]);
  const host = lines[4] ?? '';
  if (!host.startsWith('/') || !Number.isInteger(port)) return null;
  return { host, port, user: serverUser, database: serverDatabase };
}
