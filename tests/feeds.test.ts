// Feeds against a real server that speaks each protocol and breaks in many ways: the failure stands there in words, what
// was good stays, the next good run ends well, and a run again changes nothing.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, program } from '../bench/ward-process.ts';
import type { JsonObject } from '../workbench/kernel/records/record.ts';
import { queueDueFeeds } from '../workbench/knowledge/feeds/jobs.ts';
import { type FeedOutcome, runFeed } from '../workbench/knowledge/feeds/run-feed.ts';
import { findFeed, listFeeds } from '../workbench/knowledge/feeds/store.ts';
import { signalsOf } from '../workbench/knowledge/store/read-signals.ts';
import type { FeedKindId } from '../workbench/knowledge/store/tables.ts';
import {
  BREAKS,
  type Break,
  csafDocument,
  type FeedServer,
  feedServer,
  kevCatalogue,
  nvdCve,
  osvRecord,
  sha256,
  sha512,
  zipOf,
} from './feeds/feed-server.ts';
import { type House, openHouse } from './setup/actors.ts';
import { temporaryFolder } from './setup/temporary.ts';

let house: House;
let server: FeedServer;
let session: Record<string, string>;
let waits: number[] = [];

beforeAll(async () => {
  house = await openHouse();
  server = await feedServer();
  session = await house.headersOf(house.actor('administrator'));
});
afterAll(async () => {
  await server?.close();
  await house?.close();
});
beforeEach(() => {
  server.broken.clear();
  server.files.clear();
  server.asked.length = 0;
  server.onAsk = null;
  waits = [];
});

const run = (id: string, signal?: AbortSignal): Promise<FeedOutcome> =>
  runFeed(house.ward, id, {
    ...(signal ? { signal } : {}),
    http: {
      limits: {
        idleMs: 400,
        totalMs: 20_000,
        maxBytes: 8 * 1024 ** 2,
        maxTextBytes: 8 * 1024 ** 2,
        attempts: 3,
        firstWaitMs: 10,
      },
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  });

async function ask(method: string, path: string, body?: unknown, headers = session) {
  const response = await house.app.request(`/api${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject & { code?: string } };
}

let count = 0;
async function makeFeed(kind: FeedKindId, path: string, settings: JsonObject = {}): Promise<string> {
  count += 1;
  const id = `test-${kind}-${count}`;
  const made = await ask('POST', '/knowledge/feeds', {
    id,
    kind,
    title: `Test ${count}`,
    url: server.url + path,
    settings,
    enabled: true,
    everyMinutes: 60,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return id;
}
const feed = (id: string) => findFeed(house.ward.db, id, house.ward.now());

async function snapshot() {
  const { rows } = await sql`
    select (select count(*) from advisory)::int as advisories, (select count(*) from affected)::int as affected,
      (select coalesce(sum(revision), 0) from advisory)::int as revisions,
      (select count(*) from kev_entry where removed_at is null)::int as kev,
      (select count(*) from epss_score)::int as epss, (select count(*) from lifecycle)::int as cycles`.execute(
    house.ward.db,
  );
  return rows[0];
}

describe('a feed that breaks', () => {
  const cves = Array.from({ length: 10 }, (_, n) => `CVE-2026-40${n + 10}`);
  const WORDS: Readonly<Record<Break, string | null>> = {
    'not found': 'feed.not-there',
    'broken once': null,
    broken: 'feed.server-broken',
    'busy once': null,
    'busy for an hour': 'feed.rate-limited',
    silent: 'feed.timed-out',
    cut: 'feed.broken-off',
    'wrong json': 'feed.wrong-content',
    'truncated gzip': 'feed.wrong-content',
    'endless body': 'feed.too-large',
    'redirect loop': 'feed.redirect-refused',
    'other scheme': 'feed.redirect-refused',
    html: 'feed.wrong-content',
  };

  it.each(BREAKS)('%s: says so, keeps what was good, and mends', async (kind) => {
    const id = await makeFeed('kev', '/kev.json');
    server.files.set('/kev.json', kevCatalogue(cves));
    expect(await run(id)).toMatchObject({ ok: true });
    const good = await feed(id);
    const before = await snapshot();
    server.files.set('/kev.json', kevCatalogue([...cves, `CVE-2026-5${count}000`]));
    server.broken.set('/kev.json', kind);

    const outcome = await run(id);

    const code = WORDS[kind];
    if (code === null) {
      expect(outcome).toMatchObject({ ok: true, counts: { added: 1 } });
      expect(waits).toEqual([kind === 'busy once' ? 1_000 : 10]);
    } else {
      expect(outcome.error).toMatchObject({ code });
      expect(await snapshot()).toEqual(before);
      const failing = await feed(id);
      expect(failing).toMatchObject({
        state: 'failing',
        lastGoodAt: good.lastGoodAt,
        failing: { failures: 1, code },
      });
      expect(failing.failing?.message).toMatch(/\w.*\.$/);
      expect(Date.parse(failing.nextRunAt as string) - Date.parse(failing.lastRunAt as string)).toBeLessThan(
        7 * 60_000,
      );
      await run(id);
      expect((await feed(id)).failing).toMatchObject({ failures: 2, since: failing.failing?.since });
    }
    server.broken.clear();
    expect(await run(id)).toMatchObject({ ok: true });
    expect(await feed(id)).toMatchObject({ state: 'fresh', failing: null });
    const after = await snapshot();
    // Not changed since: the server says so, and nothing is read.
    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 0 } });
    expect(await snapshot()).toEqual(after);
  });

  it('says that nobody is there', async () => {
    const other = await feedServer();
    const id = await makeFeed('kev', '/kev.json');
    await ask('PATCH', `/knowledge/feeds/${id}`, { url: `${other.url}/kev.json` });
    await other.close();

    expect((await run(id)).error).toMatchObject({ code: 'feed.unreachable' });
  });

  it('says that a server refuses, and does not ask again', async () => {
    const id = await makeFeed('eol', '/closed');
    const closed = createServer((_request, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    await ask('PATCH', `/knowledge/feeds/${id}`, {
      url: `http://127.0.0.1:${(closed.address() as { port: number }).port}/`,
    });

    expect((await run(id)).error).toMatchObject({ code: 'feed.refused' });

    expect(waits).toEqual([]);
    closed.close();
  });
});

describe('EPSS', () => {
  it('comes packed, and a cut archive changes nothing', async () => {
    const id = await makeFeed('epss', '/epss.csv.gz');
    const table = `#model_version:v2026,score_date:2026-03-01T00:00:00Z\ncve,epss,percentile\n${Array.from({ length: 3_000 }, (_, n) => `CVE-2019-${10_000 + n},0.${String(n).padStart(4, '0')},0.5`).join('\n')}\n`;
    const packed = gzipSync(table);
    server.files.set('/epss.csv.gz', packed.subarray(0, packed.length - 9));
    const before = await snapshot();

    expect((await run(id)).error).toMatchObject({ code: 'feed.wrong-content' });
    expect(await snapshot()).toEqual(before);

    server.files.set('/epss.csv.gz', packed);
    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 3_000, added: 3_000 } });
    expect((await signalsOf(house.ward.db, ['CVE-2019-10500'])).get('CVE-2019-10500')?.epss?.score).toBe(
      0.05,
    );
  });
});

describe('OSV', () => {
  it('takes the archive first, then only what changed', async () => {
    const id = await makeFeed('osv', '/osv', { ecosystems: ['npm'] });
    server.files.set(
      '/osv/npm/modified_id.csv',
      '2026-03-02T00:00:00Z,GHSA-b\n2026-03-01T00:00:00Z,GHSA-a\n',
    );
    server.files.set(
      '/osv/npm/all.zip',
      zipOf({
        'GHSA-a.json': JSON.stringify(osvRecord('GHSA-a')),
        'GHSA-b.json': JSON.stringify(osvRecord('GHSA-b')),
      }),
    );
    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 2, added: 2 } });
    server.asked.length = 0;

    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 0 } });
    expect(server.asked.map(({ path }) => path)).toEqual(['/osv/npm/modified_id.csv']);

    server.files.set(
      '/osv/npm/modified_id.csv',
      '2026-03-03T00:00:00Z,GHSA-a\n2026-03-02T00:00:00Z,GHSA-b\n2026-03-01T00:00:00Z,GHSA-c\n',
    );
    server.files.set('/osv/npm/GHSA-a.json', JSON.stringify(osvRecord('GHSA-a', '2026-03-03T00:00:00Z')));
    server.files.set('/osv/npm/GHSA-b.json', JSON.stringify(osvRecord('GHSA-b')));
    expect(await run(id)).toMatchObject({
      ok: true,
      counts: { read: 2, added: 0, changed: 1, unchanged: 1 },
    });
  });

  it('goes on past a record that is broken, shows itself incomplete, and tries it again', async () => {
    const id = await makeFeed('osv', '/osv3', { ecosystems: ['npm'] });
    const list = (...lines: string[]) =>
      server.files.set('/osv3/npm/modified_id.csv', `${lines.join('\n')}\n`);
    const first = '2026-03-01T00:00:00Z,OB-1';
    list(first);
    server.files.set('/osv3/npm/all.zip', zipOf({ 'OB-1.json': JSON.stringify(osvRecord('OB-1')) }));
    await run(id);
    list('2026-03-04T00:00:00Z,OB-4', '2026-03-03T00:00:00Z,OB-3', '2026-03-02T00:00:00Z,OB-2', first);
    server.files.set('/osv3/npm/OB-1.json', JSON.stringify(osvRecord('OB-1')));
    server.files.set('/osv3/npm/OB-2.json', '{"id": "OB-2", "modified"');
    server.files.set('/osv3/npm/OB-3.json', JSON.stringify({ ...osvRecord('OB-3'), affected: 'all of it' }));
    server.files.set('/osv3/npm/OB-4.json', JSON.stringify(osvRecord('OB-4')));

    expect(await run(id)).toMatchObject({ ok: true, leftOut: 2, counts: { read: 2, added: 1 } });
    expect(await feed(id)).toMatchObject({
      state: 'incomplete',
      leftOutCount: 2,
    });
    expect((await feed(id)).leftOut.map(({ name }) => name).sort()).toEqual(['OB-2', 'OB-3']);
    const shown = (await ask('GET', '/knowledge/feeds')).body.feeds as JsonObject[];
    expect(shown.find((one) => one.id === id)).toMatchObject({ state: 'incomplete', leftOutCount: 2 });

    // Nothing else is new; one of them is whole by now.
    server.files.set('/osv3/npm/OB-2.json', JSON.stringify(osvRecord('OB-2')));
    expect(await run(id)).toMatchObject({ ok: true, leftOut: 1, counts: { read: 1, added: 1 } });
    expect(await feed(id)).toMatchObject({ state: 'incomplete', leftOut: [{ name: 'OB-3' }] });
    // What the publisher takes out of the list is waited for no more.
    list('2026-03-04T00:00:00Z,OB-4', '2026-03-02T00:00:00Z,OB-2', first);
    expect(await run(id)).toMatchObject({ ok: true, leftOut: 0 });
    expect((await feed(id)).state).toBe('fresh');
  });

  it('fails as a whole when one record after the other is broken', async () => {
    const id = await makeFeed('osv', '/osv4', { ecosystems: ['npm'] });
    const list = (count: number) =>
      server.files.set(
        '/osv4/npm/modified_id.csv',
        Array.from({ length: count }, (_, n) => `2026-03-01T00:00:${10 + n}Z,OW-${n}\n`)
          .reverse()
          .join(''),
      );
    list(1);
    server.files.set('/osv4/npm/all.zip', zipOf({ 'OW-0.json': JSON.stringify(osvRecord('OW-0')) }));
    await run(id);
    list(40);
    for (let n = 0; n < 40; n += 1) server.files.set(`/osv4/npm/OW-${n}.json`, '<html>Sign in</html>');

    expect((await run(id)).error).toMatchObject({ code: 'feed.wrong-content' });
    expect(await feed(id)).toMatchObject({ state: 'failing', leftOutCount: 0 });
  });

  it('refuses a list that is none', async () => {
    const id = await makeFeed('osv', '/osv2', { ecosystems: ['npm'] });
    server.files.set('/osv2/npm/modified_id.csv', '<html>Sign in</html>');

    expect((await run(id)).error).toMatchObject({ code: 'feed.wrong-content' });
  });
});

describe('NVD', () => {
  const settings = () => ({ files: `${server.url}/files`, fromYear: new Date().getUTCFullYear() - 1 });
  const year = new Date().getUTCFullYear() - 1;
  const page = (records: readonly object[], total: number, start: number) =>
    JSON.stringify({
      resultsPerPage: records.length,
      startIndex: start,
      totalResults: total,
      format: 'NVD_CVE',
      version: '2.0',
      vulnerabilities: records,
    });

  function serveYear(cves: readonly string[], wrongSum = false) {
    const text = page(
      cves.map((cve) => nvdCve(cve)),
      cves.length,
      0,
    );
    server.files.set(`/files/nvdcve-2.0-${year}.json.gz`, gzipSync(text));
    server.files.set(
      `/files/nvdcve-2.0-${year}.meta`,
      `lastModifiedDate:x\r\nsha256:${sha256(wrongSum ? 'other' : text).toUpperCase()}\r\n`,
    );
  }

  it('fills by yearly files, checks their sums, then follows changes page by page', async () => {
    const id = await makeFeed('nvd', '/api', settings());
    serveYear(['CVE-2025-7001', 'CVE-2025-7002'], true);
    const before = await snapshot();
    expect((await run(id)).error).toMatchObject({ code: 'feed.wrong-checksum' });
    expect(await snapshot()).toEqual(before);

    serveYear(['CVE-2025-7001', 'CVE-2025-7002']);
    const changes = Array.from({ length: 5 }, (_, n) => nvdCve(`CVE-2026-710${n}`));
    server.files.set('/api', (query) => {
      const start = Number(query.get('startIndex'));
      return page(changes.slice(start, start + 2), changes.length, start);
    });
    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 7, added: 7 } });
    expect(waits).toEqual([6_000, 6_000]);
    const asked = server.asked.filter(({ path }) => path === '/api');
    const days = asked.map(
      ({ query }) =>
        (Date.parse(query.get('lastModEndDate')!) - Date.parse(query.get('lastModStartDate')!)) / 86_400_000,
    );
    expect(Math.max(...days)).toBeLessThanOrEqual(120);

    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 5, added: 0, changed: 0 } });
  });

  it('asks for changes since the files were written, which is before they were fetched', async () => {
    const day = 86_400_000;
    const firstAsked = async (writtenAt: string) => {
      const id = await makeFeed('nvd', '/api', settings());
      serveYear(['CVE-2025-7001']);
      const meta = `/files/nvdcve-2.0-${year}.meta`;
      server.files.set(meta, String(server.files.get(meta)).replace('Date:x', `Date:${writtenAt}`));
      server.files.set('/api', () => page([], 0, 0));
      server.asked.length = 0;
      expect(await run(id)).toMatchObject({ ok: true });
      const { query } = server.asked.find(({ path }) => path === '/api')!;
      return Date.parse(query.get('lastModStartDate')!);
    };

    const asked = Date.now();
    expect(await firstAsked('unknown')).toBeLessThan(asked - day);
    const mirrored = new Date(asked - 20 * day).toISOString();
    expect(await firstAsked(mirrored)).toBeLessThan(asked - 21 * day);
  });

  it('asks by windows of at most 120 days where there are no files, and sends the key but never shows it', async () => {
    const id = await makeFeed('nvd', '/api', { files: null, fromYear: year });
    server.files.set('/api', () => page([], 0, 0));
    process.env.WARD_NVD_API_KEY = 'secret-key-for-tests';
    try {
      expect(await run(id)).toMatchObject({ ok: true });
      expect(server.asked.length).toBeGreaterThan(2);
      expect(server.asked.every(({ headers }) => headers.apikey === 'secret-key-for-tests')).toBe(true);
      expect(JSON.stringify((await ask('GET', '/knowledge/feeds')).body)).not.toContain(
        'secret-key-for-tests',
      );
    } finally {
      delete process.env.WARD_NVD_API_KEY;
    }
  });

  it('misses no record where one leaves the window between two pages', async () => {
    const id = await makeFeed('nvd', '/api', { files: null, fromYear: new Date().getUTCFullYear() });
    const left = Array.from({ length: 6 }, (_, n) => nvdCve(`CVE-2026-730${n}`));
    let window = '';
    server.files.set('/api', (query) => {
      const start = Number(query.get('startIndex'));
      window ||= query.get('lastModStartDate')!;
      if (query.get('lastModStartDate') !== window) return page([], 0, 0);
      const answer = page(left.slice(start, start + 2), left.length, start);
      // Changed while the second page is read: what follows moves up by one.
      if (start === 2 && left.length === 6) left.shift();
      return answer;
    });

    expect(await run(id)).toMatchObject({ ok: true });
    const { rows } = await sql<{ ext_id: string }>`select ext_id from advisory where source = 'NVD'
      and ext_id like 'CVE-2026-730%' order by 1`.execute(house.ward.db);
    expect(rows.map(({ ext_id }) => ext_id.at(-1))).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('gains ground where records leave the window at every page', async () => {
    const id = await makeFeed('nvd', '/api', { files: null, fromYear: new Date().getUTCFullYear() });
    const left = Array.from({ length: 6_000 }, (_, n) => nvdCve(`CVE-2026-${String(100_000 + n)}`));
    let window = '';
    let asked = 0;
    server.files.set('/api', (query) => {
      const start = Number(query.get('startIndex'));
      window ||= query.get('lastModStartDate')!;
      if (query.get('lastModStartDate') !== window) return page([], 0, 0);
      asked += 1;
      if (asked > 1) left.splice(0, 10);
      return page(left.slice(start, start + 2_000), left.length, start);
    });

    expect(await run(id)).toMatchObject({ ok: true });
    expect(asked).toBeLessThan(10);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from advisory where source = 'NVD'
      and ext_id like 'CVE-2026-10____'`.execute(house.ward.db);
    expect(rows[0]?.n).toBe(6_000);
  });

  it('stops when the pages never end', async () => {
    const id = await makeFeed('nvd', '/api', { files: null, fromYear: new Date().getUTCFullYear() });
    server.files.set('/api', (query) => {
      const start = Number(query.get('startIndex'));
      return start === 0 ? page([nvdCve('CVE-2026-7200')], 1_000_000, 0) : page([], 1_000_000, start);
    });

    expect((await run(id)).error).toMatchObject({ code: 'feed.endless' });
  });
});

describe('a CSAF provider', () => {
  const metadata = (distributions: readonly object[]) =>
    JSON.stringify({ metadata_version: '2.0', publisher: { name: 'Harbour PSIRT' }, distributions });
  const entry = (id: string, updated: string) => ({
    id,
    updated,
    link: [
      { rel: 'self', href: `${server.url}/csaf/${id}.json` },
      { rel: 'hash', href: `${server.url}/csaf/${id}.json.sha512` },
    ],
  });
  const serve = (id: string, cves: readonly string[], label = 'WHITE') => {
    const text = JSON.stringify(csafDocument(id, cves, label));
    server.files.set(`/csaf/${id}.json`, text);
    server.files.set(`/csaf/${id}.json.sha512`, `${sha512(text)}  ${id}.json\n`);
  };

  it('gives an advisory for each vulnerability, leaves out what is not free to read, and follows changes', async () => {
    const id = await makeFeed('csaf', '/provider-metadata.json');
    server.files.set(
      '/provider-metadata.json',
      metadata([
        {
          rolie: {
            feeds: [
              { url: `${server.url}/white.json`, tlp_label: 'WHITE' },
              { url: `${server.url}/amber.json`, tlp_label: 'AMBER' },
            ],
          },
        },
      ]),
    );
    server.files.set(
      '/white.json',
      JSON.stringify({
        feed: { entry: [entry('H-1', '2026-03-01T00:00:00Z'), entry('H-2', '2026-03-02T00:00:00Z')] },
      }),
    );
    serve('H-1', ['CVE-2026-8001', 'CVE-2026-8002']);
    serve('H-2', ['CVE-2026-8003'], 'RED');

    const outcome = await run(id);

    expect(outcome).toMatchObject({ ok: true, counts: { read: 1, added: 2, notMatched: 2 } });
    expect(outcome.counts.notes.join(' ')).toMatch(/AMBER.*RED/);
    const { rows } = await sql<{ ext_id: string; groups: number }>`
      select a.ext_id, (select count(distinct m.group_id)::int from alias_member m where m.ext_id in ('CVE-2026-8001', 'CVE-2026-8002')) as groups
      from advisory a where a.source like 'CSAF%' and a.ext_id like 'H-%' order by 1`.execute(house.ward.db);
    expect(rows).toEqual([
      { ext_id: 'H-1#CVE-2026-8001', groups: 2 },
      { ext_id: 'H-1#CVE-2026-8002', groups: 2 },
    ]);
    server.asked.length = 0;
    expect(await run(id)).toMatchObject({ ok: true, counts: { read: 0 } });
    expect(server.asked.map(({ path }) => path)).toEqual(['/provider-metadata.json', '/white.json']);
  });

  it('leaves out a document that does not match its checksum, takes the others, and tries it again', async () => {
    const id = await makeFeed('csaf', '/directory/provider-metadata.json');
    server.files.set(
      '/directory/provider-metadata.json',
      metadata([{ directory_url: `${server.url}/csaf` }]),
    );
    server.files.set(
      '/csaf/changes.csv',
      '"K-3.json","2026-03-03T00:00:00Z"\n"K-2.json","2026-03-02T00:00:00Z"\n"K-1.json","2026-03-01T00:00:00Z"\n',
    );
    for (const n of [1, 2, 3]) serve(`K-${n}`, [`CVE-2026-810${n}`]);
    server.files.set('/csaf/K-2.json.sha512', `${sha512('other')}  K-2.json`);

    expect(await run(id)).toMatchObject({ ok: true, leftOut: 1, counts: { read: 2, added: 2 } });
    expect(await feed(id)).toMatchObject({
      state: 'incomplete',
      leftOut: [{ name: `${server.url}/csaf/K-2.json`, code: 'feed.wrong-checksum' }],
    });

    serve('K-2', ['CVE-2026-8102']);
    expect(await run(id)).toMatchObject({ ok: true, leftOut: 0, counts: { read: 1, added: 1 } });
    expect((await feed(id)).state).toBe('fresh');
  });
});

describe('a run that is killed', () => {
  it('goes on behind the last stored step, without doubling', async () => {
    const id = await makeFeed('osv', '/two', { ecosystems: ['npm', 'PyPI'] });
    for (const ecosystem of ['npm', 'PyPI']) {
      server.files.set(`/two/${ecosystem}/modified_id.csv`, `2026-03-02T00:00:00Z,X-${ecosystem}\n`);
      server.files.set(
        `/two/${ecosystem}/all.zip`,
        zipOf({ 'x.json': JSON.stringify(osvRecord(`X-${ecosystem}`)) }),
      );
    }
    const stop = new AbortController();
    server.onAsk = (path) => {
      if (path === '/two/PyPI/all.zip') stop.abort(new Error('killed'));
    };
    await expect(run(id, stop.signal)).rejects.toThrow('killed');
    expect(await feed(id)).toMatchObject({ failing: null, running: null });
    server.onAsk = null;
    server.asked.length = 0;

    const outcome = await run(id);

    expect(outcome).toMatchObject({ ok: true, counts: { read: 1, added: 1 } });
    expect(server.asked.map(({ path }) => path)).not.toContain('/two/npm/all.zip');
  });

  it('goes on after kill -9, by the command line', async () => {
    ensureBuilt();
    const id = await makeFeed('osv', '/killed', { ecosystems: ['npm', 'PyPI'] });
    for (const ecosystem of ['npm', 'PyPI']) {
      server.files.set(`/killed/${ecosystem}/modified_id.csv`, `2026-03-02T00:00:00Z,K-${ecosystem}\n`);
      server.files.set(
        `/killed/${ecosystem}/all.zip`,
        zipOf({ 'x.json': JSON.stringify(osvRecord(`K-${ecosystem}`)) }),
      );
    }
    const update = () => {
      const args = [
        program,
        'knowledge',
        'update',
        '--feed',
        id,
        '--json',
        '--data',
        join(temporaryFolder(), 'kill'),
      ];
      const child = spawn(process.execPath, args, { env: { ...process.env, DATABASE_URL: house.ward.url } });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      return { child, ended, output: () => output };
    };
    const first = update();
    let reached = false;
    server.onAsk = (path) => {
      if (path !== '/killed/PyPI/all.zip' || reached) return;
      reached = true;
      first.child.kill('SIGKILL');
    };
    await first.ended;
    expect(reached).toBe(true);
    expect((await feed(id)).state).not.toBe('failing');
    server.asked.length = 0;

    const second = update();

    expect(await second.ended).toBe(0);
    expect(JSON.parse(second.output())).toMatchObject({
      feeds: [{ feed: id, ok: true, counts: { read: 1, added: 1 } }],
    });
    expect(server.asked.map(({ path }) => path)).not.toContain('/killed/npm/all.zip');
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from advisory where ext_id like 'K-npm' or ext_id like 'K-PyPI'`.execute(
      house.ward.db,
    );
    expect(rows[0]?.n).toBe(2);
  }, 120_000);

  it('is alone: a second run of the same feed is refused meanwhile', async () => {
    const id = await makeFeed('kev', '/slow.json');
    server.files.set('/slow.json', kevCatalogue(['CVE-2026-9001']));
    let second: Promise<unknown> | null = null;
    server.onAsk = async () => {
      second ??= run(id).catch((error: unknown) => error);
      await second;
      expect(await feed(id)).toMatchObject({ state: 'running', running: { step: 'Asking for the file' } });
    };

    await run(id);

    expect(await second).toMatchObject({ code: 'feed.running' });
  });
});

describe('keeping feeds', () => {
  it('ships them turned off, and turning one on makes it due', async () => {
    const all = await listFeeds(house.ward.db, house.ward.now());
    const shipped = all.filter(({ own }) => !own);
    expect(shipped.map(({ id, enabled, state }) => [id, enabled, state])).toEqual(
      ['osv', 'nvd', 'kev', 'epss', 'cisa-csaf', 'eol'].map((id) => [id, false, 'off']),
    );
    expect(await queueDueFeeds(house.ward)).not.toContain('kev');

    await ask('PATCH', '/knowledge/feeds/kev', { enabled: true, url: `${server.url}/kev.json` });

    expect(await feed('kev')).toMatchObject({ enabled: true, state: 'never' });
    expect(await queueDueFeeds(house.ward)).toContain('kev');
    await ask('PATCH', '/knowledge/feeds/kev', { enabled: false });
  });

  it.each([
    ['an address of a file', { url: 'file:///etc/passwd' }, 'feed.wrong-address'],
    ['an address with a password', { url: 'https://a:b@example.org/' }, 'feed.wrong-address'],
    ['a setting that is none', { settings: { ecosystems: ['npm'] } }, 'feed.wrong-settings'],
  ])('refuses %s', async (_name, change, code) => {
    expect((await ask('PATCH', '/knowledge/feeds/kev', change)).body).toMatchObject({ code });
  });

  it('refuses a second feed of one name, to delete what ships, and what is not there', async () => {
    const body = { id: 'kev', kind: 'kev', title: 'Mine', url: 'https://example.org/' };
    expect((await ask('POST', '/knowledge/feeds', body)).body).toMatchObject({ code: 'feed.exists' });
    expect((await ask('DELETE', '/knowledge/feeds/kev')).body).toMatchObject({ code: 'feed.is-default' });
    expect((await ask('POST', '/knowledge/feeds/nothing/run')).body).toMatchObject({
      code: 'feed.not-found',
    });
  });

  it('deletes an own one, and refuses those who may not', async () => {
    const id = await makeFeed('kev', '/kev.json');
    const tester = await house.headersOf(house.actor('tester'));
    expect((await ask('DELETE', `/knowledge/feeds/${id}`, undefined, tester)).body).toMatchObject({
      code: 'http.not-permitted',
    });

    expect((await ask('DELETE', `/knowledge/feeds/${id}`)).body).toEqual({ deleted: id });
    await expect(feed(id)).rejects.toMatchObject({ code: 'feed.not-found' });
  });

  it('runs in the background when asked', async () => {
    const id = await makeFeed('kev', '/bg.json');
    server.files.set('/bg.json', kevCatalogue(['CVE-2026-9101']));
    await ask('POST', `/knowledge/feeds/${id}/run`);

    await house.ward.jobs.start(1);
    await house.ward.jobs.drain();

    expect(await feed(id)).toMatchObject({ state: 'fresh' });
  });
});
