// What `ward knowledge …` does.
import { resolve } from 'node:path';
import { type CommonOptions, EXIT, print, progressLine } from '../cli/output.ts';
import { readConfig } from '../config.ts';
import { isWardError } from '../kernel/errors.ts';
import { withWard } from '../open-ward.ts';
import type { Advisory } from './advisory.ts';
import { writeCompact } from './compact/compact-file.ts';
import { importCommits } from './import-commits.ts';
import { readAdvisory } from './importers/read-advisory.ts';
import { readRecords } from './importers/read-records.ts';
import { runImport } from './run-import.ts';
import { allAdvisories, knowledgeStatus } from './store/read-knowledge.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

export async function importCommand(paths: readonly string[], options: Options): Promise<number> {
  const absolute = paths.map((path) => resolve(path));
  const line = progressLine();
  const result = await withWard(readConfig(process.env, options), (ward) =>
    runImport(ward, {
      paths: absolute,
      source: `files: ${absolute.join(', ')}`.slice(0, 1_000),
      actorId: null,
      onProgress: ({ read, bytesRead, bytesTotal, problems }) =>
        line.show(
          `${read} records, ${percent(bytesRead, bytesTotal)}${problems > 0 ? `, ${problems} problems` : ''}`,
        ),
    }),
  );
  line.done();
  const problems = result.firstProblems.map((problem) => `  ${problem.at}: ${problem.message}`);
  const more = result.problems > problems.length ? [`  … and ${result.problems - problems.length} more`] : [];
  print(
    options,
    result,
    [
      `${result.read} records read: ${result.added} new, ${result.changed} changed, ${result.unchanged} unchanged, ${result.problems} not readable.${result.resumed ? ' Went on from an earlier run.' : ''}`,
      ...problems,
      ...more,
    ].join('\n'),
  );
  return EXIT.ok;
}

/** Refuses `commits.not-readable`; what the history decides otherwise is matched anew before it returns. */
export async function commitsCommand(repository: string, file: string, options: Options): Promise<number> {
  const result = await withWard(readConfig(process.env, options), (ward) =>
    importCommits(ward, { repository, path: resolve(file), actorId: null }),
  );
  print(options, result, `${result.repo}: ${result.commits} commits. ${result.changed} matches changed.`);
  return EXIT.ok;
}

export async function buildCommand(
  file: string,
  options: Options & { readonly from?: readonly string[] },
): Promise<number> {
  const line = progressLine();
  const advisories = options.from
    ? await fromFiles(options.from, (n) => line.show(`${n} records`))
    : await withWard(readConfig(process.env, options), (ward) => allAdvisories(ward.db));
  const header = await writeCompact(resolve(file), advisories, new Date().toISOString());
  line.done();
  const ecosystems = Object.entries(header.coverage)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
  print(
    options,
    header,
    `${file}: ${header.records} records (${ecosystems}), newest ${header.newest ?? 'none'}.`,
  );
  return EXIT.ok;
}

async function fromFiles(paths: readonly string[], progress: (records: number) => void): Promise<Advisory[]> {
  const newest = new Map<string, Advisory>();
  let problems = 0;
  for await (const item of readRecords(paths.map((path) => resolve(path)))) {
    if (item.kind === 'problem') problems += 1;
    if (item.kind !== 'record') continue;
    try {
      const advisory = readAdvisory(item.record);
      const key = `${advisory.source}\u0000${advisory.id}`;
      const known = newest.get(key);
      if (!known || known.modified <= advisory.modified) newest.set(key, advisory);
      if (newest.size % 1_000 === 0) progress(newest.size);
    } catch (error) {
      if (!isWardError(error)) throw error;
      problems += 1;
    }
  }
  if (problems > 0) process.stderr.write(`${problems} records could not be read and were left out.\n`);
  return [...newest.values()];
}

export async function statusCommand(options: Options): Promise<number> {
  const status = await withWard(readConfig(process.env, options), (ward) => knowledgeStatus(ward.db));
  const rows = status.coverage.map(
    (row) =>
      `  ${row.ecosystem.padEnd(24)} ${String(row.records).padStart(7)}  newest ${row.newest?.slice(0, 10) ?? 'unknown'}`,
  );
  const runs = status.runs.map(
    (run) =>
      `  ${run.startedAt.slice(0, 16).replace('T', ' ')}  ${run.status.padEnd(8)} ${run.source} (${run.read} read, ${run.added} new, ${run.problems} problems)`,
  );
  print(
    options,
    status,
    [
      `${status.advisories} advisories, ${status.withdrawn} withdrawn.`,
      ...rows,
      'Last imports:',
      ...(runs.length > 0 ? runs : ['  none yet; start with `ward knowledge import PATH`']),
    ].join('\n'),
  );
  return EXIT.ok;
}

function percent(done: number, total: number): string {
  return total === 0 ? '' : `${Math.floor((done / total) * 100)} %`;
}
