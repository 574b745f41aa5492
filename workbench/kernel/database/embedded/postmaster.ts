// One run of the PostgreSQL server process, from launch until it is ready and until it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { refuse } from '../errors.ts';
import type { DatabaseLog } from '../log.ts';
import { refusalFromOutput } from './initialise.ts';
import { commandFor, type Runner } from './run-as.ts';
import { socketPort } from './socket-folder.ts';

/** Sized for a small machine (512 MB free, a slow disk) and a team of thousands behind one pool. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '', // nothing on the network
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '64MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  wal_level: 'replica',
  max_wal_senders: '0',
  wal_compression: 'on',
  min_wal_size: '64MB',
  max_wal_size: '1GB',
  checkpoint_completion_target: '0.9',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '1',
  autovacuum_max_workers: '2',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log', // ranks above ERROR: the client gets and logs its own errors, and statements may hold personal data
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_statement: 'none',
};

export interface PostmasterOptions {
  readonly runner: Runner;
  readonly serverFolder: string;
  readonly socketFolder: string;
  readonly extraSettings: Readonly<Record<string, string>>;
  readonly log: DatabaseLog;
}

export interface Postmaster {
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason; holds its last words. */
  readonly ended: Promise<string>;
  /** Fast shutdown; after `patienceMs` the hard way. */
  stop(patienceMs?: number): Promise<void>;
}

// Recovery after a crash replays at most max_wal_size; this is far above what 1 GB takes on a slow disk.
const readyWithinMs = 300_000;

/** Settles when the server takes connections. Refuses with `data.server-did-not-start`, `data.disk-full`, `data.not-writable`. */
export async function launchPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { runner, serverFolder, socketFolder, log } = options;
  const args = ['-D', serverFolder, '-k', socketFolder, '-p', String(socketPort)];
  for (const [name, value] of Object.entries({ ...settings, ...options.extraSettings }))
    args.push('-c', `${name}=${value}`);
  const run = commandFor(runner.runAs, join(runner.programs.bin, 'postgres'), args);
  // Its own process group: Ctrl+C in the terminal must reach Ward alone, which then stops the server in order.
  const child = spawn(run.command, run.args, {
    ...run.options,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });

  const lastLines: string[] = [];
  const ended = whenEnded(child, lastLines);
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 40) lastLines.shift();
      log.info({ line }, 'Database server');
      if (line.includes('database system is ready to accept connections')) resolve(true);
    });
  });
  const timeUp = new AbortController();
  const outcome = await Promise.race([ready, ended, delayed(readyWithinMs, timeUp.signal)]);
  timeUp.abort();
  if (outcome === true)
    return { pid: child.pid!, ended, stop: (patienceMs) => stop(child, ended, patienceMs) };

  if (outcome === undefined) {
    child.kill('SIGKILL');
    throw refuse('data.server-did-not-start', 'The database server was not ready within five minutes.', {
      at: serverFolder,
    });
  }
  throw refusalFromOutput(outcome, serverFolder);
}

function whenEnded(child: ChildProcess, lastLines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', () => resolve(lastLines.join('\n')));
  });
}

async function stop(child: ChildProcess, ended: Promise<string>, patienceMs = 20_000): Promise<void> {
  // SIGINT: roll back, write a checkpoint, end. SIGQUIT: end at once, recover at the next start.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    child.kill(signal);
    const waiting = new AbortController();
    const outcome = await Promise.race([ended, delayed(patienceMs, waiting.signal)]);
    waiting.abort();
    if (outcome !== undefined) return;
  }
}

function delayed(ms: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, undefined);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
