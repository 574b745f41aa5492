// CycloneDX 1.6 and 1.7 as JSON. What came as CycloneDX keeps what only that format says (pedigree, evidence, contacts of the
// supplier, hashes of external references); what was completed goes before it.
import type { OutgoingComponent, OutgoingSbom } from '../outgoing.ts';
import { hashLengths } from '../sbom/cyclonedx-schema.ts';
import type { ExportContext } from './export-sbom.ts';
import { licenceTerm } from './licence-terms.ts';
import { filled, isFields, withoutNulls } from './values.ts';

type Version = '1.6' | '1.7';
type Fields = Record<string, unknown>;

export function writeCycloneDx(sbom: OutgoingSbom, version: Version, context: ExportContext): object {
  const children = new Map<string | null, OutgoingComponent[]>();
  for (const component of sbom.components) {
    const siblings = children.get(component.parentRef);
    if (siblings) siblings.push(component);
    else children.set(component.parentRef, [component]);
  }
  const write = (component: OutgoingComponent): Fields => ({
    ...writeComponent(component, version),
    ...filled({ components: (children.get(component.ref) ?? []).map(write) }),
  });
  const alone = sbom.parts.length === 1 ? sbom.parts[0]?.sbom.statement?.source : undefined;
  const source = isFields(alone) && sbom.parts[0]?.sbom.format === 'CycloneDX' ? alone : {};
  return filled({
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: `urn:uuid:${sbom.serial}`,
    version: sbom.edition,
    metadata: writeMetadata(sbom, write(sbom.subject), source, context),
    components: (children.get(null) ?? []).map(write),
    services: withoutNulls(source.services),
    externalReferences: knownReferences(source.externalReferences, version),
    dependencies: writeDependencies(sbom, source),
    compositions: withoutNulls(source.compositions),
    properties: withoutNulls(source.properties),
  });
}

function writeMetadata(
  sbom: OutgoingSbom,
  component: Fields,
  source: Fields,
  context: ExportContext,
): Fields {
  const given = isFields(source.metadata) ? source.metadata : {};
  const tools = [...new Set(sbom.parts.flatMap((part) => part.sbom.tools))];
  const phases = [...new Set(sbom.parts.flatMap((part) => part.sbom.statement?.phases ?? []))];
  const known = ['design', 'pre-build', 'build', 'post-build', 'operations', 'discovery', 'decommission'];
  return filled({
    timestamp: context.at,
    lifecycles:
      withoutNulls(given.lifecycles) ??
      phases.map((phase) => (known.includes(phase) ? { phase } : { name: phase })),
    tools: {
      components: [
        { type: 'application', name: 'Ward', version: context.toolVersion },
        ...tools.map((name) => ({ type: 'application', name })),
      ],
    },
    authors: [{ name: context.author }, ...authorsOf(sbom, context.author)],
    component,
    manufacturer: withoutNulls(given.manufacturer ?? given.manufacture),
    supplier: withoutNulls(given.supplier),
    licenses: withoutNulls(given.licenses),
    properties: withoutNulls(given.properties),
  });
}

const authorsOf = (sbom: OutgoingSbom, except: string) =>
  [...new Set(sbom.parts.flatMap((part) => part.sbom.statement?.authors ?? []))]
    .filter((name) => name !== except)
    .map((name) => ({ name }));

/** A source that says that a part needs nothing keeps saying so; services stay where the file has them. */
function writeDependencies(sbom: OutgoingSbom, source: Fields): unknown[] {
  const targets = new Map(sbom.dependencies.map(({ from, to }) => [from, [...to]]));
  const known = new Set([
    sbom.subject.ref,
    ...sbom.components.map(({ ref }) => ref),
    ...serviceRefs(source.services),
  ]);
  const given = Array.isArray(source.dependencies) ? source.dependencies.filter(isFields) : [];
  const provided = new Map<string, string[]>();
  for (const { ref, dependsOn, provides } of given) {
    if (typeof ref !== 'string' || !known.has(ref)) continue;
    const some = (list: unknown) =>
      Array.isArray(list) ? list.filter((to): to is string => typeof to === 'string' && known.has(to)) : [];
    targets.set(ref, [...new Set([...(targets.get(ref) ?? []), ...some(dependsOn)])]);
    if (some(provides).length > 0) provided.set(ref, [...new Set(some(provides))]);
  }
  return [...targets].map(([ref, dependsOn]) => filled({ ref, dependsOn, provides: provided.get(ref) }));
}

function serviceRefs(services: unknown): string[] {
  if (!Array.isArray(services)) return [];
  return services
    .filter(isFields)
    .flatMap((service) => [
      ...(typeof service['bom-ref'] === 'string' ? [service['bom-ref']] : []),
      ...serviceRefs(service.services),
    ]);
}

/** Fields of CycloneDX that Ward does not judge and hands on as they are. */
const HANDED_ON = [
  'mime-type',
  'manufacturer',
  'authors',
  'author',
  'publisher',
  'omniborId',
  'swhid',
  'swid',
  'modified',
  'pedigree',
  'evidence',
  'releaseNotes',
  'modelCard',
  'data',
  'cryptoProperties',
  'tags',
] as const;
const HANDED_ON_17 = ['isExternal', 'versionRange', 'patentAssertions'] as const;

const TYPES = new Set([
  'application',
  'framework',
  'library',
  'container',
  'platform',
  'operating-system',
  'device',
  'device-driver',
  'firmware',
  'file',
  'machine-learning-model',
  'data',
  'cryptographic-asset',
]);

function writeComponent(component: OutgoingComponent, version: Version): Fields {
  const source: Fields = component.sourceFormat === 'CycloneDX' ? { ...component.source } : {};
  const handed =
    version === '1.7'
      ? [...HANDED_ON, ...HANDED_ON_17]
      : HANDED_ON.filter((name) => name !== 'cryptoProperties' || component.sourceVersion !== '1.7');
  const { facts } = component;
  return filled({
    type: TYPES.has(component.type) ? component.type : 'library',
    'bom-ref': component.ref,
    supplier: writeSupplier(component, source),
    ...(component.sourceFormat === 'CycloneDX'
      ? Object.fromEntries(handed.map((name) => [name, withoutNulls(source[name])]))
      : {
          authors: facts.originator === undefined ? [] : [{ name: facts.originator }],
          omniborId: facts.omniborIds,
          swhid: facts.swhids,
        }),
    group: component.group,
    name: component.name,
    version: component.version,
    description: component.description,
    scope: component.scope,
    hashes: component.hashes
      .filter(({ algorithm, value }) => isHash(algorithm, value))
      .map(({ algorithm, value }) => ({ alg: algorithm, content: value })),
    licenses: writeLicences(component, source, version),
    copyright: facts.copyright,
    cpe: cpeFits(component.cpes[0]) ? component.cpes[0] : undefined,
    purl: component.purl,
    externalReferences: writeReferences(component, source, version),
    properties: writeProperties(component),
  });
}

const isHash = (algorithm: string, value: string) =>
  Object.hasOwn(hashLengths, algorithm) &&
  /^(?:[a-f0-9]{32}|[a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/.test(value);

const cpeFits = (cpe: string | undefined) =>
  cpe !== undefined && /^cpe:(?:2\.3:[aho*-]:|\/[aho]:)/i.test(cpe);

function writeSupplier(component: OutgoingComponent, source: Fields): unknown {
  const given = source.supplier;
  if (isFields(given) && given.name === component.supplier) return withoutNulls(given);
  if (component.supplement.supplier === undefined && component.sourceFormat === 'CycloneDX')
    return withoutNulls(given);
  return component.supplier === null ? undefined : { name: component.supplier };
}

function writeLicences(component: OutgoingComponent, source: Fields, version: Version): unknown[] {
  if (component.supplement.licence === undefined && fits(source.licenses, version))
    return withoutNulls(source.licenses) as unknown[];
  const terms = component.licences.map(licenceTerm);
  const [only] = terms;
  if (only?.kind === 'expression' && (terms.length === 1 || version === '1.7') && terms.length === 1)
    return [{ expression: only.expression }];
  return terms.map((term) => {
    switch (term.kind) {
      case 'id':
        return { license: { id: term.id } };
      case 'expression':
        return version === '1.7' ? { expression: term.expression } : { license: { name: term.expression } };
      case 'words':
        return { license: { name: term.words } };
      default:
        return term satisfies never;
    }
  });
}

const EXPRESSION_FIELDS = new Set(['expression', 'acknowledgement', 'bom-ref']);

/** 1.6 takes licences or one expression; 1.7 takes both. What breaks that is written anew from what was read. */
function fits(licences: unknown, version: Version): boolean {
  if (!Array.isArray(licences) || licences.length === 0) return false;
  let expressions = 0;
  for (const entry of licences) {
    if (!isFields(entry)) return false;
    const { license, expression } = entry;
    if (typeof expression === 'string') {
      if (license !== undefined) return false;
      if (version === '1.6' && Object.keys(entry).some((name) => !EXPRESSION_FIELDS.has(name))) return false;
      expressions += 1;
    } else {
      if (!isFields(license)) return false;
      const { id, name } = license;
      if ((typeof id === 'string') === (typeof name === 'string')) return false;
      if (typeof id === 'string' && licenceTerm(id).kind !== 'id') return false;
    }
  }
  return version === '1.7' || expressions === 0 || licences.length === 1;
}

// CycloneDX 1.6 `externalReference.type`; 1.7 adds what concerns patents and citations.
const REFERENCES = new Set(
  `vcs issue-tracker website advisories bom mailing-list social chat documentation support source-distribution distribution
  distribution-intake license build-meta build-system release-notes security-contact model-card log configuration evidence
  formulation attestation threat-model adversary-model risk-assessment vulnerability-assertion exploitability-statement
  pentest-report static-analysis-report dynamic-analysis-report runtime-analysis-report component-analysis-report
  maturity-report certification-report codified-infrastructure quality-metrics poam electronic-signature digital-signature
  rfc-9116 other`.split(/\s+/),
);
const REFERENCES_17 = new Set(['patent', 'patent-family', 'patent-assertion', 'citation']);

function knownReferences(references: unknown, version: Version): unknown[] {
  if (!Array.isArray(references)) return [];
  return references.filter(isFields).flatMap((reference) => {
    if (typeof reference.url !== 'string' || reference.url === '') return [];
    const { properties, type, ...rest } = withoutNulls(reference) as Fields;
    const given = typeof type === 'string' ? type : 'other';
    const fitting = REFERENCES.has(given) || (version === '1.7' && REFERENCES_17.has(given));
    const kept = version === '1.7' && properties !== undefined ? { properties } : {};
    return [
      {
        type: fitting ? given : 'other',
        ...rest,
        ...(fitting || rest.comment !== undefined ? {} : { comment: given }),
        ...kept,
      },
    ];
  });
}

function writeReferences(component: OutgoingComponent, source: Fields, version: Version): unknown[] {
  return knownReferences(source.externalReferences ?? component.externalReferences, version);
}

function writeProperties(component: OutgoingComponent): { name: string; value: string }[] {
  const given =
    component.sourceFormat === 'CycloneDX' && Array.isArray(component.source?.properties)
      ? component.source.properties
      : (component.facts.properties ?? []);
  const properties: { name: string; value: string }[] = given
    .filter(isFields)
    .filter(({ name }) => typeof name === 'string' && !OWN.has(name))
    .map(({ name, value }) => ({
      name: String(name),
      value: value === undefined || value === null ? '' : String(value),
    }));
  const add = (name: string, value: string | null | undefined) => {
    if (value) properties.push({ name, value });
  };
  for (const cpe of component.cpes.slice(cpeFits(component.cpes[0]) ? 1 : 0)) add('ward:cpe', cpe);
  for (const { algorithm, value } of component.hashes)
    if (!isHash(algorithm, value)) add('ward:hash', `${algorithm}:${value}`);
  add('ward:support:level', component.supportLevel);
  add('ward:support:endOfSupport', component.endOfSupport);
  if (component.endOfSupport !== null && !properties.some(({ name }) => name === MILESTONE))
    add(MILESTONE, component.endOfSupport);
  add('ward:support:justification', component.justification);
  return properties;
}

// The taxonomy of CycloneDX has the day (`cdx:lifecycle:milestone`); level and reason have no name there (read 2026-11).
const MILESTONE = 'cdx:lifecycle:milestone:endOfSupport';
const OWN = new Set([
  'ward:support:level',
  'ward:support:endOfSupport',
  'ward:support:justification',
  'ward:cpe',
  MILESTONE,
]);
