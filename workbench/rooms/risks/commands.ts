// What `ward harms …` does.
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { readConfig } from '../../config.ts';
import { defineErrors, WardError } from '../../kernel/errors.ts';
import type { Problem } from '../../kernel/http/problem.ts';
import type { HarmImportView } from './contract.ts';
import { readMapOption } from './safety-file/map-option.ts';

export const refuseCommand = defineErrors({
  'harms.no-file': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read',
    remedy: 'Give the path of a CSV, XLSX, JSON or ReqIF file.',
  },
  'harms.no-token': {
    status: 401,
    exit: 2,
    title: 'No API token',
    remedy: 'Make a token with the scope records:write on your account page and set WARD_TOKEN.',
  },
  'harms.no-server': {
    status: 503,
    exit: 2,
    title: 'No running Ward',
    remedy: 'Start Ward, or give its address with --url or WARD_URL.',
  },
});

interface ImportOptions extends CommonOptions {
  readonly product: string;
  readonly map?: string;
  readonly dryRun?: boolean;
  readonly url?: string;
  readonly data?: string;
}

export async function importHarmsCommand(file: string, options: ImportOptions): Promise<number> {
  const bytes = await read(file);
  const token = process.env.WARD_TOKEN;
  if (!token) throw refuseCommand('harms.no-token', 'WARD_TOKEN is not set.', { at: 'WARD_TOKEN' });
  const base = options.url ?? process.env.WARD_URL ?? (await runningUrl(options));
  const ask = async (path: string, query: Readonly<Record<string, string>>): Promise<unknown> => {
    const address = new URL(path, base);
    address.searchParams.set('product', options.product);
    address.searchParams.set('name', basename(file));
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const answer = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    }).catch((cause: unknown) => {
      throw refuseCommand('harms.no-server', `${address.origin} does not answer.`, {
        at: address.origin,
        cause,
      });
    });
    if (!answer.ok) throw asError((await answer.json()) as Problem);
    return answer.json();
  };
  const query: Record<string, string> = options.dryRun ? { dryRun: '1' } : {};
  if (options.map !== undefined) {
    const text = options.map.startsWith('@')
      ? (await read(options.map.slice(1))).toString('utf8')
      : options.map;
    // What is not said stays as the file suggests it.
    const { mapping } = (await ask('/api/harms/preview', {})) as {
      mapping: Parameters<typeof readMapOption>[1];
    };
    query.map = JSON.stringify(readMapOption(text, mapping));
  }
  const result = (await ask('/api/harms/import', query)) as HarmImportView;
  print(options, result, wordsOf(result, file, options.product));
  return EXIT.ok;
}

function wordsOf(result: HarmImportView, file: string, product: string): string {
  const { added, changed, gone, unchanged, stored } = result;
  const counts = `${added.length} new, ${changed.length} changed, ${gone.length} gone, ${unchanged} as before`;
  return [
    stored ? `${file} is imported into ${product}: ${counts}.` : `${file} would bring ${product}: ${counts}.`,
    ...added
      .slice(0, 50)
      .map((harm) => `  new      ${harm.sourceId || harm.at}  ${harm.title} (severity ${harm.severity})`),
    ...changed
      .slice(0, 50)
      .map(
        (harm) =>
          `  changed  ${harm.key}  ${harm.fields.map((field) => `${field.name}: ${cut(field.before)} → ${cut(field.now)}`).join('; ') || 'is back'}${harm.dependants > 0 ? ` (${harm.dependants} links become suspect)` : ''}`,
      ),
    ...gone.slice(0, 50).map((harm) => `  gone     ${harm.key}  ${harm.title}`),
  ].join('\n');
}

const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text || 'nothing');

function read(file: string): Promise<Buffer> {
  return readFile(resolve(file)).catch((cause: NodeJS.ErrnoException) => {
    throw refuseCommand('harms.no-file', `${file} cannot be read (${cause.code}).`, { at: file, cause });
  });
}

function asError(problem: Problem): WardError {
  const exit = problem.status === 401 || problem.status === 403 ? 2 : problem.status >= 500 ? 4 : 3;
  return new WardError(
    problem.code,
    { status: 422, exit, title: problem.title, remedy: problem.remedy },
    problem.detail,
    problem.at === undefined ? {} : { at: problem.at },
  );
}

async function runningUrl(options: { readonly data?: string }): Promise<string> {
  const { dataDir } = readConfig(process.env, { data: options.data });
  const text = await readFile(join(dataDir, 'ward.lock'), 'utf8').catch(() => '{}');
  const { url } = JSON.parse(text) as { url?: string };
  if (!url) throw refuseCommand('harms.no-server', `No Ward runs on ${dataDir}.`, { at: dataDir });
  return url;
}
