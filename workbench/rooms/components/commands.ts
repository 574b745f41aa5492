// What `ward sbom …` does.
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type CommonOptions, EXIT, print, progressLine } from '../../cli/output.ts';
import { readConfig } from '../../config.ts';
import { defineErrors, WardError } from '../../kernel/errors.ts';
import type { Problem } from '../../kernel/http/problem.ts';
import { identify } from '../../knowledge/identity/identify.ts';
import type { SbomResult } from './api.ts';
import { outgoingOfFile } from './outgoing.ts';
import { judgeSbom } from './quality/judge.ts';
import { qualityLines, qualityValue } from './quality/print.ts';
import { readSbom } from './sbom/read-sbom.ts';

export const refuseCommand = defineErrors({
  'sbom.no-file': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read',
    remedy: 'Give the path of a CycloneDX or SPDX file.',
  },
  'sbom.no-token': {
    status: 401,
    exit: 2,
    title: 'No API token',
    remedy: 'Make a token with the scope sbom:write on your account page and set WARD_TOKEN.',
  },
  'sbom.no-server': {
    status: 503,
    exit: 2,
    title: 'No running Ward',
    remedy: 'Start Ward, or give its address with --url or WARD_URL.',
  },
});

interface ImportOptions extends CommonOptions {
  readonly release: string;
  readonly part?: string;
  readonly url?: string;
  readonly data?: string;
}

export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const bytes = await readFileOf(file);
  const token = process.env.WARD_TOKEN;
  if (!token) throw refuseCommand('sbom.no-token', 'WARD_TOKEN is not set.', { at: 'WARD_TOKEN' });
  const base = options.url ?? process.env.WARD_URL ?? (await runningUrl(options));
  const address = new URL('/api/sboms/upload', base);
  address.searchParams.set('release', options.release);
  address.searchParams.set('name', basename(file));
  address.searchParams.set('progress', 'lines');
  if (options.part) address.searchParams.set('part', options.part);
  const answer = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  }).catch((cause: unknown) => {
    throw refuseCommand('sbom.no-server', `${address.origin} does not answer.`, {
      at: address.origin,
      cause,
    });
  });
  if (!answer.ok) throw asError((await answer.json()) as Problem);
  const result = await followLines(answer);
  const left = result.components - result.watched;
  print(
    options,
    result,
    [
      result.unchanged
        ? `${file} is the SBOM of ${result.releaseKey} already; nothing was changed.`
        : `${file} is now the SBOM of ${result.releaseKey}${result.part ? ` (${result.part})` : ''}: ${result.format}.`,
      `${result.components} components, ${result.watched} with an identity, ${left} not watched.`,
      ...result.warnings.slice(0, 20).map((warning) => `  ${warning.at}: ${warning.message}`),
    ].join('\n'),
  );
  return EXIT.ok;
}

async function followLines(answer: Response): Promise<SbomResult> {
  const line = progressLine();
  let rest = '';
  let result: SbomResult | undefined;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    rest += Buffer.from(chunk).toString('utf8');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const value = JSON.parse(text) as {
        phase?: string;
        done?: number;
        total?: number;
        result?: SbomResult;
        problem?: Problem;
      };
      if (value.problem) throw asError(value.problem);
      if (value.result) result = value.result;
      else line.show(`${value.phase} ${value.done} of ${value.total}`);
    }
  }
  line.done();
  if (!result)
    throw refuseCommand('sbom.no-server', 'The answer broke off; look at the release before you try again.');
  return result;
}

export function asError(problem: Problem): WardError {
  const exit = problem.status === 401 || problem.status === 403 ? 2 : problem.status >= 500 ? 4 : 3;
  return new WardError(
    problem.code,
    { status: 422, exit, title: problem.title, remedy: problem.remedy },
    problem.detail,
    problem.at === undefined ? {} : { at: problem.at },
  );
}

export async function runningUrl(options: { readonly data?: string }): Promise<string> {
  const { dataDir } = readConfig(process.env, { data: options.data });
  const text = await readFile(join(dataDir, 'ward.lock'), 'utf8').catch(() => '{}');
  const { url } = JSON.parse(text) as { url?: string };
  if (!url) throw refuseCommand('sbom.no-server', `No Ward runs on ${dataDir}.`, { at: dataDir });
  return url;
}

export async function checkCommand(
  file: string,
  options: CommonOptions & { readonly strict?: boolean; readonly missing?: boolean },
): Promise<number> {
  const sbom = readSbom(await readFileOf(file), basename(file), {
    strict: options.strict === true,
    whole: true,
  });
  const quality = judgeSbom(outgoingOfFile(sbom));
  const identified = sbom.components.map((component) => ({ component, ...identify(component) }));
  const reasons = new Map<string, number>();
  for (const { notWatched } of identified)
    if (notWatched) reasons.set(notWatched, (reasons.get(notWatched) ?? 0) + 1);
  const notWatched = Object.fromEntries(reasons);
  const value = {
    format: sbom.format,
    specVersion: sbom.specVersion,
    subject: sbom.subject?.name ?? null,
    components: sbom.components.length,
    dependencies: sbom.dependencies.length,
    notWatched,
    warnings: sbom.warnings,
    quality: qualityValue(quality),
  };
  print(
    options,
    value,
    [
      `${file}: ${sbom.format} ${sbom.specVersion}, ${sbom.components.length} components${sbom.subject ? ` of ${sbom.subject.name} ${sbom.subject.version ?? ''}` : ''}.`,
      ...[...reasons].map(([reason, n]) => `  ${n} cannot be watched: ${reason}`),
      ...qualityLines(quality, options.missing === true),
      ...sbom.warnings.slice(0, 50).map((warning) => `  ${warning.at}: ${warning.message}`),
    ].join('\n'),
  );
  return EXIT.ok;
}

export function readFileOf(file: string): Promise<Buffer> {
  return readFile(resolve(file)).catch((cause: NodeJS.ErrnoException) => {
    throw refuseCommand('sbom.no-file', `${file} cannot be read (${cause.code}).`, { at: file, cause });
  });
}
