// Reads one record of the NVD API 2.0 (https://nvd.nist.gov/developers/vulnerabilities), wrapped in `cve` or bare.

import type {
  Advisory,
  Affected,
  AffectedRange,
  CpeConfiguration,
  CpeNode,
  SeverityStatement,
} from '../advisory.ts';
import { cpeName, formatCpe, parseCpe } from '../identity/cpe.ts';
import { nvdCveOf } from './detect.ts';
import { NvdCve, type NvdMatch } from './nvd-schema.ts';
import { isCweId, longAgo, parseInstant, readShape, storable, unique } from './record-shape.ts';
import { statement } from './severity.ts';

type CpeRange = Extract<AffectedRange, { kind: 'CPE' }>;

/** The advisory; refuses `advisory.missing-field`, `advisory.wrong-type` and `advisory.wrong-value` at a JSON path. */
export function readNvd(record: unknown): Advisory {
  const raw = readShape(NvdCve, nvdCveOf(record));
  const published = parseInstant(raw.published);
  const modified = parseInstant(raw.lastModified) ?? published ?? longAgo;
  const products: Products = new Map();
  const configurations = readConfigurations(raw, products);
  return storable({
    source: 'NVD',
    id: raw.id,
    aliases: [],
    upstream: [],
    related: [],
    summary: '',
    details: raw.descriptions.find(({ lang }) => lang === 'en')?.value ?? raw.descriptions[0]?.value ?? '',
    published,
    modified,
    // NVD keeps no instant of the rejection; the last change is the best that is known.
    withdrawn: raw.vulnStatus?.toLowerCase() === 'rejected' ? modified : null,
    severities: readSeverities(raw),
    cwes: unique(
      (raw.weaknesses ?? []).flatMap(({ description }) => description.map(({ value }) => value)),
    ).filter(isCweId),
    references: (raw.references ?? []).map(({ url, tags }) => ({ type: referenceType(tags ?? []), url })),
    affected: affectedOf(products),
    configurations,
    derived: raw.derived === true,
  });
}

/** Ranges of each vendor and product that some statement calls vulnerable; platforms stay in the configurations only. */
type Products = Map<string, CpeRange[]>;

function readConfigurations(raw: NvdCve, products: Products): CpeConfiguration[] {
  return (raw.configurations ?? []).map(({ operator, negate, nodes }, configuration) => ({
    operator: operator ?? 'OR',
    negate: negate ?? false,
    nodes: nodes.map((node) => ({
      operator: node.operator ?? 'OR',
      negate: node.negate ?? false,
      matches: node.cpeMatch.map((match) => readMatch(match, configuration, products)),
    })),
  }));
}

// Criteria that are no CPE (some copies of the feed lost the quoting of colons) stay as written: they match nothing, but an AND still misses them.
function readMatch(raw: NvdMatch, configuration: number, products: Products): CpeNode['matches'][number] {
  const cpe = parseCpe(raw.criteria);
  const range: CpeRange = {
    kind: 'CPE',
    criteria: cpe === null ? raw.criteria : formatCpe(cpe),
    criteriaId: raw.matchCriteriaId ?? null,
    startIncluding: raw.versionStartIncluding ?? null,
    startExcluding: raw.versionStartExcluding ?? null,
    endIncluding: raw.versionEndIncluding ?? null,
    endExcluding: raw.versionEndExcluding ?? null,
    configuration,
  };
  if (cpe !== null && raw.vulnerable) {
    const name = cpeName(cpe);
    const ranges = products.get(name);
    if (ranges === undefined) products.set(name, [range]);
    else ranges.push(range);
  }
  return { ...range, vulnerable: raw.vulnerable };
}

function affectedOf(products: Products): Affected[] {
  return [...products].map(([name, ranges]) => ({
    ecosystem: 'cpe',
    name,
    scope: '',
    ranges,
    versions: [],
    hint: null,
  }));
}

function readSeverities({ metrics }: NvdCve): SeverityStatement[] {
  if (!metrics) return [];
  const typed = [
    ...(metrics.cvssMetricV40 ?? []).map((metric) => ({ type: 'CVSS_V4' as const, metric })),
    ...(metrics.cvssMetricV31 ?? []).map((metric) => ({ type: 'CVSS_V3' as const, metric })),
    ...(metrics.cvssMetricV30 ?? []).map((metric) => ({ type: 'CVSS_V3' as const, metric })),
    ...(metrics.cvssMetricV2 ?? []).map((metric) => ({ type: 'CVSS_V2' as const, metric })),
  ];
  return typed.map(({ type, metric }) =>
    statement(type, metric.cvssData.vectorString, metric.source ?? 'NVD'),
  );
}

/** NVD's tags in the words of OSV (`references[].type`); EXPLOIT is Ward's own, because it re-opens decisions. */
function referenceType(tags: readonly string[]): string {
  if (tags.includes('Exploit')) return 'EXPLOIT';
  if (tags.includes('Patch')) return 'FIX';
  if (
    tags.includes('Vendor Advisory') ||
    tags.includes('Third Party Advisory') ||
    tags.includes('US Government Resource')
  ) {
    return 'ADVISORY';
  }
  return tags.includes('Issue Tracking') ? 'REPORT' : 'WEB';
}
