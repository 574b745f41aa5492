// What `ward model …` does.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { askWard, readNamed, type ServerOptions, writeNamed } from '../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { alignModel } from './align-models.ts';
import type { ModelImportView } from './exchange-api.ts';
import { exportFormat, exportModel } from './export/export-model.ts';
import { acceptZones } from './import/accept-zones.ts';
import type { ImportReport, ModelFile, ModelImport } from './import/contract.ts';
import { importModel } from './import/import-model.ts';
import { TEXT_LIMITS } from './import/read-text.ts';
import { diffModels, sayChange } from './semantic-diff.ts';

export async function importCommand(
  paths: readonly string[],
  options: CommonOptions &
    ServerOptions & {
      readonly product: string;
      readonly as?: string;
      readonly model?: string;
      readonly acceptZones?: boolean;
      readonly reason?: string;
      readonly dryRun?: boolean;
    },
): Promise<number> {
  const files = await filesOf(paths);
  // Refused here, with its place, before anything is sent.
  importModel(files);
  const form = new FormData();
  for (const { name, bytes } of files) form.append('file', new Blob([new Uint8Array(bytes)]), name);
  const query = new URLSearchParams({ name: files[0]?.name ?? '', dryRun: String(options.dryRun === true) });
  if (options.as) query.set('title', options.as);
  if (options.model) query.set('model', options.model);
  if (options.acceptZones) query.set('zones', 'all');
  if (options.reason) query.set('reason', options.reason);
  const path = `/api/products/${encodeURIComponent(options.product)}/system-models/import?${query}`;
  const result = (await (
    await askWard(options, path, { method: 'POST', body: form })
  ).json()) as ModelImportView;
  const where = result.key === null ? 'would be taken' : `is ${result.key}@${result.revision}`;
  print(
    options,
    result,
    [
      `${paths[0]} (${result.format}) ${where}: ${countsOf(result.objects)}, ${result.counts.threats ?? 0} threats.`,
      ...(result.changes === null
        ? []
        : [`${result.changes.length} changes:`, ...result.changes.slice(0, 50).map((line) => `  ${line}`)]),
      ...reportLines(result.report),
      ...result.proposedZones.map(
        (zone) => `  proposed zone ${zone.id} “${zone.title}”: ${zone.elements.length} elements`,
      ),
    ].join('\n'),
  );
  return EXIT.ok;
}

export async function exportCommand(
  model: string,
  options: CommonOptions & ServerOptions & { readonly format: string; readonly out?: string },
): Promise<number> {
  const format = exportFormat(options.format);
  const answer = await askWard(
    options,
    `/api/system-models/${encodeURIComponent(model)}/export?format=${format}`,
  );
  const losses = decodeURIComponent(answer.headers.get('x-ward-losses') ?? '');
  if (losses !== '') process.stderr.write(`Not said by ${format}: ${losses}.\n`);
  await writeNamed(await answer.text(), options.out);
  return EXIT.ok;
}

export async function convertCommand(
  paths: readonly string[],
  options: CommonOptions & { readonly to: string; readonly out?: string; readonly acceptZones?: boolean },
): Promise<number> {
  const format = exportFormat(options.to);
  const imported = importModel(await filesOf(paths));
  const model = options.acceptZones ? acceptZones(imported) : imported.model;
  const { layout, threats, carried } = imported;
  const exported = exportModel(format, {
    model,
    threats,
    carried,
    ...(Object.keys(layout).length > 0 ? { layout } : {}),
  });
  const report = { format: imported.format, report: imported.report, losses: exported.losses };
  process.stderr.write(
    options.json
      ? `${JSON.stringify(report)}\n`
      : `${[`${paths[0]}: ${imported.format}.`, ...reportLines(imported.report), ...exported.losses.map((loss) => `Not said by ${format}: ${loss}.`)].join('\n')}\n`,
  );
  await writeNamed(exported.text, options.out);
  return EXIT.ok;
}

export async function diffCommand(before: string, after: string, options: CommonOptions): Promise<number> {
  const [old, now] = (await Promise.all(
    [before, after].map(async (path) => importModel(await filesOf([path])).model),
  )) as [ModelImport['model'], ModelImport['model']];
  const changes = diffModels(old, alignModel(now, old));
  print(options, { changes }, changes.length === 0 ? 'No difference.' : changes.map(sayChange).join('\n'));
  return EXIT.ok;
}

function countsOf(objects: Readonly<Record<string, number>>): string {
  return (
    Object.entries(objects)
      .filter(([, count]) => count > 0)
      .map(([part, count]) => `${count} ${part}`)
      .join(', ') || 'nothing'
  );
}

function reportLines({
  counts,
  changed,
  raw,
  refused,
}: Pick<ImportReport, 'counts' | 'changed' | 'raw' | 'refused'>): string[] {
  return [
    `kept ${counts.kept}, changed ${counts.changed}, left in the file ${counts.raw}, refused ${counts.refused}.`,
    ...[...refused, ...changed].slice(0, 40).map(({ place, what, why }) => `  ${place}: ${what}. ${why}`),
    ...(raw.length > 0 ? [`  ${raw.length} things stay in the original file (--json names them).`] : []),
  ];
}

const MOST_FILES = 200;

/** The named files; for a model that includes others, also the YAML below its folder where no other file was named. */
async function filesOf(paths: readonly string[]): Promise<ModelFile[]> {
  const [main = '', ...others] = paths;
  const folder = dirname(resolve(main));
  const first = { name: basename(main), bytes: await bytesOf(main) };
  const included =
    others.length > 0 || !/^includes[ \t]*:/m.test(first.bytes.toString('latin1'))
      ? others
      : await yamlBelow(folder, main);
  const files: ModelFile[] = [first];
  for (const path of included)
    files.push({ name: relative(folder, resolve(path)).replaceAll('\\', '/'), bytes: await bytesOf(path) });
  return files;
}

async function yamlBelow(folder: string, main: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== resolve(main))
    .slice(0, MOST_FILES);
}

async function bytesOf(path: string): Promise<Buffer> {
  const bytes = await readNamed(path);
  // A model may be larger than what is read of it, but not by much: the rest is refused by its size.
  return bytes.length > TEXT_LIMITS.bytes + 1 ? bytes.subarray(0, TEXT_LIMITS.bytes + 1) : bytes;
}
