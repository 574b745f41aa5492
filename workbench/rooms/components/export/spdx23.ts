// SPDX 2.3 as JSON. What the format has no field for stands in annotations `ward:…=…`, so that it is not lost for readers.
import type { OutgoingComponent, OutgoingSbom } from '../outgoing.ts';
import { notedFact } from '../sbom/noted-facts.ts';
import type { ExportContext } from './export-sbom.ts';
import { licenceTerm } from './licence-terms.ts';
import { filled, isFields } from './values.ts';

type Fields = Record<string, unknown>;
interface Relationship {
  readonly spdxElementId: string;
  readonly relationshipType: string;
  readonly relatedSpdxElement: string;
}

export function writeSpdx23(sbom: OutgoingSbom, context: ExportContext): object {
  const all = [sbom.subject, ...sbom.components];
  const ids = spdxIds(all);
  const licences = new LicenceRefs();
  const scopes = new Map(all.map(({ ref, scope }) => [ref, scope]));
  const at = context.at.replace(/\.\d+Z$/, 'Z');
  const relationships: Relationship[] = [
    {
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: ids.get(sbom.subject.ref)!,
    },
  ];
  for (const component of sbom.components)
    if (component.parentRef !== null)
      relationships.push({
        spdxElementId: ids.get(component.parentRef)!,
        relationshipType: 'CONTAINS',
        relatedSpdxElement: ids.get(component.ref)!,
      });
  for (const { from, to } of sbom.dependencies)
    for (const target of to)
      relationships.push(dependency(ids.get(from)!, ids.get(target)!, scopes.get(target) ?? null));
  const packages = all.map((component) => writePackage(component, ids.get(component.ref)!, licences, at));
  return filled({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: [sbom.product, sbom.version].filter(Boolean).join(' ') || sbom.subject.name,
    documentNamespace: `urn:uuid:${sbom.serial}:${sbom.edition}`,
    creationInfo: filled({
      created: at,
      creators: [
        `Organization: ${context.author}`,
        `Tool: Ward-${context.toolVersion}`,
        ...[...new Set(sbom.parts.flatMap((part) => part.sbom.tools))].map((tool) => `Tool: ${tool}`),
      ],
      comment: phaseComment(sbom),
    }),
    packages,
    hasExtractedLicensingInfos: licences.extracted(),
    relationships,
  });
}

const phaseComment = (sbom: OutgoingSbom) => {
  const phases = [...new Set(sbom.parts.flatMap((part) => part.sbom.statement?.phases ?? []))];
  return phases.length === 0 ? undefined : `ward:phase=${phases.join(', ')}`;
};

// The scope is that of the part that is depended on, as the reader takes it (SPDX 2.3 clause 11.1).
function dependency(from: string, to: string, scope: OutgoingComponent['scope']): Relationship {
  const reversed = (relationshipType: string) => ({
    spdxElementId: to,
    relationshipType,
    relatedSpdxElement: from,
  });
  switch (scope) {
    case 'required':
      return reversed('RUNTIME_DEPENDENCY_OF');
    case 'optional':
      return reversed('OPTIONAL_DEPENDENCY_OF');
    case 'excluded':
      return reversed('DEV_DEPENDENCY_OF');
    case null:
      return { spdxElementId: from, relationshipType: 'DEPENDS_ON', relatedSpdxElement: to };
    default:
      return scope satisfies never;
  }
}

/** Own ids of SPDX stay; others become letters, digits, dots and dashes, each once. */
export function spdxIds(components: readonly OutgoingComponent[]): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>(['SPDXRef-DOCUMENT']);
  for (const { ref } of components) {
    const wanted =
      /^SPDXRef-[\w.-]+$/.test(ref) && !ref.includes('_')
        ? ref
        : `SPDXRef-${ref.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 120)}`;
    let id = wanted;
    for (let more = 2; taken.has(id); more += 1) id = `${wanted}-${more}`;
    taken.add(id);
    ids.set(ref, id);
  }
  return ids;
}

/** Licences that are not in SPDX's list get a reference, and their words stand beside (SPDX 2.3 clause 10). */
class LicenceRefs {
  readonly #words = new Map<string, string>();

  expression(written: string): string {
    const term = licenceTerm(written);
    if (term.kind === 'id') return term.id;
    if (term.kind === 'expression') {
      for (const id of term.ids) if (id.startsWith('LicenseRef-')) this.#words.set(id, id);
      return term.expression;
    }
    const id = `LicenseRef-${term.words.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 80) || 'unnamed'}`;
    this.#words.set(id, term.words);
    return id;
  }

  extracted(): unknown[] {
    return [...this.#words].map(([licenseId, extractedText]) => ({
      licenseId,
      extractedText,
      name: extractedText.slice(0, 200),
    }));
  }
}

const PURPOSES = new Set(
  'APPLICATION FRAMEWORK LIBRARY CONTAINER OPERATING-SYSTEM DEVICE FIRMWARE SOURCE ARCHIVE FILE INSTALL OTHER'.split(
    ' ',
  ),
);

function writePackage(component: OutgoingComponent, id: string, licences: LicenceRefs, at: string): Fields {
  const source: Fields = component.sourceFormat === 'SPDX 2' ? { ...component.source } : {};
  const { facts, supplement } = component;
  const purpose = component.type.toUpperCase();
  const reference = (type: string) => component.externalReferences.find((one) => one.type === type)?.url;
  return filled({
    SPDXID: id,
    name: component.group === null ? component.name : `${component.group}/${component.name}`,
    versionInfo: component.version,
    packageFileName: facts.fileName,
    supplier:
      supplement.supplier === undefined && typeof source.supplier === 'string'
        ? source.supplier
        : component.supplier === null
          ? 'NOASSERTION'
          : `Organization: ${component.supplier}`,
    originator: source.originator ?? (facts.originator ? `Organization: ${facts.originator}` : undefined),
    downloadLocation: source.downloadLocation ?? downloadOf(component) ?? 'NOASSERTION',
    filesAnalyzed: false,
    homepage: source.homepage ?? reference('website'),
    sourceInfo: facts.sourceInfo,
    checksums: component.hashes.flatMap(({ algorithm, value }) => {
      const name = checksumName(algorithm);
      return name === null ? [] : [{ algorithm: name, checksumValue: value }];
    }),
    ...licencesOf(component, source, licences),
    copyrightText: facts.copyright ?? 'NOASSERTION',
    description: component.description,
    comment: facts.comment,
    primaryPackagePurpose: PURPOSES.has(purpose) ? purpose : 'OTHER',
    releaseDate: facts.releaseDate,
    builtDate: facts.builtDate,
    validUntilDate: component.endOfSupport === null ? undefined : `${component.endOfSupport}T00:00:00Z`,
    externalRefs: referencesOf(component, source),
    annotations: annotationsOf(component, source, at),
  });
}

function downloadOf({ externalReferences, commit, repository }: OutgoingComponent): string | undefined {
  const given = externalReferences.find(
    ({ type }) => type === 'distribution' || type === 'source-distribution',
  )?.url;
  if (given !== undefined && /^[a-z][a-z+]*:/i.test(given)) return given;
  if (repository === null || commit === null) return undefined;
  return `git+${repository.replace(/^git\+/, '')}@${commit}`;
}

function licencesOf(component: OutgoingComponent, source: Fields, refs: LicenceRefs): Fields {
  if (component.supplement.licence === undefined && component.sourceFormat === 'SPDX 2') {
    const one = (value: unknown) =>
      typeof value === 'string' && value !== '' ? refs.expression(value) : 'NOASSERTION';
    const kept = (value: unknown) => (value === 'NONE' || value === 'NOASSERTION' ? value : one(value));
    return { licenseConcluded: kept(source.licenseConcluded), licenseDeclared: kept(source.licenseDeclared) };
  }
  const terms = component.licences.map((licence) => refs.expression(licence));
  const declared =
    terms.length > 1
      ? terms.map((term) => (term.includes(' ') ? `(${term})` : term)).join(' AND ')
      : terms[0];
  return { licenseConcluded: 'NOASSERTION', licenseDeclared: declared ?? 'NOASSERTION' };
}

// SPDX 2.3 clause 7.10: names without the dash for SHA-2, with it for SHA-3 and BLAKE2b.
function checksumName(algorithm: string): string | null {
  const name = algorithm.replace(/^SHA-(1|224|256|384|512)$/, 'SHA$1');
  return /^(?:SHA(?:1|224|256|384|512)|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3|MD2|MD4|MD5|MD6|ADLER32)$/.test(
    name,
  )
    ? name
    : null;
}

function referencesOf(component: OutgoingComponent, source: Fields): unknown[] {
  const references: Fields[] = [];
  const add = (referenceCategory: string, referenceType: string, referenceLocator: string) =>
    references.push({ referenceCategory, referenceType, referenceLocator });
  if (component.purl !== null) add('PACKAGE-MANAGER', 'purl', component.purl);
  for (const cpe of component.cpes)
    add('SECURITY', cpe.startsWith('cpe:2.3:') ? 'cpe23Type' : 'cpe22Type', cpe);
  const given = Array.isArray(source.externalRefs) ? source.externalRefs.filter(isFields) : null;
  if (given !== null) {
    for (const reference of given) {
      const type = String(reference.referenceType);
      if (!/(?:purl|cpe2[23]Type)$/.test(type)) references.push(reference);
    }
    return references;
  }
  for (const id of component.facts.swhids ?? []) add('PERSISTENT-ID', 'swh', id);
  for (const id of component.facts.omniborIds ?? []) add('PERSISTENT-ID', 'gitoid', id);
  for (const { type, url } of component.externalReferences)
    if (type !== 'website' && !/\s/.test(url)) add('OTHER', type.replace(/[^A-Za-z0-9.-]+/g, '-'), url);
  return references;
}

function annotationsOf(component: OutgoingComponent, source: Fields, at: string): unknown[] {
  const given = Array.isArray(source.annotations) ? source.annotations.filter(isFields) : [];
  const kept = given.filter(
    ({ comment }) => typeof comment === 'string' && !comment.startsWith('ward:support:'),
  );
  const note = (name: string, value: unknown) =>
    value === undefined || value === null
      ? []
      : [
          {
            annotationDate: at,
            annotationType: 'OTHER',
            annotator: 'Tool: Ward',
            comment: notedFact(name, typeof value === 'string' ? value : JSON.stringify(value)),
          },
        ];
  const foreign = component.sourceFormat === 'CycloneDX' ? component.facts : {};
  return [
    ...kept,
    ...note('ward:support:level', component.supportLevel),
    ...note('ward:support:justification', component.justification),
    ...(component.sourceFormat === 'SPDX 2' ? [] : note('ward:bom-ref', component.ref)),
    ...note('ward:pedigree', foreign.pedigree),
    ...note('ward:evidence', foreign.evidence),
    ...note('ward:properties', foreign.properties),
  ];
}
