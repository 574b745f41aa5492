// SPDX tag-value text into the shape of SPDX JSON, so that one reader judges both (SPDX 2.3 clauses 6 to 12; read 2026-11).

import { quoted, refuseSbom } from './errors.ts';
import type { Places } from './places.ts';
import type { Reading } from './reading.ts';

type Fields = Record<string, unknown>;

/** Tags of a package whose text is a field of the JSON. */
const packageFields: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageFileName: 'packageFileName',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageDownloadLocation: 'downloadLocation',
  PackageHomePage: 'homepage',
  PackageSourceInfo: 'sourceInfo',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageCopyrightText: 'copyrightText',
  PackageSummary: 'summary',
  PackageDescription: 'description',
  PackageComment: 'comment',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
  ReleaseDate: 'releaseDate',
  BuiltDate: 'builtDate',
  ValidUntilDate: 'validUntilDate',
};

const documentFields: Readonly<Record<string, string>> = {
  SPDXVersion: 'spdxVersion',
  SPDXID: 'SPDXID',
  DocumentName: 'name',
  DocumentNamespace: 'documentNamespace',
};

/** Tags that begin an element; what follows belongs to it. */
const beginnings: Readonly<Record<string, 'packages' | 'files' | 'snippets' | 'licences'>> = {
  PackageName: 'packages',
  FileName: 'files',
  SnippetSPDXID: 'snippets',
  LicenseID: 'licences',
};

const nameFields = {
  packages: 'name',
  files: 'fileName',
  snippets: 'SPDXID',
  licences: 'licenseId',
} as const;

interface Tag {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** The document as JSON would have it, with the line of every object. Refuses `sbom.not-tag-value` with the line. */
export function spdxFromTagValue(text: string, places: Places, reading: Reading): Fields {
  const packages: Fields[] = [];
  const files: Fields[] = [];
  const snippets: Fields[] = [];
  const relationships: Fields[] = [];
  const annotations: Fields[] = [];
  const creators: string[] = [];
  const creationInfo: Fields = { creators };
  const document: Fields = { creationInfo, packages, files, snippets, relationships, annotations };
  let current: {
    readonly kind: 'document' | 'packages' | 'files' | 'snippets' | 'licences';
    readonly fields: Fields;
  } = {
    kind: 'document',
    fields: document,
  };
  let count = 0;

  for (const tag of tagsOf(text, reading)) {
    count += 1;
    if (count % 8192 === 0) reading.checkTime(`${reading.fileName}:${tag.line}`);
    const { name, value } = tag;
    const begins = Object.hasOwn(beginnings, name) ? beginnings[name] : undefined;
    if (begins !== undefined) {
      const fields: Fields = { [nameFields[begins]]: value };
      places.mark(fields, tag);
      current = { kind: begins, fields };
      if (begins === 'packages') packages.push(fields);
      if (begins === 'files') files.push(fields);
      if (begins === 'snippets') snippets.push(fields);
    } else if (name === 'Relationship') relationships.push(relationshipOf(tag, places, reading));
    else if (name === 'Annotator') {
      const fields: Fields = { annotator: value };
      places.mark(fields, tag);
      annotations.push(fields);
    } else if (Object.hasOwn(annotationFields, name)) {
      const last = annotations.at(-1);
      if (last) last[annotationFields[name]!] = value;
    } else if (name === 'Creator') creators.push(value);
    else if (name === 'Created') creationInfo.created = value;
    else if (current.kind === 'packages') readPackageTag(current.fields, tag, places, reading);
    else if (current.kind === 'files') readFileTag(current.fields, tag, places, reading);
    else if (current.kind === 'document' && Object.hasOwn(documentFields, name)) {
      document[documentFields[name]!] = value;
    }
  }
  return document;
}

const annotationFields: Readonly<Record<string, string>> = {
  AnnotationDate: 'annotationDate',
  AnnotationComment: 'comment',
  AnnotationType: 'annotationType',
  SPDXREF: 'SPDXREF',
};

function readPackageTag(fields: Fields, tag: Tag, places: Places, reading: Reading): void {
  const { name, value, line } = tag;
  const at = `${reading.fileName}:${line}`;
  if (name === 'PackageChecksum') readChecksum(fields, tag, places, reading);
  else if (name === 'ExternalRef') {
    const [, referenceCategory, referenceType, referenceLocator] =
      /^(\S+)\s+(\S+)\s+(\S.*)$/.exec(value) ?? [];
    if (referenceType === undefined) {
      reading.deviates(
        at,
        `${quoted(value)} is no external reference of category, type and locator; it is not kept.`,
      );
      return;
    }
    push(fields, 'externalRefs', { referenceCategory, referenceType, referenceLocator }, tag, places);
  } else if (Object.hasOwn(packageFields, name)) {
    const field = packageFields[name]!;
    if (Object.hasOwn(fields, field) && fields[field] !== value) {
      reading.deviates(at, `${name} stands twice in one package; the last one counts.`);
    }
    fields[field] = value;
  }
}

function readFileTag(fields: Fields, tag: Tag, places: Places, reading: Reading): void {
  if (tag.name === 'FileChecksum') readChecksum(fields, tag, places, reading);
  else if (tag.name === 'SPDXID') fields.SPDXID = tag.value;
  else if (tag.name === 'LicenseConcluded') fields.licenseConcluded = tag.value;
  else if (tag.name === 'FileComment') fields.comment = tag.value;
}

function readChecksum(fields: Fields, tag: Tag, places: Places, reading: Reading): void {
  const [, algorithm, checksumValue] = /^([\w-]+):\s*(\S+)$/.exec(tag.value) ?? [];
  if (checksumValue !== undefined) push(fields, 'checksums', { algorithm, checksumValue }, tag, places);
  else {
    reading.deviates(
      `${reading.fileName}:${tag.line}`,
      `${quoted(tag.value)} is no checksum such as "SHA256: …"; it is not kept.`,
    );
  }
}

function push(fields: Fields, list: string, entry: Fields, tag: Tag, places: Places): void {
  places.mark(entry, tag);
  const entries = fields[list];
  if (Array.isArray(entries)) entries.push(entry);
  else fields[list] = [entry];
}

function relationshipOf(tag: Tag, places: Places, reading: Reading): Fields {
  const [, spdxElementId, relationshipType, relatedSpdxElement] =
    /^(\S+)\s+([A-Za-z_]+)\s+(\S+)$/.exec(tag.value) ?? [];
  if (relatedSpdxElement === undefined) {
    throw refuseSbom(
      'sbom.not-tag-value',
      `${quoted(tag.value)} is no relationship such as "A DEPENDS_ON B".`,
      {
        at: `${reading.fileName}:${tag.line}`,
      },
    );
  }
  const fields = { spdxElementId, relationshipType, relatedSpdxElement };
  places.mark(fields, tag);
  return fields;
}

/** `Tag: value` and `Tag: <text>…</text>` over several lines; `#` begins a comment line. One pass. */
function* tagsOf(given: string, reading: Reading): Generator<Tag> {
  // Some tools end lines as old Macs did.
  const text = given.includes('\r') ? given.replace(/\r\n?/g, '\n') : given;
  let line = 0;
  let offset = 0;
  while (offset < text.length) {
    const end = text.indexOf('\n', offset);
    const stop = end === -1 ? text.length : end;
    const start = offset;
    const row = text.slice(start, stop).trim();
    line += 1;
    offset = stop + 1;
    if (row === '' || row.startsWith('#')) continue;
    const colon = row.indexOf(':');
    const name = row.slice(0, Math.max(colon, 0));
    if (!/^[A-Za-z]\w*$/.test(name)) {
      reading.deviates(
        `${reading.fileName}:${line}`,
        `${quoted(row)} is neither a tag nor a comment; it is left out.`,
      );
      continue;
    }
    const value = row.slice(colon + 1).trim();
    if (!value.startsWith('<text>')) {
      yield { name, value, line };
      continue;
    }
    const begin = text.indexOf('<text>', start) + '<text>'.length;
    const close = text.indexOf('</text>', begin);
    if (close === -1) {
      throw refuseSbom('sbom.not-tag-value', `The <text> of ${name} is never closed by </text>.`, {
        at: `${reading.fileName}:${line}`,
      });
    }
    const content = text.slice(begin, close);
    yield { name, value: content, line };
    for (let at = content.indexOf('\n'); at !== -1; at = content.indexOf('\n', at + 1)) line += 1;
    const rest = text.indexOf('\n', close);
    offset = rest === -1 ? text.length : rest + 1;
  }
}
