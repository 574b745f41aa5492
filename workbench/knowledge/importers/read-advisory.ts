// One record of either format.

import type { Advisory } from '../advisory.ts';
import { detectRecord } from './detect.ts';
import { refuseAdvisory } from './errors.ts';
import { readNvd } from './nvd.ts';
import { readOsv } from './osv.ts';

/** The advisory; refuses `advisory.unknown-format` and what the reader of its format refuses. */
export function readAdvisory(record: unknown): Advisory {
  const format = detectRecord(record);
  switch (format) {
    case 'osv':
      return readOsv(record);
    case 'nvd':
      return readNvd(record);
    case 'unknown':
      throw refuseAdvisory(
        'advisory.unknown-format',
        'The record is neither an OSV record nor an NVD record.',
        { at: '$' },
      );
  }
}
