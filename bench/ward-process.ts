// The built Ward as a process of its own, started, asked, stopped and killed from outside as a user or a power cut would.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverProcessesIn, signal } from '../workbench/kernel/database/embedded/processes.ts';

/** Another build may be tried with WARD_PROGRAM. */
export const program = resolve(process.env.WARD_PROGRAM ?? 'workbench/dist/server/ward.mjs');

/** Builds Ward when no build is there. Throws when the build fails. */
export function ensureBuilt(): void {
  if (existsSync(program)) return;
  const run = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`The build failed:\n${run.stdout}${run.stderr}`);
}

export interface WardProcessOptions {
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  /** Sends to a whole terminal group as Ctrl-C does. */
  readonly detached?: boolean;
}

export interface WardProcess {
  readonly pid: number;
  /** Null for a worker without pages. */
  readonly url: string | null;
  /** The one-time link that it printed. */
  readonly link: string | null;
  readonly ended: Promise<Ended>;
  output(): { readonly stdout: string; readonly stderr: string };
  /** Ctrl-C; gives the exit code and how long it took. */
  interrupt(): Promise<Ended & { readonly ms: number }>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class DidNotStart extends Error {
  constructor(readonly ended: Ended) {
    super(`Ward ended with ${ended.code ?? ended.signal}: ${ended.stderr}${ended.stdout}`);
  }
}

/** Settles when Ward has said that it runs. Throws `DidNotStart` when it ended before. */
export async function startWard(options: WardProcessOptions): Promise<WardProcess> {
  const child = launch(['start', ...(options.args ?? []), '--data', options.data], options);
  const kept = keepOutput(child);
  const ended = whenEnded(child, kept);
  const ready = new Promise<true>((settle) => {
    child.stdout?.on('data', () => {
      if (kept.stdout.includes('Stop with Ctrl-C')) settle(true);
    });
  });
  const outcome = await Promise.race([ready, ended]);
  if (outcome !== true) throw new DidNotStart(outcome);
  const pid = child.pid as number;
  return {
    pid,
    url: / is running at (\S+)/.exec(kept.stdout)?.[1] ?? null,
    link: /^ {2}(http\S+#\S+)$/m.exec(kept.stdout)?.[1] ?? null,
    ended,
    output: () => ({ ...kept }),
    async interrupt() {
      const began = performance.now();
      signal(pid, 'SIGINT');
      const how = await ended;
      return { ...how, ms: performance.now() - began };
    },
  };
}

/** Runs a command to its end. */
export function runWard(
  args: readonly string[],
  options: Omit<WardProcessOptions, 'data'> = {},
): Promise<Ended> {
  const child = launch(args, options);
  return whenEnded(child, keepOutput(child));
}

function launch(args: readonly string[], options: Omit<WardProcessOptions, 'data'>): ChildProcess {
  const { DATABASE_URL: _url, WARD_DATA: _data, WARD_PORT: _port, ...environment } = process.env;
  return spawn(process.execPath, [program, ...args], {
    env: { ...environment, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
}

interface Kept {
  stdout: string;
  stderr: string;
}

const KEPT_CHARACTERS = 200_000;

function keepOutput(child: ChildProcess): Kept {
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      kept[name] = (kept[name] + text).slice(-KEPT_CHARACTERS);
    });
  }
  return kept;
}

function whenEnded(child: ChildProcess, kept: Kept): Promise<Ended> {
  return new Promise((settle, reject) => {
    child.on('error', reject);
    // `exit`, not `close`: after kill -9 the database server still holds the pipes.
    child.on('exit', (code, killedBy) =>
      setImmediate(() => setTimeout(() => settle({ code, signal: killedBy, ...kept }), 20)),
    );
  });
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export type Kill = 'program' | 'database' | 'both';

/** Kill -9 of the program, of the postmaster with all its backends, or of both at once. */
export function killWard(ward: WardProcess, data: string, what: Kill): void {
  if (what !== 'database') signal(ward.pid, 'SIGKILL');
  if (what !== 'program') for (const pid of databaseProcesses(data)) signal(pid, 'SIGKILL');
}

export function databaseProcesses(data: string): number[] {
  const folder = join(data, 'postgres');
  return existsSync(folder) ? serverProcessesIn(realpathSync(folder)) : [];
}

/** Asks until the pages answer; gives how long that took. Throws after `patienceMs`. */
export async function untilHealthy(url: string, patienceMs = 60_000): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer?.ok) return performance.now() - began;
    if (performance.now() - began > patienceMs) throw new Error(`${url} did not answer in ${patienceMs} ms.`);
    await delay(10);
  }
}
