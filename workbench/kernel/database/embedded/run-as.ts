// PostgreSQL refuses to run as root. As root the server therefore runs as `nobody`, or in a user namespace in which
// root is nobody; an ordinary user runs it as himself.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { refuse } from '../errors.ts';
import { copyPrograms } from './copy-programs.ts';
import type { ServerPrograms } from './find-binaries.ts';

export type RunAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace' };

export interface Runner {
  readonly programs: ServerPrograms;
  readonly runAs: RunAs;
  /** Version as `postgres --version` prints it, e.g. `18.4`. */
  readonly version: string;
}

/**
 * Chooses who runs the server: `nobody` where programs and data folder are within its reach, else a user namespace,
 * else `nobody` with a copy of the programs. Refuses with `data.no-unprivileged-user` or `data.no-server-program`.
 */
export async function chooseRunner(programs: ServerPrograms, dataDir: string): Promise<Runner> {
  for await (const candidate of candidates(programs, dataDir)) {
    const version = probe(candidate.programs, candidate.runAs);
    if (version) return { ...candidate, version };
  }
  if (process.getuid?.() === 0) {
    throw refuse(
      'data.no-unprivileged-user',
      'Ward was started as root, and no way was found to run PostgreSQL without root rights.',
      { at: dataDir },
    );
  }
  throw refuse('data.no-server-program', 'The PostgreSQL program does not run on this machine.', {
    at: join(programs.bin, 'postgres'),
    remedy:
      'It needs glibc 2.27 or newer. Set WARD_PG_BIN to a PostgreSQL of this machine, or DATABASE_URL to a server.',
  });
}

type Candidate = Pick<Runner, 'programs' | 'runAs'>;

async function* candidates(programs: ServerPrograms, dataDir: string): AsyncGenerator<Candidate> {
  if (process.getuid?.() !== 0) {
    // A user number without a name (some containers) is refused by initdb; the namespace gives it one.
    if (hasUserName()) yield { programs, runAs: { kind: 'self' } };
    yield { programs, runAs: { kind: 'namespace' } };
    return;
  }
  const nobody: RunAs & { kind: 'user' } = { kind: 'user', ...nobodyIds() };
  const dataWithinReach = await isWithinReach(dataDir, nobody);
  if (dataWithinReach) yield { programs, runAs: nobody };
  yield { programs, runAs: { kind: 'namespace' } };
  if (dataWithinReach && programs.movable) {
    yield { programs: await copyPrograms(programs.movable), runAs: nobody };
  }
}

/** Command, arguments and options that run a server program under the chosen identity. */
export function commandFor(runAs: RunAs, program: string, args: readonly string[]) {
  const options = {
    cwd: '/', // the present folder may be out of reach for the server's user
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  };
  switch (runAs.kind) {
    case 'self':
      return { command: program, args: [...args], options };
    case 'user':
      return { command: program, args: [...args], options: { ...options, uid: runAs.uid, gid: runAs.gid } };
    case 'namespace':
      return {
        command: 'unshare',
        args: ['--user', '--map-user=65534', '--map-group=65534', '--', program, ...args],
        options,
      };
  }
}

function probe(programs: ServerPrograms, runAs: RunAs): string | undefined {
  const { command, args, options } = commandFor(runAs, join(programs.bin, 'postgres'), ['--version']);
  const run = spawnSync(command, args, { ...options, encoding: 'utf8', timeout: 15_000 });
  return run.status === 0 ? /PostgreSQL\) (\d+(?:\.\d+)?)/.exec(run.stdout)?.[1] : undefined;
}

/** Hands a folder and all below it to the server's user; cheap when that is so already. */
export async function giveTo(runAs: RunAs, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const uid = runAs.kind === 'user' ? runAs.uid : 0;
  const gid = runAs.kind === 'user' ? runAs.gid : 0;
  if ((await stat(folder)).uid === uid) return;
  await giveBelow(folder, uid, gid);
  await chown(folder, uid, gid); // last: an interrupted run is seen and done again
}

async function giveBelow(folder: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveBelow(path, uid, gid);
    await lchown(path, uid, gid);
  }
}

/** Whether the user may pass through every folder down to this one. Access lists beyond the mode bits are not read. */
export async function isWithinReach(folder: string, user: { uid: number; gid: number }): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const info = await lstat(at).then(
      (entry) => (entry.isSymbolicLink() ? stat(at) : entry),
      () => undefined,
    );
    if (info) {
      const bit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001;
      if ((info.mode & bit) === 0) return false;
    }
    if (at === dirname(at)) return true;
  }
}

function hasUserName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function nobodyIds(): { uid: number; gid: number } {
  try {
    const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    if (line) return { uid: Number(line[1]), gid: Number(line[2]) };
  } catch {
    // no /etc/passwd: the numbers below are what every Linux uses
  }
  return { uid: 65534, gid: 65534 };
}
