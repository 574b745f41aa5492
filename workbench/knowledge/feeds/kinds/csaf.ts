// A CSAF provider (CSAF 2.0 and 2.1, section 7): its metadata, then its ROLIE feeds and its directories, oldest change
// first. Checksums are compared where they are offered; what is not free to read is left out.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { JsonObject } from '../../../kernel/records/record.ts';
import { parseInstant } from '../../importers/record-shape.ts';
import { refuseFeed } from '../errors.ts';
import { feedUrl, shown } from '../http-client.ts';
import type { FeedKind, FeedRun } from '../kind.ts';
import { LeftOvers } from '../left-out.ts';

const text = z.string().nullish();

const Metadata = z.object({
  publisher: z.object({ name: z.string() }),
  distributions: z
    .array(
      z.object({
        directory_url: text,
        directory: z.object({ url: z.string(), tlp_label: text }).nullish(),
        rolie: z
          .object({ feeds: z.array(z.object({ url: z.string(), tlp_label: text })).max(1_000) })
          .nullish(),
      }),
    )
    .max(1_000)
    .nullish(),
});

const Rolie = z.object({
  feed: z.object({
    entry: z
      .array(
        z.object({
          id: z.string(),
          updated: text,
          published: text,
          link: z
            .array(z.object({ rel: text, href: z.string() }))
            .max(50)
            .nullish(),
          content: z.object({ src: text }).nullish(),
        }),
      )
      .nullish(),
  }),
});

const Document = z.object({
  document: z.object({
    tracking: z.object({ id: z.string() }),
    distribution: z.object({ tlp: z.object({ label: text }).nullish() }).nullish(),
  }),
});

interface Offer {
  readonly url: string;
  readonly at: string;
  /** Addresses of checksum files, the stronger first; null where the list does not say (a directory). */
  readonly sums: readonly string[] | null;
}

const NoSettings = z.strictObject({}) as unknown as z.ZodType<JsonObject>;
const BATCH = 20;
const MAX_DOCUMENTS = 200_000;

export const csaf: FeedKind = {
  title: 'CSAF provider',
  settings: NoSettings,
  async run(feed) {
    await feed.step('Reading what the provider offers');
    const lists = await listsOf(feed);
    const since = { ...((feed.cursor.since ?? {}) as Record<string, string>) };
    const left = new LeftOvers(feed.cursor, feed.now);
    const save = () => feed.saveCursor({ since: { ...since }, leftOut: left.value() } as JsonObject);
    left.keepLists(lists.map(({ key }) => key));
    for (const { key, offers } of lists) {
      const known = since[key] ?? '';
      left.keepOnly(
        key,
        offers.map(({ url }) => url),
      );
      // Several documents may bear one instant: those of the last are asked for again.
      const wanted = offers.filter(({ at }) => at >= known).sort((a, b) => (a.at < b.at ? -1 : 1));
      const fresh = wanted.some(({ at }) => at > known) ? wanted : [];
      const among = new Set(fresh);
      const again = offers.filter((offer) => left.has(key, offer.url) && !among.has(offer));
      for (let from = 0; from < again.length; from += BATCH) {
        await feed.step('Trying again what could not be read', from, again.length);
        await fetchBatch(feed, left, key, again.slice(from, from + BATCH));
        await save();
      }
      for (let from = 0; from < fresh.length; from += BATCH) {
        await feed.step('Fetching advisories', from, fresh.length);
        const batch = fresh.slice(from, from + BATCH);
        await fetchBatch(feed, left, key, batch);
        since[key] = wholeUntil(fresh, from + batch.length, known);
        await save();
      }
    }
  },
};

/** The last instant of which every document is among the first `done`: a run that is killed begins again behind it. */
function wholeUntil(offers: readonly Offer[], done: number, known: string): string {
  const next = offers[done]?.at;
  return offers.slice(0, done).findLast(({ at }) => at !== next)?.at ?? known;
}

interface List {
  readonly key: string;
  readonly offers: readonly Offer[];
}

async function listsOf(feed: FeedRun): Promise<List[]> {
  const metadata = parse(
    Metadata,
    await feed.http.json(feed.url),
    feed.url,
    'no metadata of a CSAF provider',
  );
  const lists: List[] = [];
  for (const { rolie, directory, directory_url } of metadata.distributions ?? []) {
    const open = (rolie?.feeds ?? []).filter(({ url, tlp_label }) => isOpen(feed, tlp_label, url));
    for (const { url } of open)
      lists.push({ key: url, offers: await fromRolie(feed, resolve(url, feed.url)) });
    const folder = directory?.url ?? directory_url;
    // Both ways lead to the same documents.
    if (folder && open.length === 0 && isOpen(feed, directory?.tlp_label, folder))
      lists.push({ key: folder, offers: await fromDirectory(feed, resolve(folder, feed.url)) });
  }
  if (lists.length === 0)
    throw refuseFeed(
      'feed.wrong-content',
      `${metadata.publisher.name} offers no list of advisories that is free to read.`,
      {
        at: shown(feed.url),
      },
    );
  return lists;
}

/** CLEAR (formerly WHITE) is free to read; all else needs an agreement that Ward cannot know. */
function isOpen(feed: FeedRun, label: string | null | undefined, what: string): boolean {
  const plain = (label ?? 'CLEAR').toUpperCase().replace(/^TLP:/, '');
  if (['CLEAR', 'WHITE', 'UNLABELED', 'GREEN'].includes(plain)) return true;
  feed.note(`${shown(what)} is marked TLP:${plain.slice(0, 20)} and was left out.`);
  return false;
}

async function fromRolie(feed: FeedRun, url: string): Promise<Offer[]> {
  const { feed: list } = parse(Rolie, await feed.http.json(url), url, 'no ROLIE feed');
  return (list.entry ?? []).slice(0, MAX_DOCUMENTS).flatMap((entry) => {
    const links = entry.link ?? [];
    const self = links.find(({ rel }) => rel === 'self')?.href ?? entry.content?.src;
    const at = parseInstant(entry.updated) ?? parseInstant(entry.published);
    if (!self || at === null) {
      feed.note(`The entry ${entry.id.slice(0, 100)} has no address or no instant of change.`);
      return [];
    }
    const sums = links.filter(({ rel }) => rel === 'hash').map(({ href }) => resolve(href, url));
    return [{ url: resolve(self, url), at, sums: sums.sort((a) => (a.endsWith('.sha512') ? -1 : 1)) }];
  });
}

/** `changes.csv` names what changed and when; `index.txt` names everything. */
async function fromDirectory(feed: FeedRun, folder: string): Promise<Offer[]> {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  const changes = await feed.http.text(resolve('changes.csv', base));
  const offer = (path: string, at: string): Offer => ({ url: resolve(path, base), at, sums: null });
  if (changes !== null) {
    return lines(changes).map((line) => {
      const [path, instant] = line.split(',').map((part) => part.trim().replace(/^"|"$/g, ''));
      const at = parseInstant(instant);
      if (!path?.endsWith('.json') || at === null)
        throw refuseFeed('feed.wrong-content', `${shown(base)}changes.csv is no list of changes.`, {
          at: shown(base),
        });
      return offer(path, at);
    });
  }
  const index = await feed.http.text(resolve('index.txt', base));
  if (index === null)
    throw refuseFeed('feed.not-there', `${shown(base)} has neither changes.csv nor index.txt.`, {
      at: shown(base),
    });
  // Without instants everything is asked for at each run.
  const now = feed.now().toISOString();
  return lines(index).map((path) => {
    if (!path.endsWith('.json'))
      throw refuseFeed('feed.wrong-content', `${shown(base)}index.txt is no list of documents.`, {
        at: shown(base),
      });
    return offer(path, now);
  });
}

function lines(content: string): string[] {
  return content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, MAX_DOCUMENTS);
}

/** A document that is broken is kept for the next run, and the others go on. */
async function fetchBatch(
  feed: FeedRun,
  left: LeftOvers,
  list: string,
  offers: readonly Offer[],
): Promise<void> {
  const paths: string[] = [];
  for (const [index, offer] of offers.entries()) {
    const path = feed.file(`${index}.json`);
    if (await left.attempt(list, offer.url, () => fetchDocument(feed, path, offer))) paths.push(path);
  }
  if (paths.length > 0) await feed.store(paths, ['csaf']);
}

/** Gives whether it may be kept. */
async function fetchDocument(feed: FeedRun, path: string, { url, sums }: Offer): Promise<boolean> {
  const fetched = await feed.http.download(url, path, {}, {}, feed.http.limits.maxTextBytes);
  if (fetched) await checkSums(feed, url, sums ?? [`${url}.sha512`, `${url}.sha256`], fetched);
  if (!(await mayKeep(feed, path, url))) return false;
  await feed.check(path, ['csaf'], url);
  return true;
}

async function checkSums(
  feed: FeedRun,
  url: string,
  addresses: readonly string[],
  fetched: { readonly sha256: string; readonly sha512: string },
): Promise<void> {
  for (const address of addresses) {
    const content = await feed.http.text(address);
    if (content === null) continue;
    const stated = /^\s*\\?([0-9a-f]{64}(?:[0-9a-f]{64})?)\b/i.exec(content)?.[1]?.toLowerCase();
    if (stated === undefined)
      throw refuseFeed('feed.wrong-content', `${shown(address)} is no checksum.`, { at: shown(address) });
    if (stated !== (stated.length === 128 ? fetched.sha512 : fetched.sha256))
      throw refuseFeed('feed.wrong-checksum', `${shown(url)} does not match ${shown(address)}.`, {
        at: shown(url),
      });
    return;
  }
}

/** The document itself says how far it may go, whatever list it stood in. */
async function mayKeep(feed: FeedRun, path: string, url: string): Promise<boolean> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw refuseFeed('feed.wrong-content', `${shown(url)} is no JSON.`, { at: shown(url) });
  }
  const { document } = parse(Document, value, url, 'no CSAF document');
  return isOpen(feed, document.distribution?.tlp?.label, url);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, url: string, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseFeed('feed.wrong-content', `${shown(url)} is ${what}.`, { at: shown(url) });
}

function resolve(address: string, base: string): string {
  if (!URL.canParse(address, base))
    throw refuseFeed('feed.wrong-content', `${shown(base)} names an address that is none.`, {
      at: shown(base),
    });
  return feedUrl(new URL(address, base).href).href;
}
