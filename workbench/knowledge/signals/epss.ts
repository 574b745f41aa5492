// Reads a score of the Exploit Prediction Scoring System (FIRST): a line of the daily table, or an object of the API's
// `data` (https://www.first.org/epss/data_stats and https://api.first.org/epss/, read 2026-11). By hand instead of by
// schema: a day has 300,000 of them.
import { quoted, refuseAdvisory } from '../importers/errors.ts';
import { parseDay } from './day.ts';

export interface EpssScore {
  readonly cve: string;
  /** Probability of exploitation within 30 days, 0 to 1. */
  readonly score: number;
  readonly percentile: number | null;
  /** Day of the score; null where the table does not say. */
  readonly day: string | null;
}

/** Refuses `advisory.missing-field` and `advisory.wrong-value`. */
export function readEpss(record: unknown): EpssScore {
  const { cve, epss, percentile, date } = record as Record<string, unknown>;
  if (typeof cve !== 'string' || !/^CVE-\d{4}-\d{4,19}$/.test(cve)) throw wrong('$.cve', cve);
  const score = share(epss);
  if (score === null) throw wrong('$.epss', epss);
  const rank =
    percentile === undefined || percentile === null || percentile === '' ? null : share(percentile);
  if (rank === null && percentile !== undefined && percentile !== null && percentile !== '')
    throw wrong('$.percentile', percentile);
  return { cve, score, percentile: rank, day: typeof date === 'string' ? parseDay(date) : null };
}

/** A number from 0 to 1, also as text; null for everything else. */
function share(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^\d*\.?\d+(?:e-?\d+)?$/i.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 1 ? number : null;
}

function wrong(at: string, value: unknown) {
  if (value === undefined)
    return refuseAdvisory('advisory.missing-field', `The field ${at} is missing.`, { at });
  return refuseAdvisory(
    'advisory.wrong-value',
    `${at} has the value ${quoted(value)}, which EPSS does not allow.`,
    {
      at,
    },
  );
}

/** Bands in which a score is spoken of; own judgement: above 0.1 lie about 4 % of all CVEs, above 0.5 about 1.5 %. */
export const EPSS_BANDS = [0.1, 0.5, 0.9] as const;

/** 0 below the first band, 3 from 0.9 on. */
export function epssBand(score: number): number {
  return EPSS_BANDS.filter((from) => score >= from).length;
}
