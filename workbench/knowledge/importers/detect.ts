// Which reader a record needs, by what it holds.

export type RecordFormat = 'osv' | 'nvd' | 'csaf' | 'cve5' | 'kev' | 'epss' | 'eol' | 'unknown';

/** What a format is called where people read it. */
export const FORMAT_TITLES: Readonly<Record<Exclude<RecordFormat, 'unknown'>, string>> = {
  osv: 'OSV records',
  nvd: 'NVD records',
  csaf: 'CSAF advisories',
  cve5: 'CVE records',
  kev: 'the CISA KEV catalogue',
  epss: 'EPSS scores',
  eol: 'endoflife.date products',
};

/**
 * `osv`: an id beside `affected`, `modified` or `schema_version`. `nvd`: the CVE of NVD API 2.0, in its `cve` wrapper or
 * bare as mirrors of the feed have it. `csaf`: a document with its version. `cve5`: a CVE record 5.x. `kev`: an entry of
 * CISA's catalogue. `epss`: a line of the scores. `eol`: a product with its cycles. NVD 1.1 items are `unknown`.
 */
export function detectRecord(record: unknown): RecordFormat {
  if (!isObject(record)) return 'unknown';
  if (isObject(record.cve)) return isNvdCve(record.cve) ? 'nvd' : 'unknown';
  if (isNvdCve(record)) return 'nvd';
  if (isObject(record.document)) return 'csaf_version' in record.document ? 'csaf' : 'unknown';
  if (isObject(record.cveMetadata) && isObject(record.containers)) return 'cve5';
  if (typeof record.cveID === 'string') return 'dateAdded' in record ? 'kev' : 'unknown';
  if (typeof record.cve === 'string') return 'epss' in record ? 'epss' : 'unknown';
  if (isEolProduct(record) || (isObject(record.result) && isEolProduct(record.result))) return 'eol';
  if (typeof record.id !== 'string') return 'unknown';
  const marks = [record.affected, record.modified, record.schema_version];
  return marks.some((mark) => mark !== undefined) && record.bomFormat === undefined ? 'osv' : 'unknown';
}

/** The CVE object of an NVD record, whether wrapped or bare. */
export function nvdCveOf(record: unknown): unknown {
  return isObject(record) && isObject(record.cve) ? record.cve : record;
}

function isNvdCve(cve: Record<string, unknown>): boolean {
  return (
    typeof cve.id === 'string' && /^CVE-\d/.test(cve.id) && ('vulnStatus' in cve || 'lastModified' in cve)
  );
}

/** As the API (version 1) has it, with `name`, or as the project's own files have it, with `product`. */
function isEolProduct(record: Record<string, unknown>): boolean {
  return Array.isArray(record.releases) && [record.name, record.product].some((n) => typeof n === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
