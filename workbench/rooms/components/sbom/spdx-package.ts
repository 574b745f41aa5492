// One SPDX package into Ward's shape. NOASSERTION and NONE mean that nothing is known, as an absent field does.

import { quoted } from './errors.ts';
import { boundedFact, madeFacts, type SbomFacts } from './facts.ts';
import { gitPin } from './git-pin.ts';
import { isDay } from './instants.ts';
import { notedFacts } from './noted-facts.ts';
import type { Reading } from './reading.ts';
import type { SbomComponent, SbomHash } from './sbom.ts';
import type { SpdxPackage } from './spdx-schema.ts';

type Known = (field: keyof SpdxPackage & string, value: string | null | undefined) => string | null;

export function makeSpdxComponent(raw: SpdxPackage, at: string, reading: Reading): SbomComponent {
  const name = reading.text(raw.name, `${at}.name`);
  if (name === null)
    reading.deviates(`${at}.name`, 'The package has an empty name; it is kept and cannot be found by name.');
  const known: Known = (field, value) => asserted(reading.text(value, `${at}.${field}`));
  const downloadLocation = known('downloadLocation', raw.downloadLocation);
  const pin = downloadLocation === null ? null : gitPin(downloadLocation);
  return {
    ref: raw.SPDXID,
    parentRef: null,
    type:
      known('primaryPackagePurpose', raw.primaryPackagePurpose)?.toLowerCase().replaceAll('_', '-') ??
      'library',
    group: null,
    name: name ?? '',
    version: known('versionInfo', raw.versionInfo),
    ...readIdentifiers(raw, at, downloadLocation, known('homepage', raw.homepage), reading),
    hashes: readChecksums(raw, at, reading),
    licences: [
      ...new Set(
        [
          known('licenseConcluded', raw.licenseConcluded),
          known('licenseDeclared', raw.licenseDeclared),
        ].filter((licence) => licence !== null),
      ),
    ],
    supplier: agentName(known('supplier', raw.supplier)) ?? agentName(known('originator', raw.originator)),
    scope: null,
    description: known('description', raw.description) ?? known('summary', raw.summary),
    commit: pin?.commit ?? null,
    repository: pin?.repository ?? null,
    supportLevel: reading.text(notedFacts(raw.annotations).get('ward:support:level'), `${at}.annotations`),
    endOfSupport: readValidUntil(raw, at, reading),
    facts: readFacts(raw, at, known, reading),
  };
}

/** NOASSERTION and NONE as nothing. */
export function asserted(text: string | null): string | null {
  return text === 'NOASSERTION' || text === 'NONE' ? null : text;
}

function readIdentifiers(
  raw: SpdxPackage,
  at: string,
  downloadLocation: string | null,
  homepage: string | null,
  reading: Reading,
): Pick<SbomComponent, 'purl' | 'cpes' | 'externalReferences'> {
  let purl: string | null = null;
  const cpes = new Set<string>();
  const externalReferences: { type: string; url: string }[] = [];
  for (const [index, { referenceType, referenceLocator }] of (raw.externalRefs ?? []).entries()) {
    const place = `${at}.externalRefs[${index}].referenceLocator`;
    const locator = reading.text(referenceLocator, place);
    if (locator === null) continue;
    // SPDX 2.2 tools also write the type as `http://spdx.org/rdf/references/cpe23Type`.
    const type = referenceType.slice(referenceType.lastIndexOf('/') + 1);
    if (type === 'purl' && purl === null) purl = locator;
    else if (type === 'cpe22Type' || type === 'cpe23Type') cpes.add(locator);
    else {
      if (type === 'purl' && purl !== locator)
        reading.warn(place, `A second purl ${quoted(locator)} is kept as a reference only.`);
      externalReferences.push({ type: reading.text(type, place) ?? 'other', url: locator });
    }
  }
  if (downloadLocation !== null) externalReferences.push({ type: 'distribution', url: downloadLocation });
  if (homepage !== null) externalReferences.push({ type: 'website', url: homepage });
  return { purl, cpes: [...cpes], externalReferences };
}

// SPDX names SHA256 what CycloneDX names SHA-256 (SPDX 2.3 clause 7.10; CycloneDX `hash-alg`).
function readChecksums(raw: SpdxPackage, at: string, reading: Reading): SbomHash[] {
  const hashes: SbomHash[] = [];
  for (const [index, { algorithm, checksumValue }] of (raw.checksums ?? []).entries()) {
    const place = `${at}.checksums[${index}]`;
    const value = reading.text(checksumValue, `${place}.checksumValue`);
    if (value === null) continue;
    const name =
      reading.text(algorithm, `${place}.algorithm`)?.replace(/^SHA(1|224|256|384|512)$/, 'SHA-$1') ??
      'unknown';
    if (/^[0-9a-f]{8,128}$/i.test(value)) hashes.push({ algorithm: name, value: value.toLowerCase() });
    else
      reading.deviates(`${place}.checksumValue`, `${quoted(value)} is no ${name} checksum; it is not kept.`);
  }
  return hashes;
}

/** `Organization: Acme (security@acme.example)` names Acme (SPDX 2.3 clause 7.5). */
export function agentName(agent: string | null): string | null {
  if (agent === null) return null;
  const name = agent
    .replace(/^(?:Organization|Person|Tool):\s*/i, '')
    .replace(/\s*\([^()]*\)$/, '')
    .trim();
  return name === '' || asserted(name) === null ? null : name;
}

// External references of the category PERSISTENT-ID, and SWID tags, name the part itself (SPDX 2.3 annex F).
function readFacts(raw: SpdxPackage, at: string, known: Known, reading: Reading): SbomFacts {
  const locators = (type: string) =>
    (raw.externalRefs ?? []).flatMap((reference, index) =>
      reference.referenceType.toLowerCase().endsWith(type)
        ? (reading.text(reference.referenceLocator, `${at}.externalRefs[${index}].referenceLocator`) ?? [])
        : [],
    );
  const annotations = raw.annotations;
  return madeFacts({
    originator: agentName(known('originator', raw.originator)),
    copyright: known('copyrightText', raw.copyrightText),
    fileName: known('packageFileName', raw.packageFileName),
    sourceInfo: known('sourceInfo', raw.sourceInfo),
    comment: known('comment', raw.comment),
    releaseDate: known('releaseDate', raw.releaseDate),
    builtDate: known('builtDate', raw.builtDate),
    swid: locators('swid')[0],
    omniborIds: locators('gitoid'),
    swhids: locators('swh'),
    annotations:
      Array.isArray(annotations) && annotations.length > 0
        ? boundedFact(annotations, `${at}.annotations`, reading)
        : undefined,
  });
}

function readValidUntil(raw: SpdxPackage, at: string, reading: Reading): string | null {
  const text = reading.text(raw.validUntilDate, `${at}.validUntilDate`);
  if (text === null) return null;
  const day = text.slice(0, 10);
  if (isDay(day)) return day;
  reading.deviates(
    `${at}.validUntilDate`,
    `${quoted(text)} is no instant; the end of support stays unknown.`,
  );
  return null;
}
