// NVD: the yearly files at first (https://nvd.nist.gov/vuln/data-feeds, JSON 2.0, with their .meta), then the API by
// windows of change of at most 120 days (https://nvd.nist.gov/developers/vulnerabilities, read 2026-11).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { isWardError } from '../../../kernel/errors.ts';
import type { JsonObject } from '../../../kernel/records/record.ts';
import { parseInstant } from '../../importers/record-shape.ts';
import { refuseFeed } from '../errors.ts';
import { feedUrl } from '../http-client.ts';
import type { FeedKind, FeedRun } from '../kind.ts';

export const NvdSettings = z.strictObject({
  /** Folder of the yearly files; null where there is none (a mirror of the API alone). */
  files: z.string().max(2_000).nullable().default(null),
  fromYear: z.number().int().min(2002).max(2100).default(2002),
});
type NvdSettings = z.infer<typeof NvdSettings>;

const MAX_WINDOW_DAYS = 120;
const DAY_MS = 86_400_000;
const PAGE = 2_000;
const MARGIN = 100;
// 400,000 CVEs are 200 pages; a server that goes on behind this does not end.
const MAX_PAGES = 1_000;
// 2,000 CVEs have some 20 MB; a page is read whole.
const MAX_PAGE_BYTES = 256 * 1024 ** 2;
// The clocks of both sides may differ, and NVD takes a while to publish.
const OVERLAP_MS = 2 * 3_600_000;
// The yearly files are written once a day, each by itself: what changed since stands in none of them.
const FILES_LAG_MS = 2 * DAY_MS;
// 5 requests in 30 seconds, 50 with a key.
const PAUSE_MS = 6_000;
const PAUSE_WITH_KEY_MS = 600;

interface Cursor {
  /** Years whose file is stored. */
  readonly years?: readonly number[];
  /** When the first file was asked for. */
  readonly begun?: string;
  /** The latest instant that the .meta of a stored file gives: a mirror may be older than the day of asking. */
  readonly filesOf?: string;
  /** All changes up to here are stored. */
  readonly until?: string;
}

export const nvd: FeedKind<NvdSettings> = {
  title: 'NVD',
  settings: NvdSettings,
  async run(feed) {
    let cursor = feed.cursor as Cursor;
    const save = async (next: Cursor) => {
      cursor = next;
      await feed.saveCursor(next as JsonObject);
    };
    if (cursor.until === undefined) {
      const begun = cursor.begun ?? feed.now().toISOString();
      await save({ ...cursor, begun });
      const filled =
        feed.settings.files !== null && (await firstFill(feed, feed.settings.files, () => cursor, save));
      // Without files everything ever changed is asked for by windows.
      const start = filled
        ? filesHoldUntil(begun, cursor.filesOf)
        : `${feed.settings.fromYear}-01-01T00:00:00.000Z`;
      await save({ until: start });
    }
    await followChanges(feed, cursor.until as string, save);
  },
};

function filesHoldUntil(begun: string, filesOf: string | undefined): string {
  const known = filesOf !== undefined && filesOf < begun ? filesOf : begun;
  return new Date(Date.parse(known) - FILES_LAG_MS).toISOString();
}

async function firstFill(
  feed: FeedRun<NvdSettings>,
  files: string,
  cursor: () => Cursor,
  save: (next: Cursor) => Promise<void>,
): Promise<boolean> {
  const base = feedUrl(files).href.replace(/\/+$/, '');
  const last = feed.now().getUTCFullYear();
  const years = Array.from(
    { length: last - feed.settings.fromYear + 1 },
    (_, n) => feed.settings.fromYear + n,
  );
  let any = (cursor().years ?? []).length > 0;
  for (const [index, year] of years.entries()) {
    if (cursor().years?.includes(year)) continue;
    await feed.step(`Fetching the file of ${year}`, index, years.length);
    const name = `${base}/nvdcve-2.0-${year}`;
    const path = feed.file(`${year}.json.gz`);
    try {
      await feed.http.download(`${name}.json.gz`, path);
    } catch (error) {
      // A year that has only begun may have no file yet.
      if (isWardError(error) && error.code === 'feed.not-there' && (year === last || !any)) {
        if (year === last) continue;
        feed.note(`There is no file of ${year}; the API is used instead of files.`);
        return false;
      }
      throw error;
    }
    const writtenAt = await checkMeta(feed, `${name}.meta`, path);
    await feed.step(`Reading the file of ${year}`, index, years.length);
    await feed.store([path], ['nvd']);
    any = true;
    const latest = [cursor().filesOf, writtenAt].flatMap((one) => one ?? []).sort();
    const filesOf = latest.at(-1);
    await save({
      ...cursor(),
      years: [...(cursor().years ?? []), year],
      ...(filesOf === undefined ? {} : { filesOf }),
    });
  }
  return any;
}

/**
 * `sha256:` of the unpacked file, as the .meta beside it says; a file without one passes. Gives the instant at which the file was
 * written, where the .meta says it.
 */
async function checkMeta(
  feed: FeedRun<NvdSettings>,
  address: string,
  path: string,
): Promise<string | undefined> {
  const meta = await feed.http.text(address);
  const writtenAt =
    parseInstant(/^lastModifiedDate:(\S{1,40})\s*$/im.exec(meta ?? '')?.[1] ?? '') ?? undefined;
  const stated = /^sha256:([0-9a-f]{64})\s*$/im.exec(meta ?? '')?.[1]?.toLowerCase();
  if (stated === undefined) return writtenAt;
  const sum = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path).pipe(createGunzip())) sum.update(chunk as Buffer);
  } catch {
    throw refuseFeed('feed.wrong-content', `The file beside ${address} cannot be unpacked.`, { at: address });
  }
  if (sum.digest('hex') !== stated)
    throw refuseFeed('feed.wrong-checksum', `The file beside ${address} has another checksum.`, {
      at: address,
    });
  return writtenAt;
}

async function followChanges(
  feed: FeedRun<NvdSettings>,
  until: string,
  save: (next: Cursor) => Promise<void>,
): Promise<void> {
  const end = feed.now().getTime();
  let from = Date.parse(until);
  while (from < end) {
    const to = Math.min(from + MAX_WINDOW_DAYS * DAY_MS, end);
    await fetchWindow(feed, new Date(Math.max(0, from - OVERLAP_MS)), new Date(to));
    await save({ until: new Date(to).toISOString() });
    from = to;
  }
}

const Page = z.object({
  totalResults: z.number().int().min(0),
  startIndex: z.number().int().min(0),
  vulnerabilities: z.array(z.unknown()),
});

async function fetchWindow(feed: FeedRun<NvdSettings>, from: Date, to: Date): Promise<void> {
  const key = process.env.WARD_NVD_API_KEY || null;
  // All records before `whole` are stored, as the window counts them now.
  let whole = 0;
  let overlap = 0;
  let known: number | null = null;
  for (let page = 0; ; page += 1) {
    const start = Math.max(0, whole - overlap);
    const url = feedUrl(feed.url);
    url.searchParams.set('lastModStartDate', from.toISOString());
    // The overlap may have made the window longer than NVD takes.
    url.searchParams.set(
      'lastModEndDate',
      new Date(Math.min(to.getTime(), from.getTime() + MAX_WINDOW_DAYS * DAY_MS)).toISOString(),
    );
    url.searchParams.set('startIndex', String(start));
    url.searchParams.set('resultsPerPage', String(PAGE));
    await feed.step(`Changes from ${from.toISOString().slice(0, 10)}: record ${start}`, start);
    const path = feed.file('page.json');
    await feed.http.download(url.href, path, {}, key ? { apiKey: key } : {}, MAX_PAGE_BYTES);
    const { total, count } = await readPage(path, feed.url);
    if (count > 0) await feed.store([path], ['nvd']);
    // A record that is changed meanwhile leaves the window, and all behind it move up: as many as are gone, and some that may have
    // come in their place, are asked for again. Where that goes on, pages overlap, so that each of them still gains ground.
    const gone = Math.max(0, (known ?? total) - total);
    const moved = gone === 0 ? 0 : gone + MARGIN;
    const still = Math.max(0, whole - moved);
    whole = start <= still ? Math.max(still, start + count) : still;
    overlap = moved === 0 ? Math.floor(overlap / 2) : Math.min(PAGE / 2, Math.max(overlap, 2 * moved));
    known = total;
    if (whole >= total) return;
    if ((count === 0 && gone === 0) || page >= MAX_PAGES)
      throw refuseFeed(
        'feed.endless',
        `${feed.url} announces ${total} records and has sent ${whole}; it goes on without end.`,
        { at: feed.url },
      );
    await feed.http.pause(key ? PAUSE_WITH_KEY_MS : PAUSE_MS);
  }
}

async function readPage(path: string, at: string): Promise<{ total: number; count: number }> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuseFeed(
      'feed.wrong-content',
      `${at} is no JSON; it starts with ${JSON.stringify(text.slice(0, 20))}.`,
      { at },
    );
  }
  const page = Page.safeParse(value);
  if (!page.success)
    throw refuseFeed('feed.wrong-content', `${at} answers something else than a page of CVEs.`, { at });
  return { total: page.data.totalResults, count: page.data.vulnerabilities.length };
}
