// The endurance run of the feeds: they are fetched and SBOMs of 10,000 components come in while the power is cut.
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { readConfig } from '../../workbench/config.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createFeed, type FeedView } from '../../workbench/knowledge/feeds/store.ts';
import { withWard } from '../../workbench/open-ward.ts';
import { seeded } from '../generate.ts';
import { freePort, type Kill, killWard, untilHealthy } from '../ward-process.ts';
import {
  type Endurance,
  type EnduranceOptions,
  openBeside,
  startQuietly,
  whenJobsAreDone,
} from './endure.ts';
import { examine } from './examine.ts';
import { examineFeeds } from './examine-feeds.ts';
import { type FeedWorld, feedWorld, type Offered, SOAK_FEEDS, type SoakFeed } from './feed-world.ts';
import { makeHouse } from './house.ts';
import { newJournal } from './journal.ts';
import { ask, authors, sbomImports, type Work } from './makers.ts';

export interface FeedEndurance extends Omit<Endurance, 'advisories'> {
  /** Runs of feeds that ended well. */
  readonly fetched: number;
  /** Cuts that hit a feed in its run. */
  readonly cutRuns: Readonly<Record<SoakFeed, number>>;
  readonly components: number;
  readonly matches: number;
  /** Records that every feed has offered, and Ward has exactly once. */
  readonly records: Readonly<Record<SoakFeed, number>>;
}

const KINDS: readonly Kill[] = ['program', 'database', 'both'];
const COMPONENTS = { least: 10_000, most: 10_001 };
const POLL_MS = 100;
const LAST_RUNS_MS = 180_000;
// Between two pages of NVD 600 ms are kept with a key, 6 s without: in the round there must be time for pages.
const ENV = { WARD_NVD_API_KEY: 'endurance-run' };

export interface Promised {
  /** What a feed offered when a run began that ended well. */
  readonly whole: Map<SoakFeed, ReadonlySet<string>>;
  fetched: number;
  /** The feed that ran at the last look. */
  running: SoakFeed | null;
}

export async function endureFeeds(options: EnduranceOptions): Promise<FeedEndurance> {
  const { data, rounds } = options;
  const random = seeded(options.seed);
  const house = await makeHouse(data, 4);
  const world = await feedWorld();
  await makeFeeds(data, world);
  const journal = newJournal();
  const promised: Promised = { whole: new Map(), fetched: 0, running: null };
  const port = await freePort();
  const kills = { program: 0, database: 0, both: 0 };
  const recoveryMs: number[] = [];
  const cutRuns = Object.fromEntries(SOAK_FEEDS.map((id) => [id, 0])) as Record<SoakFeed, number>;
  const bad = { lost: new Set<string>(), doubled: new Set<string>(), torn: new Set<string>() };
  let entries = 0;
  let ward = await startQuietly(data, port, ENV);
  const url = ward.url as string;

  const look = async (last: Offered | null) => {
    const pool = await openBeside(data);
    try {
      const found = await examine(pool, url, data, house, journal);
      entries = found.entries;
      const more = await examineFeeds(pool, promised.whole, last);
      for (const name of ['lost', 'doubled', 'torn'] as const)
        for (const what of [...found[name], ...more[name]]) bad[name].add(what);
      return last === null ? { components: 0, matches: 0 } : await countAll(pool);
    } finally {
      await pool.end();
    }
  };

  for (let round = 1; round <= rounds; round += 1) {
    world.grow();
    const work: Work = { url, house, journal, random, over: false };
    const working = Promise.all([
      authors(work, house.tokens[0] as string),
      sbomImports(work, house.tokens[1] as string, COMPONENTS),
      fetchFeeds(work, world, promised, house.tokens[2] as string),
    ]);
    // Now and then long enough for feeds to come to their end.
    await delay(round % 4 === 0 ? 8_000 : 300 + random() * 3_000);
    const kind = KINDS[(round - 1) % KINDS.length] as Kill;
    kills[kind] += 1;
    if (promised.running) cutRuns[promised.running] += 1;
    const began = performance.now();
    killWard(ward, data, kind);
    if (kind !== 'database') {
      await ward.ended;
      ward = await startQuietly(data, port, ENV);
    }
    await untilHealthy(url);
    recoveryMs.push(performance.now() - began);
    work.over = true;
    await working;
    await look(null);
    options.onRound?.(
      `${round}/${rounds} ${kind.padEnd(8)} back in ${Math.round(recoveryMs.at(-1) ?? 0)} ms, ${promised.fetched} feeds fetched, ${Object.values(cutRuns).reduce((sum, n) => sum + n, 0)} cut, ` +
        `${journal.sboms.size} SBOMs, ${entries} entries, lost ${bad.lost.size}, doubled ${bad.doubled.size}, ` +
        `torn ${bad.torn.size}, surprises ${journal.surprises.length}`,
    );
  }

  const offered = world.offered();
  const work: Work = { url, house, journal, random, over: false };
  await finishFeeds(work, world, promised, house.tokens[2] as string);
  const left = await whenJobsAreDone(data);
  const counts = await look(offered);
  const { code } = await ward.interrupt();
  await world.close();
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
    stopped: code,
    fetched: promised.fetched,
    cutRuns,
    ...counts,
    records: Object.fromEntries(SOAK_FEEDS.map((id) => [id, offered[id].size])) as Record<SoakFeed, number>,
  };
}

function makeFeeds(data: string, { server, year }: FeedWorld): Promise<void> {
  const settings: Readonly<Record<SoakFeed, object>> = {
    'soak-osv': { ecosystems: ['npm', 'PyPI'] },
    'soak-nvd': { files: `${server.url}/files`, fromYear: year },
    'soak-kev': {},
    'soak-epss': {},
    'soak-csaf': {},
  };
  const paths: Readonly<Record<SoakFeed, string>> = {
    'soak-osv': '/osv',
    'soak-nvd': '/nvd',
    'soak-kev': '/kev.json',
    'soak-epss': '/epss.csv.gz',
    'soak-csaf': '/provider-metadata.json',
  };
  return withWard(readConfig({ WARD_LOG: 'error' }, { data }), async ({ records }) => {
    for (const id of SOAK_FEEDS)
      await createFeed(records, SYSTEM, {
        id,
        kind: id.slice('soak-'.length) as FeedView['kind'],
        title: id,
        url: server.url + paths[id],
        settings: settings[id],
        enabled: true,
        everyMinutes: 60,
      });
  });
}

/** Asks for every feed in turn, again and again; what Ward says has ended well is a promise. */
async function fetchFeeds(work: Work, world: FeedWorld, promised: Promised, token: string): Promise<void> {
  // Another one each round is the one that the cut is likely to hit.
  const shift = Math.floor(work.random() * SOAK_FEEDS.length);
  for (let n = 0; !work.over; n += 1) {
    const id = SOAK_FEEDS[(shift + n) % SOAK_FEEDS.length] as SoakFeed;
    await fetchFeed(work, world, promised, token, id, () => work.over);
  }
}

async function fetchFeed(
  work: Work,
  world: FeedWorld,
  promised: Promised,
  token: string,
  id: SoakFeed,
  isOver: () => boolean,
): Promise<boolean> {
  const offered = world.offered()[id];
  const asked = Date.now();
  await ask<unknown>(work, token, 'POST', `/knowledge/feeds/${id}/run`);
  while (!isOver()) {
    const answer = await ask<{ feeds: readonly FeedView[] }>(work, token, 'GET', '/knowledge/feeds');
    const feed = answer?.feeds.find((each) => each.id === id);
    promised.running = answer?.feeds.find(({ state }) => state === 'running')?.id as SoakFeed | null;
    const began = Date.parse(feed?.lastRunAt ?? '');
    if (feed && feed.state !== 'running' && began >= Math.max(asked, world.grownAt)) {
      if (Date.parse(feed.lastGoodAt ?? '') >= began) {
        promised.whole.set(id, offered);
        promised.fetched += 1;
        return true;
      }
      // A cut of the database alone fails the run in the program that lives on.
      if (feed.failing && feed.failing.code !== 'fault')
        work.journal.surprises.push(`${id}: ${feed.failing.code} ${feed.failing.message}`);
      return false;
    }
    await delay(POLL_MS);
  }
  return false;
}

async function finishFeeds(work: Work, world: FeedWorld, promised: Promised, token: string): Promise<void> {
  for (const id of SOAK_FEEDS) {
    const until = Date.now() + LAST_RUNS_MS;
    let done = false;
    while (!done && Date.now() < until)
      done = await fetchFeed(work, world, promised, token, id, () => Date.now() > until);
    if (!done) work.journal.surprises.push(`${id} did not come to its end after the last cut`);
  }
}

async function countAll(pool: Pool): Promise<{ components: number; matches: number }> {
  const { rows } = await pool.query<{ components: number; matches: number }>(
    `select (select count(*)::int from component) as components, (select count(*)::int from match where closed_at is null) as matches`,
  );
  return rows[0] ?? { components: -1, matches: -1 };
}
