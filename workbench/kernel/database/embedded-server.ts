// The PostgreSQL that Ward brings along: found, initialised, started, watched and stopped. Unix socket only.
import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { WardError } from '../errors.ts';
import { isWardError } from '../errors.ts';
import { copyPrograms } from './embedded/copy-programs.ts';
import {
  type DataFolder,
  dataFolder,
  dataFormat,
  prepareDataFolder,
  readDescription,
  writeDescription,
} from './embedded/data-folder.ts';
import { asDataRefusal } from './embedded/file-errors.ts';
import { findServerPrograms, type ServerPrograms } from './embedded/find-binaries.ts';
import { type FolderLock, lockFolder } from './embedded/folder-lock.ts';
import { initialise, serverDatabase, serverUser } from './embedded/initialise.ts';
import { clearLeftover } from './embedded/leftover.ts';
import { linkLibraries } from './embedded/link-libraries.ts';
import { launchPostmaster, type Postmaster } from './embedded/postmaster.ts';
import { signal } from './embedded/processes.ts';
import { chooseRunner, giveTo, type Runner } from './embedded/run-as.ts';
import { makeSocketFolder, removeSocketFolder, socketPort } from './embedded/socket-folder.ts';
import { refuse } from './errors.ts';
import type { DatabaseLog } from './log.ts';

export interface EmbeddedServerOptions {
  readonly dataDir: string;
  readonly log: DatabaseLog;
  /** PostgreSQL settings that replace Ward's own, for tests and tuning. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedServer {
  readonly folder: DataFolder;
  /** Connection settings for `pg`. */
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly connectionString: string;
  readonly version: string;
  /** The server's process; changes when it had to be started again. */
  readonly pid: number;
  /** How the server came to run without root rights. */
  readonly runsAs: Runner['runAs']['kind'];
  /** Settles only when the server died and could not be started again. */
  readonly lost: Promise<WardError>;
  /** Tells a second start on this folder where the pages of this one are. */
  announce(url: string): Promise<void>;
  /** Ends all sessions, writes everything, frees the folder. Close pools first. */
  stop(): Promise<void>;
}

/**
 * Starts the server on a data folder, which it initialises when it is new. When this returns, the database `ward`
 * takes connections; when it throws, no process is left and an existing folder is as it was.
 * Refuses with the `data.*` codes. Costs about 50 ms, a new folder about a second.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const folder = dataFolder(options.dataDir);
  const programs = await usablePrograms();
  await readDescription(folder); // before anything is touched
  await prepareDataFolder(folder);
  const lock = await lockFolder(folder.lock);
  let socketFolder: string | undefined;
  try {
    const runner = await chooseRunner(programs, folder.path);
    await readyFolder(folder, runner, options.log);
    socketFolder = await makeSocketFolder(runner.runAs);
    return await supervise({ ...options, folder, runner, lock, socketFolder });
  } catch (error) {
    if (socketFolder) await removeSocketFolder(socketFolder);
    await lock.release();
    throw isWardError(error) ? error : asDataRefusal(error, folder.path);
  }
}

async function usablePrograms(): Promise<ServerPrograms> {
  const programs = findServerPrograms();
  if (programs.movable === undefined || (await linkLibraries(programs.movable))) return programs;
  return copyPrograms(programs.movable);
}

async function readyFolder(folder: DataFolder, runner: Runner, log: DatabaseLog): Promise<void> {
  const major = Number.parseInt(runner.version, 10);
  const description = await readDescription(folder);
  if (description === undefined) {
    log.info({ folder: folder.path }, 'Preparing a new data folder');
    return initialise(folder, runner, major);
  }
  if (description.postgres !== major) {
    throw refuse(
      'data.other-postgres',
      `The data folder was written by PostgreSQL ${description.postgres}; this Ward brings PostgreSQL ${major}.`,
      {
        at: folder.path,
      },
    );
  }
  await clearLeftover(folder.server, log);
  await giveTo(runner.runAs, folder.server);
  await writeDescription(folder, { format: dataFormat, postgres: major });
}

interface Parts extends EmbeddedServerOptions {
  readonly folder: DataFolder;
  readonly runner: Runner;
  readonly lock: FolderLock;
  readonly socketFolder: string;
}

/** At most this many restarts within the window; then the server is given up. */
const restartLimit = 5;
const restartWindowMs = 60_000;

async function supervise(parts: Parts): Promise<EmbeddedServer> {
  const { folder, runner, lock, socketFolder, log } = parts;
  const serverFolder = await realpath(folder.server);
  const launch = () =>
    launchPostmaster({ runner, serverFolder, socketFolder, extraSettings: parts.settings ?? {}, log });
  const config = { host: socketFolder, port: socketPort, user: serverUser, database: serverDatabase };

  let postmaster = await launch();
  let stopping: Promise<void> | undefined;
  let restarting: Promise<void> = Promise.resolve();
  let giveUp: (error: WardError) => void = () => {};
  const lost = new Promise<WardError>((resolve) => {
    giveUp = resolve;
  });
  const restarts: number[] = [];

  const watch = (watched: Postmaster): void => {
    watched.ended.then((words) => {
      if (stopping) return;
      log.error({ words }, 'The database server ended unexpectedly and is started again');
      restarting = restart(words).catch((error: unknown) => giveUp(gaveUp(String(error), folder.path)));
    });
  };
  const restart = async (words: string): Promise<void> => {
    const now = Date.now();
    while (restarts.length > 0 && now - restarts[0]! > restartWindowMs) restarts.shift();
    restarts.push(now);
    if (restarts.length > restartLimit) return giveUp(gaveUp(words, folder.path));
    await delay(50 * (restarts.length - 1));
    // Backends of the dead server hold its shared memory until they notice; the socket folder stays ours.
    await clearLeftover(serverFolder, log, { keepSocketFolder: true });
    if (stopping) return;
    postmaster = await launch();
    watch(postmaster);
  };

  // process.exit without stop(): nothing asynchronous runs any more, but the server can still be told to end.
  const atExit = (): void => void signal(postmaster.pid, 'SIGINT');
  process.on('exit', atExit);

  const stop = async (): Promise<void> => {
    await restarting;
    await postmaster.stop();
    process.off('exit', atExit);
    await removeSocketFolder(socketFolder);
    await lock.release();
  };

  try {
    await ensureDatabase(config);
  } catch (error) {
    stopping = postmaster.stop();
    await stopping;
    process.off('exit', atExit);
    throw error;
  }
  watch(postmaster);

  return {
    folder,
    config,
    connectionString: `postgresql://${serverUser}@${encodeURIComponent(socketFolder)}:${socketPort}/${serverDatabase}`,
    version: runner.version,
    runsAs: runner.runAs.kind,
    lost,
    get pid() {
      return postmaster.pid;
    },
    announce: (url) => lock.announce(url),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function gaveUp(words: string, at: string): WardError {
  return refuse('data.server-gave-up', 'The database server ended again and again and was given up.', {
    at,
    detail: { words },
  });
}

async function ensureDatabase(config: EmbeddedServer['config']): Promise<void> {
  const client = new pg.Client({ ...config, database: 'postgres' });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [serverDatabase]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${serverDatabase}`);
  } finally {
    await client.end();
  }
}
