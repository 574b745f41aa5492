// Reads SPDX 3.0 (JSON-LD, profiles core and software; read 2026-11): packages become components; a file becomes one where it
// is identified on its own, is what the document describes, or when there are no packages.

import { z } from 'zod';
import { type DependencyEdge, joinDependencies } from './dependencies.ts';
import { quoted, refuseSbom } from './errors.ts';
import { boundedFact, madeFacts } from './facts.ts';
import { gitPin } from './git-pin.ts';
import { isDay, isInstant } from './instants.ts';
import { notedFacts } from './noted-facts.ts';
import { pathStep, type Reading, readShape } from './reading.ts';
import { References } from './references.ts';
import type { Sbom, SbomComponent, SbomHash } from './sbom.ts';
import { findSubject, placePackages } from './spdx.ts';
import { agentName, asserted } from './spdx-package.ts';
import { widerScope } from './spdx-relationships.ts';
import { statementOfSpdx3 } from './statement.ts';

const text = z.string().nullish();

const Spdx3Artifact = z.object({
  spdxId: z.string().min(1),
  name: z.string(),
  description: text,
  summary: text,
  comment: text,
  software_packageVersion: text,
  software_packageUrl: text,
  software_downloadLocation: text,
  software_homePage: text,
  software_primaryPurpose: text,
  software_sourceInfo: text,
  software_copyrightText: text,
  validUntilTime: text,
  builtTime: text,
  releaseTime: text,
});
type Spdx3Artifact = z.infer<typeof Spdx3Artifact>;

const Relationship = z.object({
  relationshipType: z.string(),
  from: z.union([z.string(), z.looseObject({})]),
  to: z.unknown(),
  scope: text,
});

type Fields = Readonly<Record<string, unknown>>;

interface Element {
  readonly fields: Fields;
  readonly at: string;
  readonly id: string;
  readonly type: string;
}

const packageTypes = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage']);

/** The whole document; refuses `sbom.unsupported-version` and what the schema, the limits and the references refuse. */
export function readSpdx3(raw: unknown, reading: Reading): Sbom {
  const graph = new Graph(raw, reading);
  const [document] = graph.ofType('SpdxDocument');
  const info =
    graph.follow((document ?? graph.elements[0])?.fields.creationInfo) ??
    graph.ofType('CreationInfo')[0]?.fields;
  const specVersion = readVersion(info, graph, reading);
  const references = new References(reading);
  const relations = readRelations(graph, reading);
  const chosen = chooseComponents(graph, relations.described);
  for (const { id } of graph.elements) references.knowOther(id);
  const components: SbomComponent[] = [];
  for (const element of chosen) {
    reading.countComponent(element.at);
    const component = makeComponent(element, graph, relations, reading);
    if (references.isRepetition(component.ref, element.at, component)) continue;
    const ref = references.claim(component.ref, element.at, component);
    components.push({ ...component, ref, ...reading.sourceOf(element.fields) });
  }
  const isComponent = (ref: string) => references.kindOf(ref) === 'component';
  const parents = new Map<string, string>();
  for (const { parent, child } of relations.containments) {
    if (isComponent(parent) && isComponent(child) && !parents.has(child)) parents.set(child, parent);
  }
  const placed = placePackages(components, { parents, scopes: relations.scopes }, reading);
  const subject = findSubject(placed, relations.described, reading);
  const created = info?.created;
  return {
    format: 'SPDX',
    specVersion,
    serialNumber: reading.text(document?.id, '$'),
    documentVersion: null,
    createdAt: readCreated(created, reading),
    tools: many(info?.createdUsing).flatMap((tool) => graph.nameOf(tool) ?? []),
    subject,
    components: placed.filter((component) => component !== subject),
    dependencies: joinDependencies(relations.edges, references, reading),
    warnings: reading.warnings(),
    ...(reading.options.whole
      ? {
          statement: statementOfSpdx3(
            raw,
            many(info?.createdBy).flatMap((agent) => graph.nameOf(agent) ?? []),
          ),
        }
      : {}),
  };
}

class Graph {
  readonly elements: Element[] = [];
  readonly #byId = new Map<string, Element>();
  readonly #notes = new Map<string, { comment: string }[]>();
  readonly version: string | null;

  constructor(raw: unknown, reading: Reading) {
    const root = raw as Fields;
    const isGraph = Object.hasOwn(root, '@graph');
    const list = isGraph ? root['@graph'] : [root];
    if (!Array.isArray(list)) {
      throw refuseSbom('sbom.wrong-type', '$["@graph"] must be an array.', { at: '$["@graph"]' });
    }
    this.version =
      /spdx\.org\/rdf\/(\d+\.\d+(?:\.\d+)?)/.exec(JSON.stringify(root['@context'] ?? ''))?.[1] ?? null;
    for (const [index, fields] of list.entries()) {
      const at = isGraph ? `$${pathStep('@graph')}[${index}]` : '$';
      if (index % 8192 === 8191) reading.checkTime(at);
      if (!isFields(fields)) throw refuseSbom('sbom.wrong-type', `${at} must be an object.`, { at });
      const id = fields.spdxId ?? fields['@id'];
      const type = fields.type ?? fields['@type'];
      if (typeof type !== 'string') {
        reading.deviates(at, 'The element has no type; it is left out.');
        continue;
      }
      const element = { fields, at, id: typeof id === 'string' ? id : at, type };
      this.elements.push(element);
      if (!this.#byId.has(element.id)) this.#byId.set(element.id, element);
      if (type === 'Annotation') this.#note(fields);
    }
  }

  /** Annotations of an element in the shape of SPDX 2. */
  notesAbout(id: string): readonly { readonly comment: string }[] {
    return this.#notes.get(id) ?? [];
  }

  #note({ subject, statement }: Fields): void {
    const about = idOf(subject);
    if (typeof statement !== 'string' || about === '') return;
    const known = this.#notes.get(about);
    if (known === undefined) this.#notes.set(about, [{ comment: statement }]);
    else known.push({ comment: statement });
  }

  ofType(type: string): Element[] {
    return this.elements.filter((element) => element.type === type);
  }

  /** The object itself, or the element that a text names. */
  follow(value: unknown): Fields | undefined {
    if (isFields(value)) return value;
    return typeof value === 'string' ? this.#byId.get(value)?.fields : undefined;
  }

  nameOf(value: unknown): string | null {
    const name = this.follow(value)?.name;
    return typeof name === 'string' ? agentName(name) : null;
  }

  /** Licence expression of an element of the licensing profiles. */
  licence(value: unknown, depth = 0): string | null {
    const fields = this.follow(value);
    const id = typeof value === 'string' ? value : String(fields?.spdxId ?? '');
    const listed = /^https?:\/\/spdx\.org\/licenses\/([\w.+-]+)$/.exec(id)?.[1];
    if (listed) return listed;
    if (!fields) return /(?:NoAssertion|None)(?:License)?$/i.test(id) ? null : asserted(lastPart(id));
    const expression = fields.simplelicensing_licenseExpression;
    if (typeof expression === 'string') return asserted(expression);
    const members = () =>
      depth > 20
        ? []
        : many(fields.expandedlicensing_member).flatMap((member) => this.licence(member, depth + 1) ?? []);
    if (fields.type === 'expandedlicensing_ConjunctiveLicenseSet') return `(${members().join(' AND ')})`;
    if (fields.type === 'expandedlicensing_DisjunctiveLicenseSet') return `(${members().join(' OR ')})`;
    return typeof fields.name === 'string' ? asserted(fields.name) : asserted(lastPart(id));
  }
}

interface Relations {
  readonly edges: DependencyEdge[];
  readonly containments: { readonly parent: string; readonly child: string }[];
  readonly scopes: Map<string, SbomComponent['scope']>;
  readonly described: Set<string>;
  readonly licences: Map<string, Set<string>>;
}

const dependencyTypes: Readonly<Record<string, SbomComponent['scope']>> = {
  dependson: null,
  hasstaticlink: 'required',
  hasdynamiclink: 'required',
  hasprerequisite: null,
  hasprovideddependency: null,
  hasoptionaldependency: 'optional',
  hasoptionalcomponent: 'optional',
};

/** Lifecycle scopes that are not shipped, as in SPDX 2 (`DEV_DEPENDENCY_OF`, `TEST_DEPENDENCY_OF`). */
const lifecycleScopes: Readonly<Record<string, SbomComponent['scope']>> = {
  development: 'excluded',
  test: 'excluded',
  runtime: 'required',
};

function readRelations(graph: Graph, reading: Reading): Relations {
  const relations: Relations = {
    edges: [],
    containments: [],
    scopes: new Map(),
    described: new Set(),
    licences: new Map(),
  };
  for (const { fields, type } of graph.elements) {
    if (type === 'SpdxDocument' || type === 'software_Sbom' || type === 'Bom') {
      for (const root of many(fields.rootElement)) relations.described.add(idOf(root));
    }
  }
  for (const [index, { fields, type, at }] of graph.elements.entries()) {
    if (index % 8192 === 8191) reading.checkTime(at);
    if (type !== 'Relationship' && type !== 'LifecycleScopedRelationship') continue;
    const relationship = readShape(Relationship, fields, at);
    // The tools of Microsoft write DEPENDS_ON where the model has dependsOn.
    const kind = relationship.relationshipType.replaceAll('_', '').toLowerCase();
    const from = idOf(relationship.from);
    for (const target of many(relationship.to)) {
      const to = idOf(target);
      if (Object.hasOwn(dependencyTypes, kind)) {
        const scope = lifecycleScopes[relationship.scope ?? ''] ?? dependencyTypes[kind] ?? null;
        relations.edges.push({ from, to, fromAt: at, toAt: at });
        relations.scopes.set(to, widerScope(relations.scopes.get(to), scope));
      } else if (kind === 'contains') relations.containments.push({ parent: from, child: to });
      else if (kind === 'describes') relations.described.add(to);
      else if (kind === 'hasdeclaredlicense' || kind === 'hasconcludedlicense') {
        const licence = reading.text(graph.licence(target), `${at}.to`);
        if (licence === null) continue;
        const known = relations.licences.get(from) ?? new Set();
        relations.licences.set(from, known.add(licence));
      }
    }
  }
  return relations;
}

function chooseComponents(graph: Graph, described: ReadonlySet<string>): Element[] {
  const packages = graph.elements.filter(({ type }) => packageTypes.has(type));
  const files = graph.ofType('software_File');
  if (packages.length === 0) return files;
  const own = files.filter(
    ({ id, fields }) =>
      described.has(id) || many(fields.externalIdentifier).length > 0 || fields.software_packageUrl,
  );
  return [...packages, ...own];
}

function makeComponent(
  element: Element,
  graph: Graph,
  relations: Relations,
  reading: Reading,
): SbomComponent {
  const { fields, at } = element;
  const raw = readShape(Spdx3Artifact, { ...fields, spdxId: element.id }, at);
  const known = (field: keyof Spdx3Artifact) => asserted(reading.text(raw[field], `${at}.${field}`));
  const name = known('name');
  if (name === null)
    reading.deviates(`${at}.name`, 'The package has an empty name; it is kept and cannot be found by name.');
  const download = known('software_downloadLocation');
  const pin = download === null ? null : gitPin(download);
  const supplier = graph.nameOf(fields.suppliedBy);
  const [originator] = many(fields.originatedBy).flatMap((agent) => graph.nameOf(agent) ?? []);
  const notes = graph.notesAbout(element.id);
  const { purl, cpes, omniborIds, swhids, references } = readIdentifiers(element, raw, graph, reading);
  return {
    ref: element.id,
    parentRef: null,
    type: purposeOf(known('software_primaryPurpose'), element.type),
    group: null,
    name: name ?? '',
    version: known('software_packageVersion'),
    purl,
    cpes,
    hashes: readHashes(element, graph, reading),
    licences: [...(relations.licences.get(element.id) ?? [])],
    supplier: reading.text(supplier ?? originator, at),
    scope: null,
    description: known('description') ?? known('summary'),
    externalReferences: [
      ...references,
      ...readExternalRefs(element, graph, reading),
      ...(download === null ? [] : [{ type: 'distribution', url: download }]),
      ...(known('software_homePage') === null ? [] : [{ type: 'website', url: known('software_homePage')! }]),
    ],
    commit: pin?.commit ?? null,
    repository: pin?.repository ?? null,
    supportLevel:
      reading.text(notedFacts(notes).get('ward:support:level'), at) ?? readSupportLevel(element, reading),
    endOfSupport: readValidUntil(raw, at, reading),
    facts: madeFacts({
      originator: reading.text(originator, at),
      copyright: known('software_copyrightText'),
      sourceInfo: known('software_sourceInfo'),
      comment: known('comment'),
      releaseDate: known('releaseTime'),
      builtDate: known('builtTime'),
      omniborIds,
      swhids,
      ...(notes.length === 0 && fields.extension === undefined
        ? {}
        : { annotations: boundedFact([...notes, ...many(fields.extension)], `${at}.extension`, reading) }),
    }),
  };
}

const spelled: Readonly<Record<string, string>> = {
  operatingSystem: 'operating-system',
  deviceDriver: 'device-driver',
  model: 'machine-learning-model',
};

function purposeOf(purpose: string | null, type: string): string {
  if (purpose !== null) return Object.hasOwn(spelled, purpose) ? spelled[purpose]! : purpose;
  if (type === 'software_File') return 'file';
  if (type === 'ai_AIPackage') return 'machine-learning-model';
  return type === 'dataset_DatasetPackage' ? 'data' : 'library';
}

function readIdentifiers(element: Element, raw: Spdx3Artifact, graph: Graph, reading: Reading) {
  let purl = reading.text(raw.software_packageUrl, `${element.at}.software_packageUrl`);
  const cpes = new Set<string>();
  const omniborIds: string[] = [];
  const swhids: string[] = [];
  const references: { type: string; url: string }[] = [];
  const entries = [
    ...many(element.fields.externalIdentifier),
    ...many(element.fields.software_contentIdentifier),
  ];
  for (const entry of entries) {
    const fields = graph.follow(entry);
    const given = fields?.externalIdentifierType ?? fields?.software_contentIdentifierType;
    const value = fields?.identifier ?? fields?.software_contentIdentifierValue;
    const at = `${element.at}.externalIdentifier`;
    const identifier = typeof value === 'string' ? asserted(reading.text(value, at)) : null;
    if (identifier === null || typeof given !== 'string') {
      if (fields === undefined) reading.warn(at, `The identifier ${quoted(entry)} is named and not given.`);
      continue;
    }
    const type = given.toLowerCase();
    if ((type === 'packageurl' || type === 'purl') && purl === null) purl = identifier;
    else if (type === 'cpe22' || type === 'cpe23') cpes.add(identifier);
    else {
      if (type === 'gitoid') omniborIds.push(identifier);
      if (type === 'swhid') swhids.push(identifier);
      if (identifier !== purl) references.push({ type: reading.text(given, at) ?? 'other', url: identifier });
    }
  }
  return { purl, cpes: [...cpes], omniborIds, swhids, references };
}

function readExternalRefs(element: Element, graph: Graph, reading: Reading): { type: string; url: string }[] {
  return many(element.fields.externalRef).flatMap((entry) => {
    const fields = graph.follow(entry);
    const at = `${element.at}.externalRef`;
    const type = typeof fields?.externalRefType === 'string' ? fields.externalRefType : 'other';
    return many(fields?.locator).flatMap((locator) => {
      const url = typeof locator === 'string' ? reading.text(locator, at) : null;
      return url === null ? [] : [{ type: reading.text(type, at) ?? 'other', url }];
    });
  });
}

// SPDX 3 names sha256 what CycloneDX names SHA-256.
function readHashes(element: Element, graph: Graph, reading: Reading): SbomHash[] {
  return many(element.fields.verifiedUsing).flatMap((entry) => {
    const fields = graph.follow(entry);
    const at = `${element.at}.verifiedUsing`;
    const { algorithm, hashValue } = fields ?? {};
    if (typeof algorithm !== 'string' || typeof hashValue !== 'string') return [];
    if (!/^[0-9a-f]{8,128}$/i.test(hashValue)) {
      reading.deviates(at, `${quoted(hashValue)} is no ${quoted(algorithm)} digest; it is not kept.`);
      return [];
    }
    const name = algorithm
      .replace(/^sha(1|224|256|384|512)$/i, 'SHA-$1')
      .replace(/^sha3_(\d+)$/i, 'SHA3-$1')
      .replace(/^md5$/i, 'MD5')
      .replace(/^blake2b(\d+)$/i, 'BLAKE2b-$1');
    return [{ algorithm: reading.text(name, at) ?? 'unknown', value: hashValue.toLowerCase() }];
  });
}

// Artifact.supportLevel (core profile): `support`, `limitedSupport`, `noSupport`, `endOfSupport`, `deployed`, `development`.
function readSupportLevel(element: Element, reading: Reading): string | null {
  const levels = many(element.fields.supportLevel).filter(
    (level): level is string => typeof level === 'string' && level !== 'noAssertion',
  );
  return reading.text(levels.join(', '), `${element.at}.supportLevel`);
}

function readValidUntil(raw: Spdx3Artifact, at: string, reading: Reading): string | null {
  const until = reading.text(raw.validUntilTime, `${at}.validUntilTime`);
  if (until === null) return null;
  const day = until.slice(0, 10);
  if (isDay(day)) return day;
  reading.deviates(
    `${at}.validUntilTime`,
    `${quoted(until)} is no instant; the end of support stays unknown.`,
  );
  return null;
}

function readVersion(info: Fields | undefined, graph: Graph, reading: Reading): string {
  const given = info?.specVersion;
  const version = typeof given === 'string' ? given : graph.version;
  if (typeof given !== 'string') {
    reading.deviates('$', 'The document does not say its version of SPDX; it is read as its context says.');
  }
  if (version !== null && /^3\.0(?:\.\d+)?$/.test(version)) return version;
  throw refuseSbom(
    'sbom.unsupported-version',
    `The file is SPDX ${quoted(version ?? '3')}; Ward reads SPDX 3.0.`,
    {
      at: '$',
    },
  );
}

function readCreated(created: unknown, reading: Reading): string | null {
  const at = '$.creationInfo.created';
  const kept = typeof created === 'string' ? reading.text(created, at) : null;
  if (kept === null || isInstant(kept)) return kept;
  reading.deviates(
    at,
    `${quoted(kept)} is no instant such as 2026-11-24T09:30:00Z; the time of making stays unknown.`,
  );
  return null;
}

/** JSON-LD writes one value or a list of them. */
function many(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function idOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const id = isFields(value) ? (value.spdxId ?? value['@id']) : undefined;
  return typeof id === 'string' ? id : '';
}

const lastPart = (id: string) => id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
