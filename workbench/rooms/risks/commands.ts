// What `ward harms …` does.
import { basename } from 'node:path';
import { askWard, readNamed, type ServerOptions, upload } from '../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import type { HarmImportView } from './contract.ts';
import { readMapOption } from './safety-file/map-option.ts';

interface ImportOptions extends CommonOptions, ServerOptions {
  readonly product: string;
  readonly map?: string;
  readonly dryRun?: boolean;
}

export async function importHarmsCommand(file: string, options: ImportOptions): Promise<number> {
  const bytes = await readNamed(file);
  const ask = async (path: string, given: Readonly<Record<string, string>>): Promise<unknown> => {
    const query = new URLSearchParams({ product: options.product, name: basename(file), ...given });
    return (await askWard(options, `${path}?${query}`, upload(bytes))).json();
  };
  const query: Record<string, string> = options.dryRun ? { dryRun: '1' } : {};
  if (options.map !== undefined) {
    const text = options.map.startsWith('@')
      ? (await readNamed(options.map.slice(1))).toString('utf8')
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
