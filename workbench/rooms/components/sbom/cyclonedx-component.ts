// One CycloneDX component into Ward's shape. What is odd and harmless is told; what is wrong was refused by the schema.

import type { CycloneDxComponent } from './cyclonedx-schema.ts';
import { hashLengths } from './cyclonedx-schema.ts';
import { quoted } from './errors.ts';
import { isDay } from './instants.ts';
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
    cpes: cpe === null ? [] : [cpe],
    hashes: readHashes(raw, at, reading),
    licences: readLicences(raw, at, reading),
    supplier:
      reading.text(raw.supplier?.name, `${at}.supplier.name`) ??
      reading.text(raw.manufacturer?.name, `${at}.manufacturer.name`) ??
      reading.text(raw.publisher, `${at}.publisher`),
    scope: raw.scope ?? null,
    description: reading.text(raw.description, `${at}.description`),
    externalReferences: readReferences(raw, at, reading),
    commit: readCommit(raw, at, reading),
    ...readSupport(raw, at, reading),
  };
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

// Several commits tell a history, not a pin: then no one commit is the component's.
function readCommit(raw: CycloneDxComponent, at: string, reading: Reading): string | null {
  const commits = (raw.pedigree?.commits ?? []).map(({ uid }, index) =>
    reading.text(uid, `${at}.pedigree.commits[${index}].uid`),
  );
  if (commits.length > 1) {
    reading.warn(
      `${at}.pedigree.commits`,
      `${commits.length} commits are named, so the component is pinned to none of them.`,
    );
    return null;
  }
  return commits[0] ?? null;
}

function readSupport(
  raw: CycloneDxComponent,
  at: string,
  reading: Reading,
): Pick<SbomComponent, 'supportLevel' | 'endOfSupport'> {
  let supportLevel: string | null = null;
  let endOfSupport: string | null = null;
  for (const [index, { name, value }] of (raw.properties ?? []).entries()) {
    const place = `${at}.properties[${index}]`;
    if (name === 'ward:support:level') supportLevel = reading.text(value, `${place}.value`);
    if (name !== 'ward:support:endOfSupport') continue;
    const day = reading.text(value, `${place}.value`);
    if (day === null || isDay(day)) endOfSupport = day;
    else
      reading.warn(
        `${place}.value`,
        `${quoted(day)} is no day such as 2030-06-30; the end of support stays unknown.`,
      );
  }
  return { supportLevel, endOfSupport };
}
