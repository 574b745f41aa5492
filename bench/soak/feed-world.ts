// What the feeds of the endurance run offer: a world of advisories that grows round by round, served as the real ones are.
import { gzipSync } from 'node:zlib';
import {
  csafDocument,
  type FeedServer,
  feedServer,
  kevCatalogue,
  nvdCve,
  osvRecord,
  sha256,
  sha512,
  zipOf,
} from '../../tests/feeds/feed-server.ts';

export const SOAK_FEEDS = ['soak-osv', 'soak-nvd', 'soak-kev', 'soak-epss', 'soak-csaf'] as const;
export type SoakFeed = (typeof SOAK_FEEDS)[number];

/** Everything that a feed has offered by the end of a round, by id. */
export type Offered = Readonly<Record<SoakFeed, ReadonlySet<string>>>;

export interface FeedWorld {
  readonly server: FeedServer;
  readonly year: number;
  /** When it grew last: a run that began later has seen all. */
  readonly grownAt: number;
  grow(): void;
  offered(): Offered;
  close(): Promise<void>;
}

const ECOSYSTEMS = ['npm', 'PyPI'] as const;
const FIRST = { osv: 1_200, nvdYear: 1_000, kev: 200, epss: 30_000, csaf: 30 };
const MORE = { osv: 40, nvd: 250, kev: 5, epss: 50, csaf: 25 };
const NVD_PAGE = 200;

export async function feedWorld(): Promise<FeedWorld> {
  const server = await feedServer();
  const year = new Date().getUTCFullYear() - 1;
  const osv = new Map(ECOSYSTEMS.map((name) => [name, [] as ReturnType<typeof sampleOsv>[]]));
  const nvdYear = Array.from({ length: FIRST.nvdYear }, (_, n) => nvdCve(`CVE-${year}-${10_000 + n}`));
  const nvdSince: ReturnType<typeof nvdCve>[] = [];
  const kev: string[] = [];
  const scores: string[] = [];
  const csaf: { readonly id: string; readonly cve: string; readonly at: string }[] = [];
  let grownAt = 0;

  const put = (path: string, content: string | Buffer) => server.files.set(path, content);
  const yearText = nvdPage(nvdYear, nvdYear.length, 0);
  put(`/files/nvdcve-2.0-${year}.json.gz`, gzipSync(yearText));
  put(`/files/nvdcve-2.0-${year}.meta`, `sha256:${sha256(yearText).toUpperCase()}\r\n`);
  server.files.set('/nvd', (query) => {
    const [from, to] = ['lastModStartDate', 'lastModEndDate'].map((name) =>
      Date.parse(query.get(name) ?? ''),
    );
    const inside = nvdSince.filter(({ cve }) => {
      const at = Date.parse(`${cve.lastModified}Z`);
      return at >= (from as number) && at <= (to as number);
    });
    const start = Number(query.get('startIndex'));
    return nvdPage(inside.slice(start, start + NVD_PAGE), inside.length, start);
  });
  for (const name of ECOSYSTEMS) {
    const records = osv.get(name) ?? [];
    server.files.set(`/osv/${name}/all.zip`, () =>
      zipOf(Object.fromEntries(records.map((record) => [`${record.id}.json`, JSON.stringify(record)]))),
    );
    server.files.set(
      `/osv/${name}/modified_id.csv`,
      () =>
        `${[...records]
          .reverse()
          .map(({ modified, id }) => `${modified},${id}`)
          .join('\n')}\n`,
    );
  }
  server.files.set('/kev.json', () => kevCatalogue(kev));
  server.files.set('/epss.csv.gz', () =>
    gzipSync(
      `#model_version:v2026,score_date:2026-03-01T00:00:00Z\ncve,epss,percentile\n${scores.map((cve) => `${cve},0.5,0.5`).join('\n')}\n`,
    ),
  );
  put(
    '/provider-metadata.json',
    JSON.stringify({
      metadata_version: '2.0',
      publisher: { name: 'Harbour PSIRT' },
      distributions: [{ directory_url: `${server.url}/csaf` }],
    }),
  );
  server.files.set(
    '/csaf/changes.csv',
    () =>
      `${[...csaf]
        .reverse()
        .map(({ id, at }) => `"${id}.json","${at}"`)
        .join('\n')}\n`,
  );

  function grow(): void {
    const first = kev.length === 0;
    const now = new Date();
    for (const name of ECOSYSTEMS) {
      const records = osv.get(name) ?? [];
      for (let n = first ? FIRST.osv : MORE.osv; n > 0; n -= 1) {
        const record = sampleOsv(name, records.length, now);
        records.push(record);
        put(`/osv/${name}/${record.id}.json`, JSON.stringify(record));
      }
    }
    if (!first)
      for (let n = 0; n < MORE.nvd; n += 1)
        nvdSince.push(nvdCve(`CVE-${year + 1}-${10_000 + nvdSince.length}`, now.toISOString().slice(0, -1)));
    for (let n = first ? FIRST.kev : MORE.kev; n > 0; n -= 1) kev.push(`CVE-2017-${10_000 + kev.length}`);
    for (let n = first ? FIRST.epss : MORE.epss; n > 0; n -= 1)
      scores.push(`CVE-2016-${10_000 + scores.length}`);
    for (let n = first ? FIRST.csaf : MORE.csaf; n > 0; n -= 1) {
      // All of a round bear one instant: a run that is killed among them must not leave the rest out.
      const next = { id: `S-${csaf.length}`, cve: `CVE-2015-${10_000 + csaf.length}`, at: now.toISOString() };
      const text = JSON.stringify(csafDocument(next.id, [next.cve]));
      put(`/csaf/${next.id}.json`, text);
      put(`/csaf/${next.id}.json.sha512`, `${sha512(text)}  ${next.id}.json\n`);
      csaf.push(next);
    }
    server.asked.length = 0;
    grownAt = Date.now();
  }

  return {
    server,
    year,
    get grownAt() {
      return grownAt;
    },
    grow,
    offered: () => ({
      'soak-osv': new Set([...osv.values()].flat().map(({ id }) => id)),
      'soak-nvd': new Set([...nvdYear, ...nvdSince].map(({ cve }) => cve.id)),
      'soak-kev': new Set(kev),
      'soak-epss': new Set(scores),
      'soak-csaf': new Set(csaf.map(({ id, cve }) => `${id}#${cve}`)),
    }),
    close: () => server.close(),
  };
}

/** Speaks of the packages of which the SBOMs of the run are made, so that there is something to match. */
function sampleOsv(ecosystem: string, n: number, now: Date) {
  const record = osvRecord(`SOAK-${ecosystem}-${n}`, now.toISOString());
  const [affected] = record.affected;
  return {
    ...record,
    affected: [{ ...affected, package: { ecosystem, name: `ward-sample-${(n * 7) % 20_000}` } }],
  };
}

function nvdPage(records: readonly object[], total: number, start: number): string {
  return JSON.stringify({
    resultsPerPage: records.length,
    startIndex: start,
    totalResults: total,
    format: 'NVD_CVE',
    version: '2.0',
    vulnerabilities: records,
  });
}
