// One application at a time on a unit's folder: its audit log and vault have one writer. The lock is a name in the kernel (an abstract Unix
// socket), which goes with its holder however that dies; a file would stay.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 10_000;

/** Resolves when this process is alone on the folder; rejects when another stays. Only where there are such names (Linux). */
export async function holdAlone(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const name = `\0lumen-${createHash('sha256').update(folder).digest('hex').slice(0, 40)}`;
  for (let waited = 0; ; waited += 20) {
    if (await hold(name)) return;
    if (waited >= WAIT_MS) throw new Error(`another application holds ${folder}`);
    await sleep(20);
  }
}

function hold(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(name, () => {
      server.unref();
      resolve(true);
    });
  });
}
