// `npm run soak [-- --what people|feeds|units] [--rounds N] [--seed N] [--report]`: kills Ward and its database again and again
// while people work, or while feeds are fetched and large SBOMs come in; or a unit while it treats and updates.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Endurance, endure } from './soak/endure.ts';
import { endureFeeds, type FeedEndurance } from './soak/endure-feeds.ts';
import { soakUnits } from './soak/endure-units.ts';
import { median, table } from './table.ts';
import { ensureBuilt } from './ward-process.ts';

const OF_PEOPLE = [
  '# What survives a crash',
  '',
  'Seven people work over HTTP at once: they create records, edit the same ones, comment, import SBOMs and advisories.',
  'After 100 to 1500 ms the program, the database server with all its processes, or both are killed with `kill -9`.',
  'Then Ward starts again and everything that it had acknowledged is looked for; records are held against the ledger,',
  'the ledger is exported and verified, SBOMs and imports are counted.',
];
const OF_FEEDS = [
  '# What survives a crash while feeds are fetched',
  '',
  'A server beside Ward speaks as OSV, NVD, CISA (KEV), FIRST (EPSS) and a CSAF provider do; each round all of them have',
  'something new. Ward fetches one after the other, an SBOM of 10,000 components comes in after the other, and somebody',
  'writes records. After 300 to 3300 ms, in every fourth round 8 s, the program, the database server with all its processes, or both are killed with',
  '`kill -9`. Then Ward starts again; what it had acknowledged is looked for (a feed that ended well has all that was',
  'offered when its run began), nothing may be there twice, and the ledger is exported and verified. At the end every feed',
  'is run once more: it must hold every record exactly once, every version in range must have its match, and the coverage',
  'that is shown must be what is there.',
];

const { values } = parseArgs({
  options: {
    what: { type: 'string', default: 'people' },
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    report: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const ofFeeds = values.what === 'feeds';
if (
  !Number.isInteger(rounds) ||
  rounds < 1 ||
  !Number.isInteger(seed) ||
  !['people', 'feeds', 'units'].includes(values.what)
) {
  process.stderr.write(
    'Give a whole number of rounds, a whole number as seed, and people, feeds or units as what.\n',
  );
  process.exit(2);
}
if (values.what === 'units') process.exit(await soakUnits({ rounds, seed, report: values.report }));
ensureBuilt();
const data = await mkdtemp(join(tmpdir(), 'ward-soak-'));
const began = Date.now();
const options = { data, rounds, seed, onRound: (line: string) => process.stderr.write(`${line}\n`) };
const result = await (ofFeeds ? endureFeeds(options) : endure(options));
const text = `${tableOf(result)}\n`;
process.stdout.write(text);
for (const line of [...result.lost, ...result.doubled, ...result.torn, ...result.surprises].slice(0, 50))
  process.stdout.write(`  ${line}\n`);
if (values.report) await report(text, result);
const good = [result.lost, result.doubled, result.torn, result.surprises].every((list) => list.length === 0);
if (good) await rm(data, { recursive: true, force: true });
else process.stdout.write(`The data folder is kept: ${data}\n`);
process.exitCode = good && result.jobsLeft === 0 && result.runsNotDone === 0 ? 0 : 1;

function tableOf(run: Endurance | FeedEndurance): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return table([
    ['what', 'count'],
    ['rounds', run.rounds],
    ['kill -9 of the program', run.kills.program],
    ['kill -9 of the database server and all its processes', run.kills.database],
    ['kill -9 of both', run.kills.both],
    ['changes acknowledged', run.acknowledged],
    ['changes sent whose answer never came', run.unanswered],
    ['acknowledged changes lost', run.lost.length],
    ['changes doubled', run.doubled.length],
    ['halves: tables and ledger differ, SBOM or feed in part', run.torn.length],
    ['answers that nobody should get', run.surprises.length],
    ['background jobs left undone', run.jobsLeft],
    ['background jobs given up', run.jobsGivenUp],
    ['imports of advisories left undone', run.runsNotDone],
    ['ledger entries, verified after every kill', run.ledgerEntries],
    ...whatCameIn(run),
    [
      'back again after (least, median, most)',
      `${ms(Math.min(...run.recoveryMs))}, ${ms(median(run.recoveryMs))}, ${ms(Math.max(...run.recoveryMs))}`,
    ],
    ['exit code of the orderly stop at the end', run.stopped ?? 'none'],
  ]);
}

function whatCameIn(run: Endurance | FeedEndurance): [string, string | number][] {
  if ('advisories' in run) return [['SBOMs / advisories acknowledged', `${run.sboms} / ${run.advisories}`]];
  const ofFeed = Object.entries(run.records).map(([id, n]): [string, number] => [
    `records of the feed ${id.replace('soak-', '')}, each there once`,
    n,
  ]);
  return [
    ['SBOMs of 10,000 components acknowledged', run.sboms],
    ['runs of feeds that ended well', run.fetched],
    ['runs of feeds cut off: OSV, NVD, KEV, EPSS, CSAF', Object.values(run.cutRuns).join(', ')],
    ...ofFeed,
    ['components / open matches at the end', `${run.components} / ${run.matches}`],
  ];
}

async function report(text: string, run: Endurance | FeedEndurance): Promise<void> {
  const minutes = Math.round((Date.now() - began) / 60_000);
  const words = [
    ...(ofFeeds ? OF_FEEDS : OF_PEOPLE),
    '',
    text.trimEnd(),
    '',
    `Run of ${new Date(began).toISOString().slice(0, 10)}: ${minutes} minutes, seed ${seed}, Node.js ${process.versions.node}, ${cpus().length} cores, ${process.platform}.`,
    `Again: \`npm run soak -- ${ofFeeds ? '--what feeds ' : ''}--rounds ${run.rounds} --seed ${seed}\`. A short version runs in \`npm test\`.`,
    '',
    'A kill of processes leaves the operating system’s cache alone. Loss of power is answered for by PostgreSQL’s own',
    '`fsync` (on), checksums and full-page writes, and was not tried here.',
    '',
  ];
  await mkdir('docs/reports', { recursive: true });
  await writeFile(`docs/reports/${ofFeeds ? 'crash-feeds' : 'crash'}.md`, words.join('\n'));
}
