// What `ward knowledge …` does.
import { resolve } from 'node:path';
import { type CommonOptions, EXIT, print, progressLine } from '../cli/output.ts';
import { readConfig } from '../config.ts';
import { isWardError } from '../kernel/errors.ts';
import { withWard } from '../open-ward.ts';
import type { Advisory } from './advisory.ts';
import { writeCompact } from './compact/compact-file.ts';
import { runFeed } from './feeds/run-feed.ts';
import { type FeedView, listFeeds } from './feeds/store.ts';
import { importCommits } from './import-commits.ts';
import { readAdvisories } from './importers/read-advisory.ts';
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
  const free = advisories.filter(isFree);
  const header = await writeCompact(resolve(file), free, new Date().toISOString());
  line.done();
  const kept = advisories.length - free.length;
  if (kept > 0)
    process.stderr.write(
      `${kept} records were left out: their publisher does not let them be passed on (TLP).\n`,
    );
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

/** A knowledge file is passed on; a CSAF document that is not TLP:CLEAR is not for that. None stated counts as free. */
function isFree({ csaf }: Advisory): boolean {
  return csaf === undefined || csaf.tlp === null || csaf.tlp === 'CLEAR' || csaf.tlp === 'UNLABELED';
}

async function fromFiles(paths: readonly string[], progress: (records: number) => void): Promise<Advisory[]> {
  const newest = new Map<string, Advisory>();
  let problems = 0;
  for await (const item of readRecords(paths.map((path) => resolve(path)))) {
    if (item.kind === 'problem') problems += 1;
    if (item.kind !== 'record') continue;
    try {
      for (const advisory of readAdvisories(item.record)) {
        const key = `${advisory.source}\u0000${advisory.id}`;
        const known = newest.get(key);
        if (!known || known.modified <= advisory.modified) newest.set(key, advisory);
      }
      if (newest.size % 1_000 === 0) progress(newest.size);
    } catch (error) {
      if (!isWardError(error)) throw error;
      problems += 1;
    }
  }
  if (problems > 0) process.stderr.write(`${problems} records could not be read and were left out.\n`);
  return [...newest.values()];
}

export async function updateCommand(
  options: Options & { readonly feed?: readonly string[] },
): Promise<number> {
  const line = progressLine();
  const outcomes = await withWard(readConfig(process.env, options), async (ward) => {
    const known = await listFeeds(ward.db, ward.now());
    const wanted = options.feed ?? known.filter(({ enabled }) => enabled).map(({ id }) => id);
    const done = [];
    for (const id of wanted) {
      const onStep = (text: string, now: number | null, total: number | null) =>
        line.show(`${id}: ${text}${now !== null && total !== null ? `, ${percent(now, total)}` : ''}`);
      done.push(await runFeed(ward, id, { onStep }));
    }
    return done;
  });
  line.done();
  const words = outcomes.flatMap(({ feed, ok, counts, bytes, leftOut, error }) => [
    ok
      ? `${feed}: ${counts.read} read, ${counts.added} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.problems} not readable, ${megabytes(bytes)}.`
      : `${feed}: failed. ${error?.message} ${error?.remedy}`,
    ...(leftOut > 0
      ? [
          `  Incomplete: ${documents(leftOut)} cannot be read and will be tried again; see \`ward knowledge status\`.`,
        ]
      : []),
    ...counts.notes.map((text) => `  ${text}`),
  ]);
  const none =
    'No feed is turned on. Name one with --feed ID, or turn it on under Knowledge; `ward knowledge status` lists them.';
  print(options, { feeds: outcomes }, words.length > 0 ? words.join('\n') : none);
  return outcomes.every(({ ok }) => ok) ? EXIT.ok : EXIT.internal;
}

const documents = (count: number) => (count === 1 ? '1 document' : `${count} documents`);

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const STATE_WORDS: Readonly<Record<FeedView['state'], string>> = {
  off: 'off',
  never: 'never run',
  running: 'running',
  fresh: 'fresh',
  old: 'old',
  failing: 'failing',
  incomplete: 'incomplete',
};

function feedLine(feed: FeedView): string {
  const state = `${STATE_WORDS[feed.state]}${feed.enabled || feed.state === 'off' ? '' : ', off'}`;
  const last =
    feed.lastGoodAt === null
      ? 'never fetched'
      : `last good ${feed.lastGoodAt.slice(0, 16).replace('T', ' ')}`;
  const why = feed.failing
    ? `\n    failing since ${feed.failing.since.slice(0, 16).replace('T', ' ')} (${feed.failing.failures} times): ${feed.failing.message} ${feed.failing.remedy}`
    : '';
  const left = feed.leftOut.map(
    ({ since, message }) => `\n    not read since ${since.slice(0, 16).replace('T', ' ')}: ${message}`,
  );
  const more = feed.leftOutCount - feed.leftOut.length;
  return `  ${feed.id.padEnd(16)} ${state.padEnd(14)} ${last}  ${feed.title}${why}${left.join('')}${more > 0 ? `\n    and ${more} more` : ''}`;
}

export async function statusCommand(options: Options): Promise<number> {
  const { feeds, ...status } = await withWard(readConfig(process.env, options), async (ward) => ({
    ...(await knowledgeStatus(ward.db)),
    feeds: await listFeeds(ward.db, ward.now()),
  }));
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
    { ...status, feeds },
    [
      `${status.advisories} advisories, ${status.withdrawn} withdrawn.`,
      ...rows,
      'Feeds:',
      ...feeds.map(feedLine),
      'Last imports:',
      ...(runs.length > 0 ? runs : ['  none yet; start with `ward knowledge import PATH`']),
    ].join('\n'),
  );
  return EXIT.ok;
}

function percent(done: number, total: number): string {
  return total === 0 ? '' : `${Math.floor((done / total) * 100)} %`;
}
