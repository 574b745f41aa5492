// A new data folder: `initdb` works in a draft folder that is renamed when it is complete, so a start that was cut off
// leaves nothing half made.
import { spawn } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '../errors.ts';
import { type DataFolder, dataFormat, writeDescription } from './data-folder.ts';
import { asDataRefusal } from './file-errors.ts';
import { commandFor, giveTo, type Runner } from './run-as.ts';

/** Role and database of the embedded server. */
export const serverUser = 'ward';
export const serverDatabase = 'ward';

/** Refuses with `data.disk-full`, `data.not-writable`, `data.server-did-not-start`; a refused start leaves no half folder. */
export async function initialise(folder: DataFolder, runner: Runner, major: number): Promise<void> {
  try {
    await rm(folder.draft, { recursive: true, force: true });
    await mkdir(folder.draft, { mode: 0o700 });
    await giveTo(runner.runAs, folder.draft);
    await runInitdb(folder, runner, major);
    await rename(folder.draft, folder.server);
    await writeDescription(folder, { format: dataFormat, postgres: major });
  } catch (error) {
    await rm(folder.draft, { recursive: true, force: true }).catch(() => {});
    throw asDataRefusal(error, folder.path);
  }
}

async function runInitdb(folder: DataFolder, runner: Runner, major: number): Promise<void> {
  const args = [
    `--pgdata=${folder.draft}`,
    `--username=${serverUser}`,
    // The socket lies in a folder of mode 0700: whoever reaches it is the server's user, Ward's user or root.
    '--auth=trust',
    '--encoding=UTF8',
    // Order by code point from PostgreSQL's own tables: indexes never depend on the machine's C library (from 17 on).
    ...(major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--lc-collate=C', '--lc-ctype=C']
      : ['--locale=C']),
    ...(major >= 18 ? [] : ['--data-checksums']),
    '--no-instructions',
    '--set=shared_buffers=16MB',
    '--set=max_connections=20',
  ];
  const run = commandFor(runner.runAs, join(runner.programs.bin, 'initdb'), args);
  const output: string[] = [];
  const exit = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(run.command, run.args, { ...run.options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (exit !== 0) throw refusalFromOutput(output.join(''), folder.path);
}

/** The refusal that fits what a server program said last. */
export function refusalFromOutput(output: string, at: string) {
  const last = output.trim().split('\n').slice(-12).join('\n');
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return refuse('data.disk-full', `There is no space left for the data folder ${at}.`, {
      at,
      detail: { output: last },
    });
  }
  if (/Permission denied|Read-only file system|Operation not permitted/.test(output)) {
    return refuse('data.not-writable', `The database server may not write the data folder ${at}.`, {
      at,
      detail: { output: last },
    });
  }
  return refuse(
    'data.server-did-not-start',
    `The database server stopped while starting. Its last words:\n${last}`,
    { at, detail: { output: last } },
  );
}
