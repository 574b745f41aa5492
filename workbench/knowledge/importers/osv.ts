// Reads one OSV record (https://ossf.github.io/osv-schema/, version 1.7).

import type { Advisory, Affected, AffectedRange, RangeEvent, SeverityStatement } from '../advisory.ts';
import { osvPackage } from '../identity/osv-package.ts';
import { affectedHint, cweIds, isDerived } from './osv-notes.ts';
import { type OsvAffected, type OsvRange, OsvRecord } from './osv-schema.ts';
import {
  isCweId,
  longAgo,
  parseInstant,
  readShape,
  storable,
  unique,
  withdrawalInstant,
} from './record-shape.ts';
import { statement } from './severity.ts';

/** The advisory; refuses `advisory.missing-field`, `advisory.wrong-type` and `advisory.wrong-value` at a JSON path. */
export function readOsv(record: unknown): Advisory {
  const raw = readShape(OsvRecord, record);
  const source = sourceOf(raw.id);
  const published = parseInstant(raw.published);
  const withdrawn = withdrawalInstant(raw.withdrawn, '$.withdrawn');
  return storable({
    source,
    id: raw.id,
    aliases: unique([...(raw.aliases ?? []), ...cveInId(raw.id, raw.upstream ?? [])]).filter(
      (alias) => alias !== raw.id,
    ),
    upstream: unique(raw.upstream ?? []),
    related: unique(raw.related ?? []),
    summary: raw.summary ?? '',
    details: raw.details ?? '',
    published,
    modified: parseInstant(raw.modified) ?? withdrawn ?? published ?? longAgo,
    withdrawn,
    severities: readSeverities(raw, source),
    cwes: readCwes(raw),
    references: (raw.references ?? []).map(({ type, url }) => ({ type: type ?? 'WEB', url })),
    affected: joinSamePackage((raw.affected ?? []).flatMap(readAffected)),
    configurations: [],
    derived: isDerived(raw.database_specific),
  });
}

/** The database is the prefix of its ids (OSV schema, `id`). A CVE id in OSV's shape was converted by OSV itself. */
export function sourceOf(id: string): string {
  const prefix = /^([A-Za-z][A-Za-z0-9]*)[-:]/.exec(id)?.[1]?.toUpperCase();
  return prefix === undefined || prefix === 'CVE' ? 'OSV' : prefix;
}

function readAffected(raw: OsvAffected): Affected[] {
  const ranges = (raw.ranges ?? []).map(readRange);
  const hint = affectedHint(raw.database_specific);
  const found: Affected[] = [];
  if (raw.package) {
    const identity = osvPackage(raw.package.ecosystem, raw.package.name);
    found.push({ ...identity, ranges, versions: unique(raw.versions ?? []), hint });
  }
  // A part that is pinned to a commit is found by its repository, whatever package the record names beside it.
  for (const repo of unique(
    ranges.flatMap((range) => (range.kind === 'GIT' && range.repo !== null ? [range.repo] : [])),
  )) {
    const ofRepo = ranges.filter((range) => range.kind === 'GIT' && range.repo === repo);
    const versions = raw.package ? [] : unique(raw.versions ?? []);
    found.push({ ...osvPackage('GIT', repo), ranges: ofRepo, versions, hint });
  }
  return found;
}

function readRange(raw: OsvRange): AffectedRange {
  const events = raw.events.flatMap(readEvents);
  return raw.type === 'GIT' ? { kind: 'GIT', repo: raw.repo ?? null, events } : { kind: raw.type, events };
}

// Before schema 1.0 one event held both ends of a range; such records are still around.
function readEvents(raw: OsvRange['events'][number]): RangeEvent[] {
  const events: RangeEvent[] = [];
  if (typeof raw.introduced === 'string') events.push({ introduced: raw.introduced });
  if (typeof raw.fixed === 'string') events.push({ fixed: raw.fixed });
  if (typeof raw.last_affected === 'string') events.push({ last_affected: raw.last_affected });
  if (typeof raw.limit === 'string') events.push({ limit: raw.limit });
  return events;
}

/** Entries of one package become one: ranges and versions are alternatives anyway (OSV schema, evaluation). */
function joinSamePackage(entries: readonly Affected[]): Affected[] {
  const joined = new Map<string, { first: Affected; ranges: AffectedRange[]; versions: Set<string> }>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.ecosystem, entry.name, entry.scope, entry.hint]);
    const known = joined.get(key);
    if (known === undefined) {
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

function readSeverities(raw: OsvRecord, source: string): SeverityStatement[] {
  const statements = new Map<string, SeverityStatement>();
  const all = [...(raw.severity ?? []), ...(raw.affected ?? []).flatMap(({ severity }) => severity ?? [])];
  for (const { type, score } of all) {
    // Other types (e.g. `Ubuntu`) hold words of a publisher instead of a vector.
    if (type !== 'CVSS_V2' && type !== 'CVSS_V3' && type !== 'CVSS_V4') continue;
    if (!statements.has(score)) statements.set(score, statement(type, score, source));
  }
  return [...statements.values()];
}

function readCwes(raw: OsvRecord): string[] {
  const perPackage = (raw.affected ?? []).flatMap(({ database_specific }) => cweIds(database_specific));
  return unique([...cweIds(raw.database_specific), ...perPackage]).filter(isCweId);
}

/** A distribution's record about one CVE (`DEBIAN-CVE-2024-6387`, upstream that CVE alone) names the same flaw. */
function cveInId(id: string, upstream: readonly string[]): readonly string[] {
  const cve = /^[A-Z]+-(CVE-\d{4}-\d{4,})$/.exec(id)?.[1];
  return cve !== undefined && upstream.length === 1 && upstream[0] === cve ? [cve] : [];
}
