// What `ward requirements …` does.
import { basename } from 'node:path';
import { askWard, readNamed, type ServerOptions, upload, writeNamed } from '../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { defineErrors } from '../../kernel/errors.ts';
import type { ChecksView, ImportView } from './api.ts';
import { checkRequirements, checkSummary, type RequirementFinding } from './check-requirement.ts';
import { readRequirementFile } from './exchange/read-file.ts';

const refuse = defineErrors({
  'requirements.wrong-use': {
    status: 422,
    exit: 2,
    title: 'Neither a file nor a product is named',
    remedy: 'Give a file, or --product with a key such as PRD-1.',
  },
});

interface Checked {
  readonly key: string;
  readonly title: string;
  readonly findings: readonly RequirementFinding[];
}

/** Exit code 1 when something was found: a build can stop at it. */
export async function checkCommand(
  file: string | undefined,
  options: CommonOptions & ServerOptions & { readonly product?: string },
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
  const { requirements, losses } = readRequirementFile(await readNamed(file), basename(file));
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

async function ofProduct(options: CommonOptions & ServerOptions & { readonly product?: string }) {
  const answer = await askWard(
    options,
    `/api/requirements/checks?${new URLSearchParams({ product: options.product ?? '' })}`,
  );
  const { items, summary } = (await answer.json()) as ChecksView;
  return { items: items as readonly Checked[], summary, losses: [] as { at: string; message: string }[] };
}

export async function importCommand(
  file: string,
  options: CommonOptions & ServerOptions & { readonly product: string; readonly yes?: boolean },
): Promise<number> {
  const bytes = await readNamed(file);
  const send = async (confirm?: string) => {
    const query = new URLSearchParams({
      product: options.product,
      name: basename(file),
      ...(confirm ? { confirm } : {}),
    });
    const answer = await askWard(options, `/api/requirements/upload?${query}`, upload(bytes));
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
  options: CommonOptions &
    ServerOptions & { readonly product: string; readonly format: string; readonly out?: string },
): Promise<number> {
  const query = new URLSearchParams({ product: options.product, format: options.format });
  const bytes = Buffer.from(
    await (await askWard(options, `/api/requirements/export?${query}`)).arrayBuffer(),
  );
  await writeNamed(bytes, options.out);
  if (options.out === undefined) return EXIT.ok;
  const value = { product: options.product, format: options.format, file: options.out, bytes: bytes.length };
  print(options, value, `${options.out} holds the requirements of ${options.product} as ${options.format}.`);
  return EXIT.ok;
}
