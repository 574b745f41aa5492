// What `ward sbom export` and `ward sbom diff` do.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { askWard, readNamed, type ServerOptions, writeNamed } from '../../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../../cli/output.ts';
import { type ComponentDifference, diffSboms, type SbomDifference } from '../diff.ts';
import { outgoingOfFile } from '../outgoing.ts';
import { readSbom } from '../sbom/read-sbom.ts';

export async function exportCommand(
  options: CommonOptions &
    ServerOptions & { readonly release: string; readonly format: string; readonly out?: string },
): Promise<number> {
  const path = `/api/releases/${encodeURIComponent(options.release)}/sbom?format=${encodeURIComponent(options.format)}`;
  const text = await (await askWard(options, path)).text();
  await writeNamed(text, options.out);
  if (options.out === undefined) return EXIT.ok;
  const value = { release: options.release, format: options.format, file: options.out, bytes: text.length };
  print(options, value, `${options.out} is the SBOM of ${options.release} as ${options.format}.`);
  return EXIT.ok;
}

/** Two files are compared here; two keys of releases are compared by the running Ward. */
export async function diffCommand(
  before: string,
  after: string,
  options: CommonOptions & ServerOptions,
): Promise<number> {
  const isKey = (text: string) => /^[A-Z]{2,5}-\d+$/.test(text) && !existsSync(text);
  const difference =
    isKey(before) && isKey(after)
      ? await diffOfReleases(before, after, options)
      : diffSboms(await outgoingOf(before), await outgoingOf(after));
  print(options, difference, linesOf(before, after, difference).join('\n'));
  return EXIT.ok;
}

const outgoingOf = async (file: string) =>
  outgoingOfFile(readSbom(await readNamed(file), basename(file), { whole: true }));

async function diffOfReleases(
  before: string,
  after: string,
  options: ServerOptions,
): Promise<SbomDifference> {
  const answer = await askWard(options, `/api/releases/${after}/sbom-diff?against=${before}`);
  const { items, counts, unchanged } = (await answer.json()) as {
    items: ComponentDifference[];
    counts: SbomDifference['counts'];
    unchanged: number;
  };
  return { differences: items, counts, unchanged };
}

function linesOf(
  before: string,
  after: string,
  { differences, counts, unchanged }: SbomDifference,
): string[] {
  const told = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return [
    `${before} → ${after}: ${told.join(', ')}; ${unchanged} unchanged.`,
    ...differences.map(({ kinds, before: one, after: other }) => {
      const versions =
        one && other && one.version === other.version
          ? one.version
          : `${one?.version ?? '–'} → ${other?.version ?? '–'}`;
      const details = kinds.flatMap((kind) => {
        if (kind === 'licence')
          return `licence ${one?.licences.join(', ') || 'none'} → ${other?.licences.join(', ') || 'none'}`;
        if (kind === 'supplier') return `supplier ${one?.supplier ?? 'none'} → ${other?.supplier ?? 'none'}`;
        if (kind === 'support') return `support ${supportOf(one)} → ${supportOf(other)}`;
        return [];
      });
      return `  ${kinds.join(', ')}: ${(one ?? other)?.name} ${versions}${details.length > 0 ? ` (${details.join('; ')})` : ''}`;
    }),
  ];
}

const supportOf = (side: ComponentDifference['before']) =>
  [side?.supportLevel, side?.endOfSupport].filter(Boolean).join(' until ') || 'not given';
