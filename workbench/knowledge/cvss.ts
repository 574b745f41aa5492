// Scores of CVSS vectors, versions 2.0 to 4.0, by the calculator of metæffekt; and the one severity that stands for an advisory.
import calculator from 'ae-cvss-calculator';
import type { SeverityLevel, SeverityStatement } from './advisory.ts';

export type CvssVersion = '2.0' | '3.0' | '3.1' | '4.0';

export interface CvssScore {
  readonly version: CvssVersion;
  /** Score of the base metrics alone, 0.0–10.0. */
  readonly base: number;
  /** Score with all metrics that the vector states: temporal or threat, and environmental. */
  readonly overall: number;
  /** Environmental score; null when the vector states none. CVSS 4.0: base and environmental metrics together. */
  readonly environmental: number | null;
  /** Qualitative rating of `base`. */
  readonly level: SeverityLevel;
}

/** Longest vector that is read; a complete CVSS 4.0 vector takes about 220 characters. */
const MAX_VECTOR_LENGTH = 512;

/**
 * Scores a vector; null when it cannot be read: not a vector, unknown or repeated metrics, base metrics missing.
 *
 * @example score('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')  // { version: '3.1', base: 9.8, level: 'critical', … }
 */
export function score(vector: string): CvssScore | null {
  if (vector.length > MAX_VECTOR_LENGTH) return null;
  const known = scored.get(vector);
  if (known !== undefined) return known;
  const result = readVector(vector);
  if (scored.size >= MAX_SCORED) scored.delete(scored.keys().next().value!);
  scored.set(vector, result);
  return result;
}

/** A feed repeats few vectors, and one of CVSS 4.0 costs a millisecond; the oldest is dropped when full. */
const scored = new Map<string, CvssScore | null>();
const MAX_SCORED = 20_000;

function readVector(vector: string): CvssScore | null {
  // NVD and older records write version 2 in parentheses; version 2 has no prefix of its own.
  const text = vector.trim().replace(/^\((.*)\)$/, '$1');
  const found =
    /^(?:CVSS:(2\.0|3\.0|3\.1|4\.0)\/)?([A-Za-z]{1,3}:[A-Za-z]{1,6}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,6})*)\/?$/.exec(
      text,
    );
  if (!found) return null;
  const version = (found[1] ?? '2.0') as CvssVersion;
  const metrics = found[2]!;
  const names = metrics.split('/').map((metric) => metric.split(':')[0]);
  if (new Set(names).size !== names.length) return null;
  try {
    return calculate(version, metrics);
  } catch {
    // The calculator throws on metrics and values that the version does not have.
    return null;
  }
}

function calculate(version: CvssVersion, metrics: string): CvssScore | null {
  if (version === '4.0') {
    const vector = new calculator.Cvss4P0(metrics);
    if (!vector.isBaseFullyDefined()) return null;
    const scores = vector.calculateScores(false);
    return finish(version, scores.baseMetricsOnly, scores.overall, scores.environmental);
  }
  const vector = makeVector(version, metrics);
  if (!vector.isBaseFullyDefined()) return null;
  const scores = vector.calculateScores(false);
  return finish(version, scores.base, scores.overall, scores.environmental);
}

function makeVector(version: Exclude<CvssVersion, '4.0'>, metrics: string) {
  switch (version) {
    case '2.0':
      return new calculator.Cvss2(metrics);
    case '3.0':
      return new calculator.Cvss3P0(metrics);
    case '3.1':
      return new calculator.Cvss3P1(metrics);
  }
}

function finish(
  version: CvssVersion,
  base: number | undefined,
  overall: number,
  environmental: number | undefined,
): CvssScore | null {
  if (base === undefined || !Number.isFinite(base) || !Number.isFinite(overall)) return null;
  return { version, base, overall, environmental: environmental ?? null, level: levelOf(version, base) };
}

/** Rating scale: CVSS 3.1 section 5 and 4.0 section 6; version 2 as NVD rates it, which knows no critical. */
export function levelOf(version: CvssVersion, base: number): SeverityLevel {
  if (base === 0) return version === '2.0' ? 'low' : 'none';
  if (base < 4) return 'low';
  if (base < 7) return 'medium';
  return version === '2.0' || base < 9 ? 'high' : 'critical';
}

export interface WorstSeverity extends CvssScore {
  readonly vector: string;
  /** Who scored it. */
  readonly by: string;
}

/**
 * The severity that stands for an advisory: of the readable vectors those of the newest CVSS version, of these the highest.
 * Null when no vector can be read; the level is then *unknown*, not low.
 */
export function worstSeverity(severities: readonly SeverityStatement[]): WorstSeverity | null {
  let worst: WorstSeverity | null = null;
  for (const { vector, by } of severities) {
    const result = score(vector);
    if (!result) continue;
    const newer = worst === null ? 1 : Number(result.version[0]) - Number(worst.version[0]);
    if (worst === null || newer > 0 || (newer === 0 && result.base > worst.base)) {
      worst = { ...result, vector, by };
    }
  }
  return worst;
}
