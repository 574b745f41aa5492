// What `ward vex …` and `ward csaf …` do.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type CommonOptions, EXIT, print } from '../../../cli/output.ts';
import { readConfig } from '../../../config.ts';
import { defineErrors, WardError } from '../../../kernel/errors.ts';
import type { Problem } from '../../../kernel/http/problem.ts';
import type { VexResult } from './api.ts';
import { checkCsaf } from './check-csaf.ts';
import { parseDocument } from './read-vex.ts';

const refuse = defineErrors({
  'vex.no-file': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read',
    remedy: 'Give the path of an OpenVEX, CSAF or CycloneDX file.',
  },
  'vex.no-token': {
    status: 401,
    exit: 2,
    title: 'No API token',
    remedy:
      'Make a token on your account page, with records:write to import or read to export, and set WARD_TOKEN.',
  },
  'vex.no-server': {
    status: 503,
    exit: 2,
    title: 'No running Ward',
    remedy: 'Start Ward, or give its address with --url or WARD_URL.',
  },
});

interface ServerOptions extends CommonOptions {
  readonly url?: string;
  readonly data?: string;
}

export async function importCommand(
  file: string,
  options: ServerOptions & { readonly release?: string; readonly supplier?: string },
): Promise<number> {
  const bytes = await read(file);
  const query = new URLSearchParams({ name: basename(file) });
  if (options.release) query.set('release', options.release);
  if (options.supplier) query.set('supplier', options.supplier);
  const answer = await ask(options, `/api/vex/upload?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  const result = (await answer.json()) as VexResult;
  print(
    options,
    result,
    [
      result.unchanged
        ? `${file} was imported before; nothing was changed.`
        : `${file} is ${result.format} by ${result.author || 'an unnamed author'}: ${result.statements} statements.`,
      `${result.applied} of them speak of a component or release that Ward knows. They are evidence; no finding was changed.`,
      ...result.warnings.slice(0, 20).map((warning) => `  ${warning.at}: ${warning.message}`),
    ].join('\n'),
  );
  return EXIT.ok;
}

export async function exportCommand(
  options: ServerOptions & {
    readonly release: string;
    readonly format: string;
    readonly tlp?: string;
    readonly output?: string;
  },
): Promise<number> {
  const query = new URLSearchParams({ format: options.format });
  if (options.tlp) query.set('tlp', options.tlp.toUpperCase());
  const answer = await ask(options, `/api/releases/${encodeURIComponent(options.release)}/vex?${query}`, {});
  const text = `${JSON.stringify(await answer.json(), null, 2)}\n`;
  if (options.output === undefined) process.stdout.write(text);
  else {
    await writeFile(resolve(options.output), text);
    if (!options.json) process.stderr.write(`${options.output} was written.\n`);
  }
  return EXIT.ok;
}

/** Without a server. 0: valid, whatever the warnings; 1: not valid; 3: no JSON. */
export async function checkCommand(file: string, options: CommonOptions): Promise<number> {
  const { valid, problems, tests } = await checkCsaf(parseDocument(await read(file), basename(file)));
  const errors = problems.filter(({ level }) => level === 'error').length;
  print(
    options,
    { valid, tests, problems },
    [
      valid
        ? `${file} is valid CSAF 2.0: schema and mandatory tests pass (${tests} tests, ${problems.length} warnings).`
        : `${file} is not valid CSAF 2.0: ${errors} ${errors === 1 ? 'error' : 'errors'}.`,
      ...problems
        .slice(0, 100)
        .map(({ level, test, at, message, remedy }) => `  ${level} ${test} at ${at}: ${message} ${remedy}`),
    ].join('\n'),
  );
  return valid ? EXIT.ok : EXIT.findings;
}

async function ask(options: ServerOptions, path: string, init: RequestInit): Promise<Response> {
  const token = process.env.WARD_TOKEN;
  if (!token) throw refuse('vex.no-token', 'WARD_TOKEN is not set.', { at: 'WARD_TOKEN' });
  const address = new URL(path, options.url ?? process.env.WARD_URL ?? (await runningUrl(options)));
  const answer = await fetch(address, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw refuse('vex.no-server', `${address.origin} does not answer.`, { at: address.origin, cause });
  });
  if (answer.ok) return answer;
  const problem = (await answer.json()) as Problem;
  const exit = problem.status === 401 || problem.status === 403 ? 2 : problem.status >= 500 ? 4 : 3;
  throw new WardError(
    problem.code,
    { status: 422, exit, title: problem.title, remedy: problem.remedy },
    problem.detail,
    problem.at === undefined ? {} : { at: problem.at },
  );
}

async function runningUrl(options: ServerOptions): Promise<string> {
  const { dataDir } = readConfig(process.env, { data: options.data });
  const text = await readFile(join(dataDir, 'ward.lock'), 'utf8').catch(() => '{}');
  const { url } = JSON.parse(text) as { url?: string };
  if (!url) throw refuse('vex.no-server', `No Ward runs on ${dataDir}.`, { at: dataDir });
  return url;
}

function read(file: string): Promise<Buffer> {
  return readFile(resolve(file)).catch((cause: NodeJS.ErrnoException) => {
    throw refuse('vex.no-file', `${file} cannot be read (${cause.code}).`, { at: file, cause });
  });
}
