// Reads an entry of CISA's catalogue of known exploited vulnerabilities (JSON and CSV have the same fields;
// https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json, read 2026-11).
// Lost: notes, and the CWE ids, which NVD has too.
import { z } from 'zod';
import { quoted, refuseAdvisory } from '../importers/errors.ts';
import { readShape, storable } from '../importers/record-shape.ts';
import { parseDay } from './day.ts';

const text = z.string().nullish();
const KevRecord = z.object({
  cveID: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
  dateAdded: z.string(),
  dueDate: text,
  vendorProject: text,
  product: text,
  vulnerabilityName: text,
  requiredAction: text,
  knownRansomwareCampaignUse: text,
});

export interface KevEntry {
  readonly cve: string;
  /** Days, `2025-08-25`. */
  readonly addedOn: string;
  readonly dueOn: string | null;
  /** CISA says `Known` or `Unknown`; unknown is not no. */
  readonly ransomware: 'known' | 'unknown';
  readonly name: string;
  readonly product: string;
  readonly action: string;
}

const MAX_TEXT = 1_000;

/** Refuses what `readShape` refuses, and `advisory.wrong-value` for a day that is none. */
export function readKev(record: unknown): KevEntry {
  const raw = readShape(KevRecord, record);
  const addedOn = parseDay(raw.dateAdded);
  if (addedOn === null) {
    const message = `$.dateAdded is ${quoted(raw.dateAdded)}, which is no day.`;
    throw refuseAdvisory('advisory.wrong-value', message, { at: '$.dateAdded' });
  }
  const clip = (value: string | null | undefined) => (value ?? '').trim().slice(0, MAX_TEXT);
  return storable({
    cve: raw.cveID,
    addedOn,
    dueOn: parseDay(raw.dueDate),
    ransomware: raw.knownRansomwareCampaignUse?.trim().toLowerCase() === 'known' ? 'known' : 'unknown',
    name: clip(raw.vulnerabilityName),
    product: [clip(raw.vendorProject), clip(raw.product)].filter((part) => part !== '').join(' '),
    action: clip(raw.requiredAction),
  });
}
