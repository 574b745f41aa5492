// OSV's bulk data (https://google.github.io/osv.dev/data/, read 2026-11): at first the archive of an ecosystem, then the
// records that its list of changes (`modified_id.csv`, newest first) names since.
import { z } from 'zod';
import type { JsonObject } from '../../../kernel/records/record.ts';
import { parseInstant } from '../../importers/record-shape.ts';
import { refuseFeed } from '../errors.ts';
import type { FeedKind, FeedRun } from '../kind.ts';
import { LeftOvers } from '../left-out.ts';

export const OsvSettings = z.strictObject({
  ecosystems: z
    .array(z.string().regex(/^[A-Za-z][\w .:-]{0,59}$/))
    .min(1)
    .max(60),
});
type OsvSettings = z.infer<typeof OsvSettings>;

// More changes than this are fetched faster as one archive.
const MOST_SINGLE = 1_000;
const AT_ONCE = 4;
const BATCH = 100;

interface Change {
  readonly at: string;
  readonly id: string;
}

export const osv: FeedKind<OsvSettings> = {
  title: 'OSV',
  settings: OsvSettings,
  async run(feed) {
    const since = { ...((feed.cursor.since ?? {}) as Record<string, string>) };
    const left = new LeftOvers(feed.cursor, feed.now);
    const { ecosystems } = feed.settings;
    left.keepLists(ecosystems);
    for (const [index, ecosystem] of ecosystems.entries()) {
      await feed.step(`${ecosystem}: looking for changes`, index, ecosystems.length);
      const changes = await changesOf(feed, ecosystem);
      const newest = changes[0]?.at ?? null;
      const known = since[ecosystem];
      // An instant may hold several records: those of the last one are asked for again.
      const wanted = known === undefined ? null : changes.filter(({ at }) => at >= known);
      // Also what is in an archive may be broken in it as before: it is asked for by itself at the next run.
      left.keepOnly(
        ecosystem,
        changes.map(({ id }) => id),
      );
      if (wanted === null || wanted.length > MOST_SINGLE) {
        await fetchArchive(feed, ecosystem);
      } else {
        const fresh = newest === known ? [] : wanted;
        const among = new Set(fresh);
        const again = changes.filter((change) => left.has(ecosystem, change.id) && !among.has(change));
        await fetchRecords(feed, left, ecosystem, [...again, ...fresh]);
      }
      if (newest !== null) since[ecosystem] = newest;
      await feed.saveCursor({ since: { ...since }, leftOut: left.value() } as JsonObject);
    }
  },
};

const address = ({ url }: FeedRun<OsvSettings>, ...parts: string[]) =>
  `${url.replace(/\/+$/, '')}/${parts.map(encodeURIComponent).join('/')}`;

async function changesOf(feed: FeedRun<OsvSettings>, ecosystem: string): Promise<Change[]> {
  const at = address(feed, ecosystem, 'modified_id.csv');
  const text = await feed.http.text(at);
  if (text === null)
    throw refuseFeed(
      'feed.not-there',
      `${at} is not there: OSV knows no ecosystem ${ecosystem} at this address.`,
      { at },
    );
  const changes: Change[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [instant, id, ...more] = line.trim().split(',');
    const when = parseInstant(instant);
    if (when === null || !id || more.length > 0 || !/^[\w.:+-]{1,200}$/.test(id))
      throw refuseFeed('feed.wrong-content', `${at} is no list of changes.`, { at });
    changes.push({ at: when, id });
  }
  return changes.sort((a, b) => (a.at < b.at ? 1 : -1));
}

async function fetchArchive(feed: FeedRun<OsvSettings>, ecosystem: string): Promise<void> {
  await feed.step(`${ecosystem}: fetching all records`);
  const path = feed.file('all.zip');
  await feed.http.download(address(feed, ecosystem, 'all.zip'), path);
  await feed.step(`${ecosystem}: reading all records`);
  await feed.store([path], ['osv']);
}

/** A record that is broken is kept for the next run, and the others go on. */
async function fetchRecords(
  feed: FeedRun<OsvSettings>,
  left: LeftOvers,
  ecosystem: string,
  changes: readonly Change[],
): Promise<void> {
  for (let at = 0; at < changes.length; at += BATCH) {
    await feed.step(`${ecosystem}: fetching changed records`, at, changes.length);
    const batch = changes.slice(at, at + BATCH);
    const paths: string[] = [];
    for (let from = 0; from < batch.length; from += AT_ONCE) {
      const group = batch.slice(from, from + AT_ONCE).map(async ({ id }, index) => {
        const path = feed.file(`${from + index}.json`);
        const url = address(feed, ecosystem, `${id}.json`);
        const fetched = await left.attempt(ecosystem, id, async () => {
          await feed.http.download(url, path);
          await feed.check(path, ['osv'], url);
          return true;
        });
        if (fetched) paths.push(path);
      });
      await Promise.all(group);
    }
    if (paths.length > 0) await feed.store(paths.sort(), ['osv']);
  }
}
