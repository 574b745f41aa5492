// One program at a time on a unit's folder: its audit log and vault have one writer. The lock is a name in the kernel (an abstract Unix
// socket), which goes with its holder however that dies; a file would stay.
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseAgent } from './refusals.ts';

/** The one before may take this long to end. */
const WAIT_MS = 10_000;

/**
 * Resolves when this process is alone on the folder, to what gives it free again; at the latest the end of the process does. Refuses
 * `agent.folder-held` when another stays. Only where there are such names (Linux).
 */
export async function holdAlone(folder: string, waitMs = WAIT_MS): Promise<() => void> {
  if (process.platform !== 'linux') return () => undefined;
  const name = `\0ward-unit-${createHash('sha256').update(placeOf(folder)).digest('hex').slice(0, 40)}`;
  for (let waited = 0; ; waited += 20) {
    const held = await hold(name);
    if (held) return () => void held.close();
    if (waited >= waitMs) throw refuseAgent('agent.folder-held', { folder });
    await sleep(20);
  }
}

/** One name for a folder, whichever link leads to it. */
const placeOf = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : resolve(folder));

function hold(name: string): Promise<Server | null> {
  return new Promise((done, failed) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(null) : failed(error),
    );
    server.listen(name, () => {
      server.unref();
      done(server);
    });
  });
}
