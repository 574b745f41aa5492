// One record of any format that holds advisories. A CSAF document holds one for each of its vulnerabilities.

import type { Advisory } from '../advisory.ts';
import { readCsaf } from './csaf/csaf.ts';
import { readCve5 } from './cve5.ts';
import { detectRecord } from './detect.ts';
import { refuseAdvisory } from './errors.ts';
import { readNvd } from './nvd.ts';
import { readOsv } from './osv.ts';

/** The advisories of the record; none for KEV, EPSS and endoflife.date. Refuses `advisory.unknown-format` and what the reader of its format refuses. */
export function readAdvisories(record: unknown): readonly Advisory[] {
  const format = detectRecord(record);
  switch (format) {
    case 'osv':
      return [readOsv(record)];
    case 'nvd':
      return [readNvd(record)];
    case 'csaf':
      return readCsaf(record);
    case 'cve5':
      return [readCve5(record)];
    case 'kev':
    case 'epss':
    case 'eol':
      return [];
    case 'unknown':
      throw refuseAdvisory('advisory.unknown-format', 'The record is of no format that Ward reads.', {
        at: '$',
      });
  }
}

/** The one advisory of a record in OSV's or NVD's form. Refuses as `readAdvisories` does. */
export function readAdvisory(record: unknown): Advisory {
  const [advisory] = readAdvisories(record);
  if (advisory) return advisory;
  throw refuseAdvisory('advisory.unknown-format', 'The record holds no advisory.', { at: '$' });
}
