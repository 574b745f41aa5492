// The built program, started as a user starts it, on a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(process.cwd(), 'workbench', 'dist', 'server', 'ward.mjs');

export interface RunningWard {
  readonly url: string;
  /** The one-time link that the start printed. */
  readonly link: string;
  readonly data: string;
  /** Everything that it wrote. */
  output(): string;
  stop(): Promise<void>;
}

/** `settings` gives environment variables, knowing the address at which Ward will be. */
export async function startProgram(
  args: readonly string[] = [],
  settings: (url: string) => Promise<NodeJS.ProcessEnv> = async () => ({}),
): Promise<RunningWard> {
  if (!existsSync(program)) throw new Error('The program is not built: run "npm run build" first.');
  const data = await mkdtemp(join(tmpdir(), 'ward-browser-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, ...(await settings(url)) };
  const child = spawn(
    process.execPath,
    [program, 'start', '--port', String(port), '--data', join(data, 'data'), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env },
  );
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const link = await waitForLink(child, () => text);
  return {
    url,
    link,
    data,
    output: () => text,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function waitForLink(child: ChildProcess, text: () => string): Promise<string> {
  const until = Date.now() + 60_000;
  for (;;) {
    const found = /http:\/\/\S+#\S+/.exec(text());
    if (found) return found[0];
    if (child.exitCode !== null || Date.now() > until) throw new Error(`Ward did not start:\n${text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
