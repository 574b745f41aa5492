// A server that outlived its Ward (kill -9): found by `postmaster.pid` and its working folder, and stopped before a new one starts.
import { readFile, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseLog } from '../log.ts';
import { isInUse, serverProcessesIn, signal } from './processes.ts';
import { socketFolderPrefix } from './socket-folder.ts';

const fastStopMs = 20_000;
const orphanStopMs = 2_000;

/** Afterwards no process works on the server folder any more, and what the old one left in the way is gone. */
export async function clearLeftover(
  serverFolder: string,
  log: DatabaseLog,
  options: { readonly keepSocketFolder?: boolean } = {},
): Promise<void> {
  const pidFile = join(serverFolder, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const noted = Number.parseInt(lines[0] ?? '', 10);
  const folder = await realpath(serverFolder);

  let running = serverProcessesIn(folder);
  if (running.length > 0) {
    const postmaster = running.includes(noted) ? noted : undefined;
    log.warn(
      { postmaster, processes: running.length },
      'Stopping a database server left over from an earlier run',
    );
    if (postmaster) signal(postmaster, 'SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
    running = await waitUntilGone(folder, postmaster ? fastStopMs : orphanStopMs);
    for (const pid of running) signal(pid, 'SIGKILL');
    await waitUntilGone(folder, orphanStopMs);
  }

  // PostgreSQL refuses to start while the noted number is in use, even by an unrelated process, or by its own dead one
  // that nobody has collected yet (in a container without an init).
  if (process.platform === 'linux' && isInUse(noted)) await rm(pidFile, { force: true });
  const socketFolder = lines[4] ?? '';
  if (!options.keepSocketFolder && basename(socketFolder).startsWith(socketFolderPrefix)) {
    await rm(socketFolder, { recursive: true, force: true }).catch(() => {});
  }
}

async function waitUntilGone(folder: string, patienceMs: number): Promise<number[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const running = serverProcessesIn(folder);
    if (running.length === 0 || Date.now() > deadline) return running;
    await delay(10);
  }
}
