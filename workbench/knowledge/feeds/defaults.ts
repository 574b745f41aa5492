// The feeds that ship with Ward. All are off: many houses have no way out, and where to ask is for them to decide.
import type { JsonObject } from '../../kernel/records/record.ts';
import type { FeedKindId } from '../store/tables.ts';

export interface FeedDefault {
  readonly id: string;
  readonly kind: FeedKindId;
  readonly title: string;
  readonly url: string;
  readonly settings: JsonObject;
  readonly everyMinutes: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** Addresses as their publishers name them; read 2026-11, not tried from the machine that built Ward. */
export const FEED_DEFAULTS: readonly FeedDefault[] = [
  {
    id: 'osv',
    kind: 'osv',
    title: 'OSV: packages of the common ecosystems',
    url: 'https://osv-vulnerabilities.storage.googleapis.com',
    settings: { ecosystems: ['npm', 'PyPI', 'Maven', 'Go', 'crates.io', 'NuGet', 'OSS-Fuzz'] },
    everyMinutes: HOUR,
  },
  {
    id: 'nvd',
    kind: 'nvd',
    title: 'NVD: CVEs by CPE',
    url: 'https://services.nvd.nist.gov/rest/json/cves/2.0',
    settings: { files: 'https://nvd.nist.gov/feeds/json/cve/2.0', fromYear: 2002 },
    everyMinutes: 2 * HOUR,
  },
  {
    id: 'kev',
    kind: 'kev',
    title: 'CISA: known exploited vulnerabilities',
    url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
    settings: {},
    everyMinutes: HOUR,
  },
  {
    id: 'epss',
    kind: 'epss',
    title: 'FIRST: exploit prediction (EPSS)',
    url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
    settings: {},
    everyMinutes: DAY / 4,
  },
  {
    id: 'cisa-csaf',
    kind: 'csaf',
    title: 'CISA: industrial and medical advisories (CSAF)',
    url: 'https://www.cisa.gov/sites/default/files/csaf/provider-metadata.json',
    settings: {},
    everyMinutes: DAY / 4,
  },
  {
    id: 'eol',
    kind: 'eol',
    title: 'endoflife.date: end of support',
    url: 'https://endoflife.date/api/v1/products/full',
    settings: {},
    everyMinutes: DAY,
  },
];
