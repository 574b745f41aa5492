// The demonstration as its command starts it: lasers, panels and console as real processes beside a running Ward.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningWard } from './running-ward.ts';

const run = promisify(execFile);
const scripts = join(process.cwd(), 'scripts', 'run.mjs');
const program = join(process.cwd(), 'workbench', 'dist', 'server', 'ward.mjs');

export interface FleetProcess {
  readonly console: string;
  readonly panels: string;
  readonly folder: string;
  output(): string;
  /** An update of the lasers; a broken one fails its health check. */
  build(version: string, broken?: boolean): Promise<string>;
  /** A verb in an open service session, as the engineer's laptop asks it. */
  service(serial: string, verb: string, person: string): Promise<string>;
  /** `ward fleet …` on the data folder of the Ward. */
  ward(...args: readonly string[]): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startFleet(ward: RunningWard, units: number): Promise<FleetProcess> {
  const data = join(ward.data, 'data');
  const folder = join(ward.data, 'fleet');
  const port = await freeBase();
  const common = ['--data', data, '--fleet', folder, '--port', String(port)];
  const child = spawn(
    process.execPath,
    [scripts, 'laser/launch.ts', '--units', String(units), '--workbench', ward.url, ...common],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await untilListening(child, units, () => text);
  const launch = async (...args: readonly string[]) =>
    (await run(process.execPath, [scripts, 'laser/launch.ts', ...args])).stdout;
  return {
    console: `http://127.0.0.1:${port + 90}`,
    panels: `http://127.0.0.1:${port + 91}`,
    folder,
    output: () => text,
    async build(version, broken = false) {
      const out = join(ward.data, `lumen-400-${version}.mjs`);
      await launch('build-update', '--version', version, '--out', out, ...(broken ? ['--broken'] : []));
      return out;
    },
    service: (serial, verb, person) => launch('service', serial, verb, '--person', person, ...common),
    async ward(...args) {
      const { stdout } = await run(process.execPath, [program, 'fleet', ...args, '--data', data, '--json']);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilListening(child: ChildProcess, units: number, text: () => string): Promise<void> {
  const until = Date.now() + 120_000;
  // The pages say so when they listen; the console first asks the workbench who was taken back.
  const pages = /^Front panels: .*^Operator console: |^Operator console: .*^Front panels: /ms;
  while ((text().match(/ listens on /g) ?? []).length < units || !pages.test(text())) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`The fleet did not start:\n${text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A port from which on some hundred are likely free: the first and the last two that are used are tried. */
async function freeBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 200) * 100;
    const free = await Promise.all([base + 1, base + 90, base + 91].map(isFree));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
