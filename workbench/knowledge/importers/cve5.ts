// Reads a CVE record (CVE JSON 5.0 to 5.2, https://github.com/CVEProject/cve-schema, read 2026-11): what its CNA and those
// who enrich it call affected, where a purl or a CPE identifies the product. Products named in words only are not matched.
import { z } from 'zod';
import type { Advisory, Affected, AffectedRange, SeverityStatement } from '../advisory.ts';
import { cpeName, formatCpe, isConcrete, parseCpe } from '../identity/cpe.ts';
import { identify } from '../identity/identify.ts';
import type { SsvcStatement } from '../signals/ssvc.ts';
import { isCweId, longAgo, parseInstant, readShape, storable, unique } from './record-shape.ts';
import { statement } from './severity.ts';

const text = z.string().nullish();
const Version = z.object({
  version: z.string(),
  status: z.string(),
  lessThan: text,
  lessThanOrEqual: text,
  versionType: text,
});
const AffectedProduct = z.object({
  vendor: text,
  product: text,
  packageURL: text,
  cpes: z.array(z.string()).nullish(),
  defaultStatus: text,
  versions: z.array(Version).nullish(),
});
type AffectedProduct = z.infer<typeof AffectedProduct>;

const Container = z.object({
  title: text,
  providerMetadata: z.object({ shortName: text }).nullish(),
  datePublic: text,
  affected: z.array(AffectedProduct).nullish(),
  descriptions: z.array(z.object({ lang: z.string(), value: z.string() })).nullish(),
  metrics: z.array(z.record(z.string(), z.unknown())).nullish(),
  problemTypes: z.array(z.object({ descriptions: z.array(z.object({ cweId: text })).nullish() })).nullish(),
  references: z.array(z.object({ url: z.string(), tags: z.array(z.string()).nullish() })).nullish(),
});
type Container = z.infer<typeof Container>;

const Cve5 = z.object({
  cveMetadata: z.object({
    cveId: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
    state: text,
    datePublished: text,
    dateUpdated: text,
    dateRejected: text,
  }),
  containers: z.object({ cna: Container, adp: z.array(Container).max(100).nullish() }),
});

/** Refuses what `readShape` refuses. */
export function readCve5(record: unknown): Advisory {
  const { cveMetadata: meta, containers } = readShape(Cve5, record);
  const all = [containers.cna, ...(containers.adp ?? [])];
  const modified = parseInstant(meta.dateUpdated) ?? parseInstant(meta.datePublished) ?? longAgo;
  const { cna } = containers;
  return storable({
    source: 'CVE',
    id: meta.cveId,
    aliases: [],
    upstream: [],
    related: [],
    summary: cna.title ?? '',
    details:
      cna.descriptions?.find(({ lang }) => lang.startsWith('en'))?.value ??
      cna.descriptions?.[0]?.value ??
      '',
    published: parseInstant(meta.datePublished),
    modified,
    withdrawn:
      meta.state?.toUpperCase() === 'REJECTED' ? (parseInstant(meta.dateRejected) ?? modified) : null,
    severities: all.flatMap(severitiesOf).slice(0, 50),
    cwes: unique(
      all.flatMap(({ problemTypes }) =>
        (problemTypes ?? []).flatMap(({ descriptions }) =>
          (descriptions ?? []).map(({ cweId }) => cweId ?? ''),
        ),
      ),
    ).filter(isCweId),
    references: all
      .flatMap(({ references }) => references ?? [])
      .slice(0, 500)
      .map(({ url, tags }) => ({ type: referenceType(tags ?? []), url })),
    affected: joinByName(all.flatMap(({ affected }) => (affected ?? []).flatMap(affectedOf))),
    configurations: [],
    derived: false,
  });
}

/** What CISA's container states beside the flaw itself; empty where there is none or it cannot be read. */
export function ssvcOf(record: unknown): SsvcStatement[] {
  const parsed = Cve5.safeParse(record);
  if (!parsed.success) return [];
  const cve = parsed.data.cveMetadata.cveId;
  return (parsed.data.containers.adp ?? []).flatMap(({ metrics }) =>
    (metrics ?? []).flatMap(({ other }) => {
      const { type, content } = fields(other);
      const { role, timestamp, options } = fields(content);
      if (type !== 'ssvc' || !Array.isArray(options)) return [];
      const words = options.slice(0, 20).flatMap((option) => Object.entries(fields(option)));
      const kept = words.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      const statement: SsvcStatement = {
        cve,
        role: typeof role === 'string' ? role.slice(0, 100) : 'unknown',
        statedAt: typeof timestamp === 'string' ? parseInstant(timestamp) : null,
        options: Object.fromEntries(kept.map(([key, value]) => [key.slice(0, 100), value.slice(0, 100)])),
      };
      return [storable(statement)];
    }),
  );
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function severitiesOf({ metrics, providerMetadata }: Container): SeverityStatement[] {
  const by = providerMetadata?.shortName ?? 'CVE';
  return (metrics ?? []).flatMap((metric) =>
    (
      [
        ['cvssV4_0', 'CVSS_V4'],
        ['cvssV3_1', 'CVSS_V3'],
        ['cvssV3_0', 'CVSS_V3'],
        ['cvssV2_0', 'CVSS_V2'],
      ] as const
    ).flatMap(([field, type]) => {
      const vector = fields(metric[field]).vectorString;
      return typeof vector === 'string' ? [statement(type, vector, by)] : [];
    }),
  );
}

function referenceType(tags: readonly string[]): string {
  if (tags.includes('exploit')) return 'EXPLOIT';
  if (tags.includes('patch')) return 'FIX';
  if (tags.includes('vendor-advisory') || tags.includes('third-party-advisory')) return 'ADVISORY';
  return tags.includes('issue-tracking') ? 'REPORT' : 'WEB';
}

function affectedOf(raw: AffectedProduct): Affected[] {
  const versions = (raw.versions ?? []).filter(
    ({ version }) => !/^(?:n\/a|unspecified|unknown)$/i.test(version),
  );
  return [...ofPurl(raw, versions), ...ofCpes(raw, versions)];
}

type Versions = readonly z.infer<typeof Version>[];

function ofPurl(raw: AffectedProduct, versions: Versions): Affected[] {
  if (!raw.packageURL) return [];
  const { identities } = identify({ name: '', version: null, purl: raw.packageURL, cpes: [], commit: null });
  const listed = versions.filter(({ status }) => status === 'affected');
  const isGit = (version: Versions[number]) => version.versionType === 'git';
  const ranges = listed.filter((v) => !isGit(v) && (v.lessThan || v.lessThanOrEqual));
  const singles = listed.filter((v) => !isGit(v) && !v.lessThan && !v.lessThanOrEqual);
  // `defaultStatus: affected` with exceptions is no range that could be listed: every version then counts as named.
  const open: AffectedRange[] =
    raw.defaultStatus === 'affected' && listed.length === 0
      ? [{ kind: 'ECOSYSTEM', events: [{ introduced: '0' }, ...fixedAt(versions)] }]
      : [];
  return identities.map(({ ecosystem, name, scope }) => ({
    ecosystem,
    name,
    scope,
    ranges: [
      ...ranges.map(
        (v): AffectedRange => ({
          kind: 'ECOSYSTEM',
          events: [
            { introduced: v.version === '*' ? '0' : v.version },
            ...(v.lessThan && v.lessThan !== '*' ? [{ fixed: v.lessThan }] : []),
            ...(v.lessThanOrEqual && v.lessThanOrEqual !== '*' ? [{ last_affected: v.lessThanOrEqual }] : []),
          ],
        }),
      ),
      ...open,
    ],
    versions: singles.map(({ version }) => version),
    hint: null,
  }));
}

/** `unaffected` from a version without upper bound is where the flaw ends. */
function fixedAt(versions: Versions): { fixed: string }[] {
  return versions
    .filter((v) => v.status === 'unaffected' && (v.lessThan === '*' || v.lessThanOrEqual === '*'))
    .map(({ version }) => ({ fixed: version }));
}

type CpeRange = Extract<AffectedRange, { kind: 'CPE' }>;

function ofCpes(raw: AffectedProduct, versions: Versions): Affected[] {
  return (raw.cpes ?? []).slice(0, 200).flatMap((stated) => {
    const cpe = parseCpe(stated);
    if (!cpe || cpe.product === '*') return [];
    const base = {
      kind: 'CPE',
      criteriaId: null,
      startIncluding: null,
      startExcluding: null,
      endIncluding: null,
      endExcluding: null,
      configuration: -1,
    } as const;
    const open = { ...base, criteria: formatCpe({ ...cpe, version: '*', update: '*' }) };
    const bounded = versions
      .filter((v) => v.status === 'affected' && v.versionType !== 'git' && (v.lessThan || v.lessThanOrEqual))
      .map(
        (v): CpeRange => ({
          ...open,
          startIncluding: v.version === '*' || v.version === '0' ? null : v.version,
          endIncluding: v.lessThanOrEqual && v.lessThanOrEqual !== '*' ? v.lessThanOrEqual : null,
          endExcluding: v.lessThan && v.lessThan !== '*' ? v.lessThan : null,
        }),
      );
    const named: CpeRange[] = isConcrete(cpe.version) ? [{ ...base, criteria: formatCpe(cpe) }] : [];
    const singles = versions
      .filter((v) => v.status === 'affected' && v.versionType !== 'git' && !v.lessThan && !v.lessThanOrEqual)
      .map((v): CpeRange => ({ ...open, startIncluding: v.version, endIncluding: v.version }));
    const ranges = [...bounded, ...(named.length > 0 ? named : singles)];
    // A CPE without versions says nothing that could be compared: undetermined, never clean.
    const all: CpeRange[] = ranges.length > 0 ? ranges : [{ ...open, endIncluding: '(versions not stated)' }];
    return [{ ecosystem: 'cpe', name: cpeName(cpe), scope: '', ranges: all, versions: [], hint: null }];
  });
}

function joinByName(entries: readonly Affected[]): Affected[] {
  const joined = new Map<string, { first: Affected; ranges: AffectedRange[]; versions: Set<string> }>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.ecosystem, entry.name, entry.scope]);
    const known = joined.get(key);
    if (!known) {
      joined.set(key, { first: entry, ranges: [...entry.ranges], versions: new Set(entry.versions) });
      continue;
    }
    for (const range of entry.ranges) known.ranges.push(range);
    for (const version of entry.versions) known.versions.add(version);
  }
  return [...joined.values()].map(({ first, ranges, versions }) => ({
    ...first,
    ranges,
    versions: [...versions],
  }));
}
