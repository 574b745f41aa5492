// Which reader a record needs, by what it holds.

export type RecordFormat = 'osv' | 'nvd' | 'unknown';

/**
 * `osv`: an id beside `affected`, `modified` or `schema_version`. `nvd`: the CVE of NVD API 2.0, in its `cve` wrapper or
 * bare as mirrors of the feed have it. CVE 5 records, NVD 1.1 items and CSAF documents are `unknown`.
 */
export function detectRecord(record: unknown): RecordFormat {
  if (!isObject(record)) return 'unknown';
  if (isObject(record.cve)) return isNvdCve(record.cve) ? 'nvd' : 'unknown';
  if (isNvdCve(record)) return 'nvd';
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
