// What `ward vex …` and `ward csaf …` do.
import { basename } from 'node:path';
import { askWard, readNamed, type ServerOptions, upload, writeNamed } from '../../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../../cli/output.ts';
import type { VexResult } from './api.ts';
import { checkCsaf } from './check-csaf.ts';
import { parseDocument } from './read-vex.ts';

export async function importCommand(
  file: string,
  options: CommonOptions & ServerOptions & { readonly release?: string; readonly supplier?: string },
): Promise<number> {
  const bytes = await readNamed(file);
  const query = new URLSearchParams({ name: basename(file) });
  if (options.release) query.set('release', options.release);
  if (options.supplier) query.set('supplier', options.supplier);
  const answer = await askWard(options, `/api/vex/upload?${query}`, upload(bytes));
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
  options: CommonOptions &
    ServerOptions & {
      readonly release: string;
      readonly format: string;
      readonly tlp?: string;
      readonly output?: string;
    },
): Promise<number> {
  const query = new URLSearchParams({ format: options.format });
  if (options.tlp) query.set('tlp', options.tlp.toUpperCase());
  const answer = await askWard(options, `/api/releases/${encodeURIComponent(options.release)}/vex?${query}`);
  const text = `${JSON.stringify(await answer.json(), null, 2)}\n`;
  await writeNamed(text, options.output);
  if (options.output !== undefined && !options.json) process.stderr.write(`${options.output} was written.\n`);
  return EXIT.ok;
}

/** Without a server. 0: valid, whatever the warnings; 1: not valid; 3: no JSON. */
export async function checkCommand(file: string, options: CommonOptions): Promise<number> {
  const { valid, problems, tests } = await checkCsaf(parseDocument(await readNamed(file), basename(file)));
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
