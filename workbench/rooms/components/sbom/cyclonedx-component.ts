// One CycloneDX component into Ward's shape. What is odd and harmless is told; what is wrong was refused by the schema.

import type { CycloneDxComponent } from './cyclonedx-schema.ts';
import { hashLengths } from './cyclonedx-schema.ts';
import { quoted } from './errors.ts';
import { boundedFact, madeFacts, type SbomFacts } from './facts.ts';
import { gitPin } from './git-pin.ts';
import { isDay, isInstant } from './instants.ts';
import type { Reading } from './reading.ts';
import type { SbomComponent, SbomHash } from './sbom.ts';

/** The component without its place in the document (`ref`, `parentRef`), which the document decides. */
export type PlacelessComponent = Omit<SbomComponent, 'ref' | 'parentRef'>;

export function makeComponent(raw: CycloneDxComponent, at: string, reading: Reading): PlacelessComponent {
  const cpe = reading.text(raw.cpe, `${at}.cpe`);
  return {
    type: raw.type,
    group: reading.text(raw.group, `${at}.group`),
    name: readName(raw, at, reading),
    version: readVersion(raw, at, reading),
    purl: reading.text(raw.purl, `${at}.purl`),
    cpes: [...new Set([...(cpe === null ? [] : [cpe]), ...furtherCpes(raw, at, reading)])],
    hashes: readHashes(raw, at, reading),
    licences: readLicences(raw, at, reading),
    supplier:
      reading.text(raw.supplier?.name, `${at}.supplier.name`) ??
      reading.text(raw.manufacturer?.name, `${at}.manufacturer.name`) ??
      reading.text(raw.publisher, `${at}.publisher`),
    scope: raw.scope ?? null,
    description: reading.text(raw.description, `${at}.description`),
    externalReferences: readReferences(raw, at, reading),
    ...readPin(raw, at, reading),
    ...readSupport(raw, at, reading),
    facts: readFacts(raw, at, reading),
  };
}

// CycloneDX has room for one CPE; Ward's exports name the others as properties.
function furtherCpes(raw: CycloneDxComponent, at: string, reading: Reading): string[] {
  return (raw.properties ?? []).flatMap(({ name, value }, index) =>
    name === 'ward:cpe' ? (reading.text(value, `${at}.properties[${index}].value`) ?? []) : [],
  );
}

function readName(raw: CycloneDxComponent, at: string, reading: Reading): string {
  const name = reading.text(raw.name, `${at}.name`);
  if (name === null)
    reading.warn(`${at}.name`, 'The component has an empty name; it is kept and cannot be found by name.');
  return name ?? '';
}

// CycloneDX 1.7: `versionRange` stands for parts that the product meets but does not carry; it is no version.
function readVersion(raw: CycloneDxComponent, at: string, reading: Reading): string | null {
  const version = reading.text(raw.version, `${at}.version`);
  if (raw.versionRange === null || raw.versionRange === undefined) return version;
  if (raw.isExternal !== true || version !== null) {
    reading.deviates(
      `${at}.versionRange`,
      'A version range may stand only on an external component without a version.',
    );
  }
  if (version === null) {
    reading.warn(
      `${at}.versionRange`,
      `The component has the range ${quoted(raw.versionRange)} and no version; it cannot be matched.`,
    );
  }
  return version;
}

function readHashes(raw: CycloneDxComponent, at: string, reading: Reading): SbomHash[] {
  const hashes: SbomHash[] = [];
  for (const [index, { alg, content }] of (raw.hashes ?? []).entries()) {
    const length = hashLengths[alg];
    const isDigest = /^[0-9a-f]{32,128}$/i.test(content) && (length === 0 || content.length === length);
    if (isDigest) hashes.push({ algorithm: alg, value: content.toLowerCase() });
    else
      reading.deviates(
        `${at}.hashes[${index}].content`,
        `${quoted(content)} is no ${alg} digest; the hash is not kept.`,
      );
  }
  return hashes;
}

function readLicences(raw: CycloneDxComponent, at: string, reading: Reading): string[] {
  const licences = new Set<string>();
  for (const [index, { license, expression }] of (raw.licenses ?? []).entries()) {
    const place = `${at}.licenses[${index}]`;
    const texts = [
      reading.text(expression, `${place}.expression`),
      reading.text(license?.id, `${place}.license.id`) ??
        reading.text(license?.name, `${place}.license.name`),
    ].filter((text) => text !== null);
    if (texts.length !== 1)
      reading.deviates(place, 'A licence entry must have exactly one of id, name and expression.');
    for (const text of texts) licences.add(text);
  }
  return [...licences];
}

function readReferences(
  raw: CycloneDxComponent,
  at: string,
  reading: Reading,
): { type: string; url: string }[] {
  const references: { type: string; url: string }[] = [];
  for (const [index, { type, url }] of (raw.externalReferences ?? []).entries()) {
    const kept = reading.text(url, `${at}.externalReferences[${index}].url`);
    if (kept !== null)
      references.push({
        type: reading.text(type, `${at}.externalReferences[${index}].type`) ?? 'other',
        url: kept,
      });
  }
  return references;
}

// Several commits tell a history, not a pin: then no one commit is the component's. A reference to version control may
// name the commit too, e.g. for firmware that no package manager knows.
function readPin(
  raw: CycloneDxComponent,
  at: string,
  reading: Reading,
): Pick<SbomComponent, 'commit' | 'repository'> {
  const commits = raw.pedigree?.commits ?? [];
  if (commits.length > 1) {
    reading.warn(
      `${at}.pedigree.commits`,
      `${commits.length} commits are named, so the component is pinned to none of them.`,
    );
    return { commit: null, repository: null };
  }
  const uid = reading.text(commits[0]?.uid, `${at}.pedigree.commits[0].uid`);
  let pin = commits[0]?.url ? gitPin(commits[0].url) : null;
  let repository: string | null = null;
  for (const { type, url } of raw.externalReferences ?? []) {
    if (!url || (type !== 'vcs' && type !== 'source-distribution')) continue;
    if (type === 'vcs') repository ??= url;
    const found = gitPin(url);
    if (found !== null && (uid === null || found.commit === uid.toLowerCase())) pin ??= found;
  }
  const commit = uid ?? pin?.commit ?? null;
  if (commit === null) return { commit: null, repository: null };
  return { commit, repository: reading.text(pin?.repository ?? repository, `${at}.externalReferences`) };
}

/** Properties that state support, the first of them first (CycloneDX property taxonomy `cdx:lifecycle`; read 2026-11). */
const levelProperties = ['ward:support:level', 'cdx:fda:level-of-support', 'reliza:support:levelOfSupport'];
const endProperties = [
  'ward:support:endOfSupport',
  'cdx:lifecycle:milestone:endOfSupport',
  'cdx:fda:end-of-support-date',
];

function readSupport(
  raw: CycloneDxComponent,
  at: string,
  reading: Reading,
): Pick<SbomComponent, 'supportLevel' | 'endOfSupport'> {
  let supportLevel: string | null = null;
  let endOfSupport: string | null = null;
  let levelRank = levelProperties.length;
  let endRank = endProperties.length;
  for (const [index, { name, value }] of (raw.properties ?? []).entries()) {
    if (typeof name !== 'string' || !name.includes('upport')) continue;
    const place = `${at}.properties[${index}].value`;
    const level = levelProperties.indexOf(name);
    if (level !== -1 && level <= levelRank) {
      supportLevel = reading.text(value, place);
      levelRank = level;
    }
    const end = endProperties.indexOf(name);
    if (end === -1 || end > endRank) continue;
    const written = reading.text(value, place);
    const day = written !== null && isInstant(written) ? written.slice(0, 10) : written;
    if (day === null || isDay(day)) {
      endOfSupport = day;
      endRank = end;
    } else {
      reading.warn(place, `${quoted(day)} is no day such as 2030-06-30; the end of support stays unknown.`);
    }
  }
  return { supportLevel, endOfSupport };
}

/** Properties kept with a component; the rest stays in the original file. */
const MAX_PROPERTIES = 200;

function readFacts(raw: CycloneDxComponent, at: string, reading: Reading): SbomFacts {
  const kept = (field: 'evidence' | 'pedigree' | 'swid') =>
    raw[field] === null || raw[field] === undefined
      ? undefined
      : boundedFact(raw[field], `${at}.${field}`, reading);
  const authors = raw.authors?.flatMap(
    ({ name }, index) => reading.text(name, `${at}.authors[${index}].name`) ?? [],
  );
  const author = reading.text(raw.author, `${at}.author`);
  return madeFacts({
    manufacturer: reading.text(raw.manufacturer?.name, `${at}.manufacturer.name`),
    publisher: reading.text(raw.publisher, `${at}.publisher`),
    authors: author === null ? authors : [author, ...(authors ?? [])],
    copyright: reading.text(raw.copyright, `${at}.copyright`),
    versionRange: reading.text(raw.versionRange, `${at}.versionRange`),
    isExternal: raw.isExternal === true ? true : undefined,
    swid: kept('swid'),
    omniborIds: raw.omniborId?.flatMap((id, index) => reading.text(id, `${at}.omniborId[${index}]`) ?? []),
    swhids: raw.swhid?.flatMap((id, index) => reading.text(id, `${at}.swhid[${index}]`) ?? []),
    properties: readProperties(raw, at, reading),
    evidence: kept('evidence'),
    pedigree: kept('pedigree'),
  });
}

function readProperties(raw: CycloneDxComponent, at: string, reading: Reading): SbomFacts['properties'] {
  const given = raw.properties;
  if (!given || given.length === 0) return undefined;
  if (given.length > MAX_PROPERTIES) {
    reading.warn(
      `${at}.properties`,
      `Only the first ${MAX_PROPERTIES} of ${given.length} properties are kept.`,
    );
  }
  const properties: { name: string; value: string }[] = [];
  for (let index = 0; index < given.length && index < MAX_PROPERTIES; index += 1) {
    const place = `${at}.properties[${index}]`;
    const name = reading.text(given[index]!.name, place);
    if (name !== null) properties.push({ name, value: reading.text(given[index]!.value, place) ?? '' });
  }
  return properties;
}
