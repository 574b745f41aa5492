// What a command needs to ask a Ward that runs: its address, the token, its refusals as if they were the command's own; and the
// files that a person names.
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { defineErrors, WardError } from '../kernel/errors.ts';
import type { Problem } from '../kernel/http/problem.ts';

const refuse = defineErrors({
  'command.no-file': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read or written',
    remedy: 'Give the path of a file; "ward help" and the name of the command say which kinds it takes.',
  },
  'command.no-token': {
    status: 401,
    exit: 2,
    title: 'No API token',
    remedy:
      'Make a token on your account page, with a scope to change for what changes and to read for what reads, and set WARD_TOKEN.',
  },
  'command.no-server': {
    status: 503,
    exit: 2,
    title: 'No running Ward',
    remedy: 'Start Ward, or give its address with --url or WARD_URL.',
  },
});

export interface ServerOptions {
  /** Address of Ward; else WARD_URL, else the one that runs on the data folder. */
  readonly url?: string;
  readonly data?: string;
}

/**
 * The answer, when it is a good one. Refuses `command.no-token` and `command.no-server`; a refusal of the server keeps its code, place and
 * remedy, with the exit code that its status stands for.
 */
export async function askWard(
  options: ServerOptions,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const token = process.env.WARD_TOKEN;
  if (!token) throw refuse('command.no-token', 'WARD_TOKEN is not set.', { at: 'WARD_TOKEN' });
  const address = new URL(path, options.url ?? process.env.WARD_URL ?? (await runningUrl(options)));
  const answer = await fetch(address, {
    ...init,
    // A kept connection may be closed by the server at the very moment of the next question.
    headers: { ...init.headers, authorization: `Bearer ${token}`, connection: 'close' },
  }).catch((cause: unknown) => {
    throw refuse('command.no-server', `${address.origin} does not answer.`, { at: address.origin, cause });
  });
  if (!answer.ok) throw errorOf((await answer.json()) as Problem);
  return answer;
}

/** A file's bytes as the body of a change. */
export function upload(bytes: Uint8Array): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  };
}

export function errorOf({ code, status, title, remedy, detail, at }: Problem): WardError {
  const exit = status === 401 || status === 403 ? 2 : status >= 500 ? 4 : 3;
  return new WardError(code, { status: 422, exit, title, remedy }, detail, at === undefined ? {} : { at });
}

/** For an answer that ends before it is whole: nobody knows what was done. */
export function brokenOff(remedy: string): WardError {
  return refuse('command.no-server', `The answer broke off; ${remedy}`);
}

async function runningUrl(options: ServerOptions): Promise<string> {
  const { dataDir } = readConfig(process.env, { data: options.data });
  const text = await readFile(join(dataDir, 'ward.lock'), 'utf8').catch(() => '{}');
  const { url } = JSON.parse(text) as { url?: string };
  if (!url) throw refuse('command.no-server', `No Ward runs on ${dataDir}.`, { at: dataDir });
  return url;
}

/** Refuses `command.no-file` with the system's reason. */
export function readNamed(path: string): Promise<Buffer> {
  return readFile(resolve(path)).catch((cause: NodeJS.ErrnoException) => {
    throw refuse('command.no-file', `${path} cannot be read (${cause.code}).`, { at: path, cause });
  });
}

/** Into the file, or to standard output where none is named. Refuses `command.no-file`. */
export async function writeNamed(content: string | Uint8Array, path: string | undefined): Promise<void> {
  if (path === undefined) process.stdout.write(content);
  else
    await writeFile(resolve(path), content).catch((cause: NodeJS.ErrnoException) => {
      throw refuse('command.no-file', `${path} cannot be written (${cause.code}).`, { at: path, cause });
    });
}
