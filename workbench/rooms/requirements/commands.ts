// What `ward requirements …` does.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { readConfig } from '../../config.ts';
import { defineErrors, WardError } from '../../kernel/errors.ts';
import type { Problem } from '../../kernel/http/problem.ts';
import type { ChecksView, ImportView } from './api.ts';
import { checkRequirements, checkSummary, type RequirementFinding } from './check-requirement.ts';
import { readRequirementFile } from './exchange/read-file.ts';

const refuse = defineErrors({
  'requirements.no-file': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read',
    remedy: 'Give the path of a CSV, ReqIF or Markdown file.',
  },
  'requirements.wrong-use': {
    status: 422,
    exit: 2,
    title: 'Neither a file nor a product is named',
    remedy: 'Give a file, or --product with a key such as PRD-1.',
  },
  'requirements.no-token': {
    status: 401,
    exit: 2,
    title: 'No API token',
    remedy:
      'Make a token on your account page, with records:write to import or read to export, and set WARD_TOKEN.',
  },
  'requirements.no-server': {
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

interface Checked {
  readonly key: string;
  readonly title: string;
  readonly findings: readonly RequirementFinding[];
}

/** Exit code 1 when something was found: a build can stop at it. */
export async function checkCommand(
  file: string | undefined,
  options: ServerOptions & { readonly product?: string },
): Promise<number> {
  if ((file === undefined) === (options.product === undefined))
    throw refuse('requirements.wrong-use', 'Name either a file or a product.');
  const { items, summary, losses } = file === undefined ? await ofProduct(options) : await ofFile(file);
  const found = items.filter(({ findings }) => findings.length > 0);
  print(
    options,
    { summary, items, losses },
    [
      `${summary}.`,
      ...found.flatMap(({ key, title, findings }) => [
        `${key} ${title}`,
        ...findings.map(
          ({ field, from, words, why, proposal }) =>
            `  ${field}${words === '' ? '' : ` ${from + 1}: “${words}”`} ${why} ${proposal}`,
        ),
      ]),
      ...losses.map(({ at, message }) => `  ${at}: ${message}`),
    ].join('\n'),
  );
  return found.length > 0 ? EXIT.findings : EXIT.ok;
}

async function ofFile(file: string) {
  const { requirements, losses } = readRequirementFile(await read(file), basename(file));
  const keyOf = (at: number) => requirements[at]?.key || requirements[at]?.source || `requirement ${at + 1}`;
  // Two lines may have one key; the check needs names that differ.
  const checked = checkRequirements(
    requirements.map(({ statement, acceptance }, at) => ({
      key: `${at} ${keyOf(at)}`,
      statement,
      acceptance,
    })),
  );
  const items: Checked[] = checked.map(({ findings }, at) => ({
    key: keyOf(at),
    title: requirements[at]?.title ?? '',
    findings: findings.map((one) => ({ ...one, why: one.why.replace(/^\d+ /, '') })),
  }));
  return { items, summary: checkSummary(checked), losses: losses.slice(0, 200) };
}

async function ofProduct(options: ServerOptions & { readonly product?: string }) {
  const answer = await ask(
    options,
    `/api/requirements/checks?${new URLSearchParams({ product: options.product ?? '' })}`,
  );
  const { items, summary } = (await answer.json()) as ChecksView;
  return { items: items as readonly Checked[], summary, losses: [] as { at: string; message: string }[] };
}

export async function importCommand(
  file: string,
  options: ServerOptions & { readonly product: string; readonly yes?: boolean },
): Promise<number> {
  const bytes = await read(file);
  const send = async (confirm?: string) => {
    const query = new URLSearchParams({
      product: options.product,
      name: basename(file),
      ...(confirm ? { confirm } : {}),
    });
    const answer = await ask(options, `/api/requirements/upload?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    });
    return (await answer.json()) as ImportView;
  };
  const plan = await send();
  const empty = plan.create.length + plan.change.length === 0;
  const result = options.yes && !empty ? await send(plan.digest) : plan;
  print(
    options,
    result,
    [
      `${file} (${plan.format}): ${plan.create.length} new, ${plan.change.length} changed, ${plan.same} the same; ${plan.absent.length} of ${plan.product.key} are not in it and stay.`,
      ...plan.change
        .slice(0, 200)
        .flatMap(({ key, title, fields }) => [
          `  ${key} ${title}`,
          ...fields.map(({ field, before, after }) => `    ${field}: ${brief(before)} → ${brief(after)}`),
        ]),
      ...plan.losses.slice(0, 100).map(({ at, message }) => `  ${at}: ${message}`),
      result.done
        ? `Done: ${result.done.created.length} made, ${result.done.changed.length} changed.`
        : empty
          ? 'There is nothing to do.'
          : 'Nothing was stored; add --yes to do it.',
    ].join('\n'),
  );
  return EXIT.ok;
}

const brief = (text: string) => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line === '' ? '(empty)' : line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

export async function exportCommand(
  options: ServerOptions & { readonly product: string; readonly format: string; readonly out?: string },
): Promise<number> {
  const query = new URLSearchParams({ product: options.product, format: options.format });
  const bytes = Buffer.from(await (await ask(options, `/api/requirements/export?${query}`)).arrayBuffer());
  if (options.out === undefined) {
    process.stdout.write(bytes);
    return EXIT.ok;
  }
  await writeFile(resolve(options.out), bytes).catch((cause: NodeJS.ErrnoException) => {
    throw refuse('requirements.no-file', `${options.out} cannot be written (${cause.code}).`, {
      at: String(options.out),
      cause,
    });
  });
  const value = { product: options.product, format: options.format, file: options.out, bytes: bytes.length };
  print(options, value, `${options.out} holds the requirements of ${options.product} as ${options.format}.`);
  return EXIT.ok;
}

async function ask(options: ServerOptions, path: string, init: RequestInit = {}): Promise<Response> {
  const token = process.env.WARD_TOKEN;
  if (!token) throw refuse('requirements.no-token', 'WARD_TOKEN is not set.', { at: 'WARD_TOKEN' });
  const address = new URL(path, options.url ?? process.env.WARD_URL ?? (await runningUrl(options)));
  const answer = await fetch(address, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw refuse('requirements.no-server', `${address.origin} does not answer.`, {
      at: address.origin,
      cause,
    });
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
  if (!url) throw refuse('requirements.no-server', `No Ward runs on ${dataDir}.`, { at: dataDir });
  return url;
}

function read(file: string): Promise<Buffer> {
  return readFile(resolve(file)).catch((cause: NodeJS.ErrnoException) => {
    throw refuse('requirements.no-file', `${file} cannot be read (${cause.code}).`, { at: file, cause });
  });
}
