// Reads SPDX 2.1 to 2.3 in the shape of its JSON (YAML, tag-value and RDF are brought into it before): packages become components; files and snippets stay with the original file,
// but where a document has no packages its files are the components.

import { type DependencyEdge, joinDependencies } from './dependencies.ts';
import { quoted, refuseSbom } from './errors.ts';
import { isInstant } from './instants.ts';
import { type Reading, readShape } from './reading.ts';
import { References } from './references.ts';
import type { Sbom, SbomComponent } from './sbom.ts';
import { makeSpdxComponent } from './spdx-package.ts';
import { meaningOf, widerScope, withoutCircles } from './spdx-relationships.ts';
import { SpdxDocument, SpdxElement, SpdxFile, SpdxPackage, SpdxRelationship } from './spdx-schema.ts';
import { statementOfSpdx } from './statement.ts';

const versionsRead = ['SPDX-2.1', 'SPDX-2.2', 'SPDX-2.3'];
const documentRef = 'SPDXRef-DOCUMENT';

/** The whole document; refuses `sbom.unsupported-version` and what the schema, the limits and the references refuse. */
export function readSpdx(raw: unknown, reading: Reading): Sbom {
  const document = readShape(SpdxDocument, raw, '$');
  if (!versionsRead.includes(document.spdxVersion)) {
    throw refuseSbom(
      'sbom.unsupported-version',
      `The file is ${quoted(document.spdxVersion)}; Ward reads ${versionsRead.join(', ')} and SPDX 3.0.`,
      {
        at: '$.spdxVersion',
      },
    );
  }
  const references = new References(reading);
  knowElements(document, references);
  const packages = readPackages(document, references, reading);
  const relations = readRelations(document, references, reading);
  const placed = placePackages(packages, relations, reading);
  const subject = findSubject(placed, relations.described, reading);

  return {
    format: 'SPDX',
    specVersion: document.spdxVersion.slice('SPDX-'.length),
    serialNumber: reading.text(document.documentNamespace, '$.documentNamespace'),
    documentVersion: null,
    createdAt: readCreatedAt(document, reading),
    tools: readTools(document, reading),
    subject,
    components: placed.filter((component) => component !== subject),
    dependencies: joinDependencies(relations.edges, references, reading),
    warnings: reading.warnings(),
    ...(reading.options.whole ? { statement: statementOfSpdx(raw) } : {}),
  };
}

// Relationships may name files, snippets and other documents; those ends exist, they are only no components.
function knowElements(document: SpdxDocument, references: References): void {
  references.knowOther(document.SPDXID ?? documentRef);
  for (const ref of [documentRef, 'NOASSERTION', 'NONE']) references.knowOther(ref);
  for (const field of ['files', 'snippets'] as const) {
    for (const [index, raw] of (document[field] ?? []).entries()) {
      const { SPDXID } = readShape(SpdxElement, raw, `$.${field}[${index}]`);
      if (SPDXID) references.knowOther(SPDXID);
    }
  }
}

function readPackages(document: SpdxDocument, references: References, reading: Reading): SbomComponent[] {
  const packages: SbomComponent[] = [];
  const given = document.packages ?? [];
  const field = given.length > 0 ? 'packages' : 'files';
  for (const [index, raw] of (field === 'packages' ? given : (document.files ?? [])).entries()) {
    const at = `$.${field}[${index}]`;
    reading.countComponent(at);
    const checked = field === 'packages' ? readShape(SpdxPackage, raw, at) : packageOfFile(raw, at);
    if (checked === null) continue;
    // Compared as read: syft 0.3x lists a package twice when it was found in two places, with another `sourceInfo`.
    const component = makeSpdxComponent(checked, at, reading);
    const content = { ...component, facts: null };
    if (references.isRepetition(checked.SPDXID, at, content)) continue;
    const ref = references.claim(checked.SPDXID, at, content);
    packages.push({ ...component, ref, ...reading.sourceOf(raw) });
  }
  return packages;
}

// A document of files only, e.g. of a firmware image: each is known by its hashes at least.
function packageOfFile(raw: unknown, at: string): SpdxPackage | null {
  const { SPDXID, fileName, checksums, licenseConcluded, comment } = readShape(SpdxFile, raw, at);
  if (!SPDXID || !fileName) return null;
  return { SPDXID, name: fileName, checksums, licenseConcluded, comment, primaryPackagePurpose: 'FILE' };
}

interface Relations {
  readonly edges: DependencyEdge[];
  readonly parents: Map<string, string>;
  readonly scopes: Map<string, SbomComponent['scope']>;
  readonly described: Set<string>;
}

function readRelations(document: SpdxDocument, references: References, reading: Reading): Relations {
  const relations: Relations = {
    edges: [],
    parents: new Map(),
    scopes: new Map(),
    described: new Set(document.documentDescribes ?? []),
  };
  for (const [index, raw] of (document.relationships ?? []).entries()) {
    const at = `$.relationships[${index}]`;
    if (index % 4096 === 4095) reading.checkTime(at);
    const meaning = meaningOf(readShape(SpdxRelationship, raw, at));
    switch (meaning.kind) {
      case 'dependency':
        relations.edges.push({ from: meaning.from, to: meaning.to, fromAt: at, toAt: at });
        relations.scopes.set(meaning.to, widerScope(relations.scopes.get(meaning.to), meaning.scope));
        break;
      case 'containment': {
        const { parent, child } = meaning;
        const bothArePackages =
          references.kindOf(parent) === 'component' && references.kindOf(child) === 'component';
        if (bothArePackages && !relations.parents.has(child)) relations.parents.set(child, parent);
        break;
      }
      case 'description':
        relations.described.add(meaning.described);
        break;
      case 'other':
        break;
    }
  }
  return relations;
}

/** With parent and scope; a part that contains itself by way of others loses that step. */
export function placePackages(
  packages: readonly SbomComponent[],
  relations: Pick<Relations, 'parents' | 'scopes'>,
  reading: Reading,
): SbomComponent[] {
  const { kept, dropped } = withoutCircles(relations.parents);
  for (const ref of dropped)
    reading.warn(
      '$.relationships',
      `${quoted(ref)} is contained in itself by way of others; that step is left out.`,
    );
  return packages.map((component) => ({
    ...component,
    parentRef: kept.get(component.ref) ?? null,
    scope: relations.scopes.get(component.ref) ?? null,
  }));
}

/** The one component that the document describes; none when it describes several. */
export function findSubject(
  packages: readonly SbomComponent[],
  described: ReadonlySet<string>,
  reading: Reading,
): SbomComponent | null {
  const candidates = packages.filter((component) => described.has(component.ref));
  if (candidates.length > 1) {
    reading.warn(
      '$.relationships',
      `The document describes ${candidates.length} packages, so none of them is taken as the product.`,
    );
    return null;
  }
  return candidates[0] ?? null;
}

function readCreatedAt(document: SpdxDocument, reading: Reading): string | null {
  const at = '$.creationInfo.created';
  const created = reading.text(document.creationInfo?.created, at);
  if (created === null || isInstant(created)) return created;
  reading.deviates(
    at,
    `${quoted(created)} is no instant such as 2026-11-24T09:30:00Z; the time of making stays unknown.`,
  );
  return null;
}

function readTools(document: SpdxDocument, reading: Reading): string[] {
  const tools: string[] = [];
  for (const [index, creator] of (document.creationInfo?.creators ?? []).entries()) {
    const name = /^Tool:\s*(.*)$/.exec(creator)?.[1] ?? null;
    const kept = reading.text(name, `$.creationInfo.creators[${index}]`);
    if (kept !== null) tools.push(kept);
  }
  return tools;
}
