// What `ward sbom …` does.
import { basename } from 'node:path';
import { askWard, brokenOff, errorOf, readNamed, type ServerOptions, upload } from '../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print, progressLine } from '../../cli/output.ts';
import type { Problem } from '../../kernel/http/problem.ts';
import { identify } from '../../knowledge/identity/identify.ts';
import type { SbomResult } from './api.ts';
import { outgoingOfFile } from './outgoing.ts';
import { judgeSbom } from './quality/judge.ts';
import { qualityLines, qualityValue } from './quality/print.ts';
import { readSbom } from './sbom/read-sbom.ts';

interface ImportOptions extends CommonOptions, ServerOptions {
  readonly release: string;
  readonly part?: string;
}

export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const query = new URLSearchParams({ release: options.release, name: basename(file), progress: 'lines' });
  if (options.part !== undefined) query.set('part', options.part);
  const answer = await askWard(options, `/api/sboms/upload?${query}`, upload(await readNamed(file)));
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
      if (value.problem) throw errorOf(value.problem);
      if (value.result) result = value.result;
      else line.show(`${value.phase} ${value.done} of ${value.total}`);
    }
  }
  line.done();
  if (!result) throw brokenOff('look at the release before you try again.');
  return result;
}

export async function checkCommand(
  file: string,
  options: CommonOptions & { readonly strict?: boolean; readonly missing?: boolean },
): Promise<number> {
  const sbom = readSbom(await readNamed(file), basename(file), {
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
