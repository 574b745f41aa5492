// The endurance run: work, cut the power, start again, examine; as many rounds as asked.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findRunningServer } from '../../workbench/kernel/database/open-running.ts';
import { seeded } from '../generate.ts';
import { freePort, type Kill, killWard, startWard, untilHealthy, type WardProcess } from '../ward-process.ts';
import { examine } from './examine.ts';
import { type House, makeHouse } from './house.ts';
import { type Journal, newJournal } from './journal.ts';
import { everybodyWorks, importFeed, MAKERS, type Work } from './makers.ts';

export interface EnduranceOptions {
  /** New or empty. */
  readonly data: string;
  readonly rounds: number;
  readonly seed: number;
  readonly onRound?: (line: string) => void;
}

export interface Endurance {
  readonly rounds: number;
  readonly kills: Readonly<Record<Kill, number>>;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly torn: readonly string[];
  readonly surprises: readonly string[];
  /** From the kill until the pages answer again. */
  readonly recoveryMs: readonly number[];
  readonly jobsLeft: number;
  /** Taken up as often as a job may be, and cut off each time; a job that kills its process must not do so for ever. */
  readonly jobsGivenUp: number;
  readonly runsNotDone: number;
  readonly ledgerEntries: number;
  readonly sboms: number;
  readonly advisories: number;
  /** Exit code of the orderly stop at the end. */
  readonly stopped: number | null;
}

const KINDS: readonly Kill[] = ['program', 'database', 'both'];
/** A job that was cut off often waits up to a minute and a half. */
const JOBS_PATIENCE_MS = 150_000;

export async function endure(options: EnduranceOptions): Promise<Endurance> {
  const { data, rounds } = options;
  const random = seeded(options.seed);
  const house = await makeHouse(data, MAKERS);
  const journal = newJournal();
  const port = await freePort();
  const kills = { program: 0, database: 0, both: 0 };
  const recoveryMs: number[] = [];
  const bad = { lost: new Set<string>(), doubled: new Set<string>(), torn: new Set<string>() };
  let entries = 0;
  let ward = await startQuietly(data, port);

  for (let round = 1; round <= rounds; round += 1) {
    const work: Work = { url: ward.url as string, house, journal, random, over: false };
    const working = everybodyWorks(work);
    await delay(100 + random() * 1_400);
    // In turn, so that a short run tries each kind; the supervisor gives a database up that dies more often than five times a minute.
    const kind = KINDS[(round - 1) % KINDS.length] as Kill;
    kills[kind] += 1;
    const began = performance.now();
    killWard(ward, data, kind);
    if (kind !== 'database') {
      await ward.ended;
      ward = await startQuietly(data, port);
    }
    await untilHealthy(ward.url as string).catch((error: Error) => {
      throw new Error(
        `${error.message} Round ${round}, ${kind}. ${JSON.stringify(ward.output()).slice(-2_000)}`,
      );
    });
    recoveryMs.push(performance.now() - began);
    work.over = true;
    await working;
    await finishFeeds(work, house);

    const pool = await openBeside(data);
    try {
      const found = await examine(pool, ward.url as string, data, house, journal);
      entries = found.entries;
      for (const name of ['lost', 'doubled', 'torn'] as const)
        for (const what of found[name]) bad[name].add(what);
    } finally {
      await pool.end();
    }
    options.onRound?.(
      `${round}/${rounds} ${kind.padEnd(8)} back in ${Math.round(recoveryMs.at(-1) ?? 0)} ms, ` +
        `${journal.acknowledged} acknowledged, ${entries} entries, lost ${bad.lost.size}, doubled ${bad.doubled.size}, ` +
        `torn ${bad.torn.size}, surprises ${journal.surprises.length}`,
    );
  }

  const left = await whenJobsAreDone(data);
  const { code } = await ward.interrupt();
  return {
    rounds,
    kills,
    acknowledged: journal.acknowledged,
    unanswered: journal.unanswered,
    lost: [...bad.lost],
    doubled: [...bad.doubled],
    torn: [...bad.torn],
    surprises: journal.surprises,
    recoveryMs,
    ...left,
    ledgerEntries: entries,
    sboms: journal.sboms.size,
    advisories: wholeFeeds(journal),
    stopped: code,
  };
}

export function startQuietly(
  data: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<WardProcess> {
  return startWard({
    data,
    args: ['--no-example', '--port', String(port)],
    env: { WARD_LOG: process.env.WARD_LOG ?? 'silent', ...env },
  });
}

/** What was cut off is sent again, as people do. */
async function finishFeeds(work: Work, house: House): Promise<void> {
  for (const [name, feed] of work.journal.feeds) {
    for (let attempt = 0; attempt < 3 && !feed.whole; attempt += 1)
      await importFeed(work, house.tokens[6] as string, name);
  }
}

export async function openBeside(data: string): Promise<pg.Pool> {
  const server = await findRunningServer(data);
  if (!server) throw new Error(`No database runs on ${data}.`);
  return new pg.Pool({ ...server, max: 2 });
}

/** A job that is tried once only and failed (its database was cut off) is done with: a feed has its own next try. */
export async function whenJobsAreDone(
  data: string,
): Promise<Pick<Endurance, 'jobsLeft' | 'jobsGivenUp' | 'runsNotDone'>> {
  const pool = await openBeside(data);
  try {
    const deadline = Date.now() + JOBS_PATIENCE_MS;
    for (;;) {
      const { rows } = await pool.query<{ jobs: number; given_up: number; runs: number }>(`
        select (select count(*)::int from graphile_worker._private_jobs where attempts < max_attempts) as jobs,
          (select count(*)::int from graphile_worker._private_jobs where attempts >= max_attempts and max_attempts > 1) as given_up,
          (select count(*)::int from (select distinct on (source) status from knowledge_run order by source, started_at desc) r
            where status <> 'done') as runs`);
      const { jobs, given_up, runs } = rows[0] ?? { jobs: -1, given_up: -1, runs: -1 };
      if (jobs === 0 || Date.now() > deadline)
        return { jobsLeft: jobs, jobsGivenUp: given_up, runsNotDone: runs };
      await delay(100);
    }
  } finally {
    await pool.end();
  }
}

function wholeFeeds(journal: Journal): number {
  let sum = 0;
  for (const feed of journal.feeds.values()) if (feed.whole) sum += feed.records;
  return sum;
}
