// Signs of exploitation for the example's flaws, as facts with their sources: CISA's catalogue of known exploited vulnerabilities
// (https://www.cisa.gov/known-exploited-vulnerabilities-catalog, read 2026-11) and FIRST's EPSS (https://www.first.org/epss/, a table of
// August 2026 that names no day). A feed replaces them by newer ones.
import type { EpssScore } from '../workbench/knowledge/signals/epss.ts';
import type { KevEntry } from '../workbench/knowledge/signals/kev.ts';

export const exampleKev: readonly KevEntry[] = [
  {
    cve: 'CVE-2023-4911',
    addedOn: '2023-11-21',
    dueOn: '2023-12-12',
    ransomware: 'unknown',
    name: 'Buffer overflow in the dynamic loader of the GNU C library',
    product: 'GNU C Library',
    action: 'Mitigate as the vendor says, or stop using the product where nothing can be done.',
  },
];

export const exampleEpss: readonly EpssScore[] = [
  { cve: 'CVE-2023-4911', score: 0.81422, percentile: 0.99609, day: null },
];
