// SPDX 3.0 as JSON-LD, profiles core, software and simple licensing (spdx.github.io/spdx-spec/v3.0.1; read 2026-11).
import type { OutgoingComponent, OutgoingSbom } from '../outgoing.ts';
import { notedFact } from '../sbom/noted-facts.ts';
import { supportLevelOf } from '../support-levels.ts';
import type { ExportContext } from './export-sbom.ts';
import { licenceTerm } from './licence-terms.ts';
import { spdxIds } from './spdx23.ts';
import { filled } from './values.ts';

type Fields = Record<string, unknown>;

const CREATION = '_:creationinfo';

export function writeSpdx3(sbom: OutgoingSbom, context: ExportContext): object {
  const base = `urn:uuid:${sbom.serial}:${sbom.edition}#`;
  const all = [sbom.subject, ...sbom.components];
  const plain = spdxIds(all);
  // Ids of SPDX 3 are addresses already; others get the namespace of the document.
  const ids = new Map(
    all.map(({ ref, sourceFormat }) => [
      ref,
      sourceFormat === 'SPDX 3' && /^[a-z][a-z0-9+.-]*:\S+$/i.test(ref) ? ref : `${base}${plain.get(ref)}`,
    ]),
  );
  const graph = new Graph(base);
  const maker = graph.element('Organization', 'maker', { name: context.author });
  const tool = graph.element('Tool', 'tool', { name: `Ward ${context.toolVersion}` });
  const tools = [...new Set(sbom.parts.flatMap((part) => part.sbom.tools))].map((name, index) =>
    graph.element('Tool', `tool-${index + 1}`, { name }),
  );
  for (const component of all) writePackage(component, ids.get(component.ref) as string, graph);
  for (const component of sbom.components)
    if (component.parentRef !== null)
      graph.relate('contains', ids.get(component.parentRef) as string, [ids.get(component.ref) as string]);
  const scopes = new Map(all.map(({ ref, scope }) => [ref, scope]));
  for (const { from, to } of sbom.dependencies) {
    for (const scope of ['required', 'optional', 'excluded', null] as const) {
      const targets = to.filter((ref) => (scopes.get(ref) ?? null) === scope);
      if (targets.length > 0)
        dependOn(
          graph,
          scope,
          ids.get(from) as string,
          targets.map((ref) => ids.get(ref) as string),
        );
    }
  }
  const phases = sbom.parts
    .flatMap((part) => part.sbom.statement?.phases ?? [])
    .flatMap((phase) => sbomTypes[phase] ?? []);
  const bom = graph.element('software_Sbom', 'sbom', {
    rootElement: [ids.get(sbom.subject.ref)],
    element: [...ids.values()],
    software_sbomType: [...new Set(phases)],
  });
  const document = graph.element('SpdxDocument', 'document', {
    name: [sbom.product, sbom.version].filter(Boolean).join(' ') || sbom.subject.name,
    profileConformance: ['core', 'software', 'simpleLicensing'],
    rootElement: [bom],
    element: graph.ids(),
  });
  return {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      {
        type: 'CreationInfo',
        '@id': CREATION,
        specVersion: '3.0.1',
        created: context.at.replace(/\.\d+Z$/, 'Z'),
        createdBy: [maker],
        createdUsing: [tool, ...tools],
      },
      ...graph.inOrder(document),
    ],
  };
}

const sbomTypes: Readonly<Record<string, string>> = {
  design: 'design',
  'pre-build': 'source',
  source: 'source',
  build: 'build',
  'post-build': 'analyzed',
  analyzed: 'analyzed',
  operations: 'deployed',
  deployed: 'deployed',
  runtime: 'runtime',
};

class Graph {
  readonly #elements = new Map<string, Fields>();
  readonly #agents = new Map<string, string>();
  readonly #licences = new Map<string, string>();
  #relations = 0;

  constructor(readonly base: string) {}

  element(type: string, name: string, fields: object): string {
    return this.put(type, `${this.base}${name}`, fields);
  }

  put(type: string, spdxId: string, fields: object): string {
    this.#elements.set(spdxId, { type, spdxId, creationInfo: CREATION, ...filled(fields) });
    return spdxId;
  }

  agent(name: string): string {
    const known = this.#agents.get(name);
    if (known) return known;
    const id = this.element('Organization', `agent-${this.#agents.size + 1}`, { name });
    this.#agents.set(name, id);
    return id;
  }

  licence(written: string): string {
    const term = licenceTerm(written);
    const text = term.kind === 'id' ? term.id : term.kind === 'expression' ? term.expression : null;
    const known = this.#licences.get(written);
    if (known) return known;
    const name = `licence-${this.#licences.size + 1}`;
    const id =
      text === null
        ? this.element('simplelicensing_SimpleLicensingText', name, {
            name: written.slice(0, 300),
            simplelicensing_licenseText: written,
          })
        : this.element('simplelicensing_LicenseExpression', name, {
            simplelicensing_licenseExpression: text,
          });
    this.#licences.set(written, id);
    return id;
  }

  relate(relationshipType: string, from: string, to: readonly string[], scope?: string): void {
    this.#relations += 1;
    this.element(
      scope === undefined ? 'Relationship' : 'LifecycleScopedRelationship',
      `relationship-${this.#relations}`,
      {
        relationshipType,
        from,
        to,
        scope,
      },
    );
  }

  note(about: string, name: string, value: unknown): void {
    if (value === undefined || value === null) return;
    this.#relations += 1;
    this.element('Annotation', `annotation-${this.#relations}`, {
      annotationType: 'other',
      subject: about,
      statement: notedFact(name, typeof value === 'string' ? value : JSON.stringify(value)),
    });
  }

  ids(): string[] {
    return [...this.#elements.keys()];
  }

  /** The document first: readers that stream meet it at once. */
  inOrder(document: string): Fields[] {
    const first = this.#elements.get(document) as Fields;
    return [first, ...[...this.#elements.values()].filter((element) => element !== first)];
  }
}

function dependOn(graph: Graph, scope: OutgoingComponent['scope'], from: string, to: string[]): void {
  if (scope === 'optional') graph.relate('hasOptionalDependency', from, to);
  else graph.relate('dependsOn', from, to, scope === null ? undefined : LIFECYCLES[scope]);
}

const LIFECYCLES = { required: 'runtime', excluded: 'development' } as const;

const PURPOSES: Readonly<Record<string, string>> = {
  'operating-system': 'operatingSystem',
  'device-driver': 'deviceDriver',
  'machine-learning-model': 'model',
};
const KNOWN_PURPOSES = new Set(
  `application archive bom configuration container data device deviceDriver diskImage documentation evidence executable file
  filesystemImage firmware framework install library manifest model module operatingSystem other patch platform requirement
  source specification test`.split(/\s+/),
);

// Core SupportType; the words of the FDA stand beside in an annotation, since theirs are fewer and others.
const LEVELS: Readonly<Record<string, string>> = {
  'actively-maintained': 'support',
  'no-longer-maintained': 'endOfSupport',
  abandoned: 'noSupport',
  unknown: 'noAssertion',
};

function writePackage(component: OutgoingComponent, id: string, graph: Graph): void {
  const { facts } = component;
  const purpose = PURPOSES[component.type] ?? component.type;
  const level = supportLevelOf(component.supportLevel);
  const reference = (type: string) => component.externalReferences.find((one) => one.type === type)?.url;
  const homePage = reference('website');
  const download = reference('distribution');
  graph.put('software_Package', id, {
    name: component.group === null ? component.name : `${component.group}/${component.name}`,
    description: component.description,
    comment: facts.comment,
    software_packageVersion: component.version,
    software_packageUrl: component.purl,
    software_primaryPurpose: KNOWN_PURPOSES.has(purpose) ? purpose : 'other',
    software_copyrightText: facts.copyright,
    software_sourceInfo: facts.sourceInfo,
    software_homePage: homePage,
    software_downloadLocation: download,
    suppliedBy: component.supplier === null ? undefined : graph.agent(component.supplier),
    originatedBy: facts.originator === undefined ? [] : [graph.agent(facts.originator)],
    releaseTime: facts.releaseDate,
    builtTime: facts.builtDate,
    validUntilTime: component.endOfSupport === null ? undefined : `${component.endOfSupport}T00:00:00Z`,
    supportLevel: level === null ? [] : [LEVELS[level]],
    verifiedUsing: component.hashes.map(({ algorithm, value }) => ({
      type: 'Hash',
      algorithm: algorithm
        .toLowerCase()
        .replace(/^sha-/, 'sha')
        .replace('sha3-', 'sha3_')
        .replace('blake2b-', 'blake2b'),
      hashValue: value,
    })),
    externalIdentifier: [
      ...component.cpes.map((cpe) => identifier(cpe.startsWith('cpe:2.3:') ? 'cpe23' : 'cpe22', cpe)),
      ...(facts.swhids ?? []).map((swhid) => identifier('swhid', swhid)),
      ...(facts.omniborIds ?? []).map((gitoid) => identifier('gitoid', gitoid)),
    ],
    externalRef: component.externalReferences
      .filter(({ url }) => url !== homePage && url !== download)
      .map(({ type, url }) => ({
        type: 'ExternalRef',
        externalRefType: REFERENCES[type] ?? 'other',
        locator: [url],
        ...(REFERENCES[type] ? {} : { comment: type }),
      })),
  });
  for (const licence of component.licences) graph.relate('hasDeclaredLicense', id, [graph.licence(licence)]);
  graph.note(id, 'ward:support:level', component.supportLevel);
  graph.note(id, 'ward:support:justification', component.justification);
  if (component.sourceFormat !== 'SPDX 3') graph.note(id, 'ward:bom-ref', component.ref);
  if (component.sourceFormat === 'CycloneDX') {
    graph.note(id, 'ward:pedigree', facts.pedigree);
    graph.note(id, 'ward:evidence', facts.evidence);
    graph.note(id, 'ward:properties', facts.properties);
  }
}

const identifier = (externalIdentifierType: string, value: string) => ({
  type: 'ExternalIdentifier',
  externalIdentifierType,
  identifier: value,
});

// Core ExternalRefType.
const REFERENCES: Readonly<Record<string, string>> = {
  vcs: 'vcs',
  'issue-tracker': 'issueTracker',
  'mailing-list': 'mailingList',
  documentation: 'documentation',
  license: 'license',
  social: 'socialMedia',
  chat: 'chat',
  support: 'support',
  'release-notes': 'releaseNotes',
  'build-meta': 'buildMeta',
  'build-system': 'buildSystem',
  advisories: 'securityAdvisory',
  'threat-model': 'securityThreatModel',
  'pentest-report': 'securityPenTestReport',
  'risk-assessment': 'riskAssessment',
  'source-distribution': 'sourceArtifact',
  bom: 'other',
};
