// SPDX RDF/XML into the shape of SPDX JSON (SPDX 2.3 annex C; read 2026-11). Read as the tools of SPDX write it: elements that
// are nodes and properties in turn, each node described in one place or in several, with rdf:about, rdf:nodeID and rdf:resource.

import { refuseSbom } from './errors.ts';
import type { XmlElement } from './parse-xml.ts';
import type { Places } from './places.ts';
import type { Reading } from './reading.ts';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const TERMS = 'http://spdx.org/rdf/terms#';
const LICENCES = 'http://spdx.org/licenses/';

/** Licence sets inside one another that are followed. */
const MAX_LICENCE_DEPTH = 20;

type Fields = Record<string, unknown>;
type Value = { readonly text: string } | { readonly node: RdfNode } | { readonly iri: string };

interface RdfNode {
  readonly id: string;
  type: string;
  readonly properties: Map<string, Value[]>;
  readonly element: XmlElement;
}

/** Refuses `sbom.unknown-format` when the graph holds no SPDX document of version 2. */
export function spdxFromRdf(root: XmlElement, places: Places, reading: Reading): Fields {
  const graph = new Graph();
  graph.read(root);
  const document = [...graph.nodes.values()].find((node) => node.type === 'SpdxDocument');
  if (!document) {
    throw refuseSbom('sbom.unknown-format', `${reading.fileName} is RDF/XML without an SPDX document.`, {
      at: `${reading.fileName}:${root.line}:${root.column}`,
    });
  }
  const fields: Fields = {};
  const nodesOf = (type: string) => [...graph.nodes.values()].filter((node) => node.type === type);
  const info = graph.nodeOf(document, 'creationInfo');
  fields.spdxVersion = graph.text(document, 'specVersion');
  fields.SPDXID = shortId(document.id);
  fields.name = graph.text(document, 'name');
  fields.documentNamespace = document.id.split('#')[0];
  fields.creationInfo = {
    created: info ? graph.text(info, 'created') : undefined,
    creators: info ? graph.texts(info, 'creator') : [],
  };
  fields.packages = nodesOf('Package').map((node) => packageOf(node, graph, places));
  fields.files = nodesOf('File').map((node) => fileOf(node, graph, places));
  fields.snippets = nodesOf('Snippet').map((node) => ({ SPDXID: shortId(node.id) }));
  fields.documentDescribes = graph.idsOf(document, 'describesPackage');
  fields.relationships = [...graph.nodes.values()].flatMap((node) => relationshipsOf(node, graph, places));
  places.mark(fields, document.element);
  return fields;
}

class Graph {
  readonly nodes = new Map<string, RdfNode>();
  readonly #ids = new Map<XmlElement, string>();
  #count = 0;

  /** Walks without recursion: RDF/XML nests as deep as its relationships reach. */
  read(root: XmlElement): void {
    const waiting: XmlElement[] = root.children.toReversed();
    for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
      const node = this.#nodeAt(element);
      for (const property of element.children) {
        const values = node.properties.get(property.name) ?? [];
        node.properties.set(property.name, values);
        const resource =
          property.attributes.get(`{${RDF}}resource`) ?? property.attributes.get(`{${RDF}}nodeID`);
        if (resource !== undefined) values.push({ iri: resource });
        else if (property.children.length === 0) values.push({ text: property.text });
        for (const inner of property.children) {
          values.push({ node: this.#nodeAt(inner) });
          waiting.push(inner);
        }
      }
    }
  }

  #nodeAt(element: XmlElement): RdfNode {
    const known = this.#ids.get(element);
    const id =
      known ??
      element.attributes.get(`{${RDF}}about`) ??
      element.attributes.get(`{${RDF}}nodeID`) ??
      this.#made();
    this.#ids.set(element, id);
    const found = this.nodes.get(id);
    if (found) {
      if (found.type === 'Description') found.type = element.name;
      return found;
    }
    const node: RdfNode = { id, type: element.name, properties: new Map(), element };
    this.nodes.set(id, node);
    return node;
  }

  #made(): string {
    this.#count += 1;
    return `_:ward${this.#count}`;
  }

  #values(node: RdfNode, property: string): readonly Value[] {
    return node.properties.get(property) ?? [];
  }

  /** Text, or the last part of an IRI (`relationshipType_dependsOn` → `dependsOn`, `noassertion` → `NOASSERTION`). */
  texts(node: RdfNode, property: string): string[] {
    return this.#values(node, property).map((value) => {
      if ('text' in value) return value.text.trim();
      return 'iri' in value ? lastPart(value.iri) : lastPart(value.node.id);
    });
  }

  text(node: RdfNode, property: string): string | undefined {
    return this.texts(node, property)[0];
  }

  nodesOf(node: RdfNode, property: string): RdfNode[] {
    return this.#values(node, property).flatMap((value) => {
      if ('node' in value) return [value.node];
      const found = 'iri' in value ? this.nodes.get(value.iri) : undefined;
      return found ? [found] : [];
    });
  }

  nodeOf(node: RdfNode, property: string): RdfNode | undefined {
    return this.nodesOf(node, property)[0];
  }

  idsOf(node: RdfNode, property: string): string[] {
    return this.#values(node, property).map((value) =>
      shortId('node' in value ? value.node.id : 'iri' in value ? value.iri : value.text.trim()),
    );
  }

  /** Licence expression of a property; sets become AND and OR. */
  licence(node: RdfNode, property: string): string | undefined {
    const [value] = this.#values(node, property);
    return value === undefined ? undefined : this.#expression(value, 0);
  }

  #expression(value: Value, depth: number): string {
    if ('text' in value) return value.text.trim();
    const node = 'node' in value ? value.node : this.nodes.get(value.iri);
    const iri = 'iri' in value ? value.iri : value.node.id;
    if (!node || depth > MAX_LICENCE_DEPTH) return lastPart(iri);
    const members = (property: string) =>
      this.#values(node, property).map((member) => this.#expression(member, depth + 1));
    switch (node.type) {
      case 'ConjunctiveLicenseSet':
        return `(${members('member').join(' AND ')})`;
      case 'DisjunctiveLicenseSet':
        return `(${members('member').join(' OR ')})`;
      case 'OrLaterOperator':
        return `${members('member').join(' ')}+`;
      case 'WithExceptionOperator':
        return `${members('member').join(' ')} WITH ${members('licenseException').join(' ')}`;
      default:
        return this.text(node, 'licenseId') ?? this.text(node, 'licenseExceptionId') ?? lastPart(iri);
    }
  }
}

function fileOf(node: RdfNode, graph: Graph, places: Places): Fields {
  const fields = {
    SPDXID: shortId(node.id),
    fileName: graph.text(node, 'fileName'),
    licenseConcluded: graph.licence(node, 'licenseConcluded'),
    checksums: checksumsOf(node, graph),
  };
  places.mark(fields, node.element);
  return fields;
}

function checksumsOf(node: RdfNode, graph: Graph): Fields[] {
  return graph.nodesOf(node, 'checksum').map((checksum) => ({
    algorithm: graph.text(checksum, 'algorithm')?.toUpperCase(),
    checksumValue: graph.text(checksum, 'checksumValue'),
  }));
}

function packageOf(node: RdfNode, graph: Graph, places: Places): Fields {
  const text = (property: string) => graph.text(node, property);
  const fields: Fields = {
    SPDXID: shortId(node.id),
    name: text('name'),
    versionInfo: text('versionInfo'),
    packageFileName: text('packageFileName'),
    supplier: text('supplier'),
    originator: text('originator'),
    downloadLocation: text('downloadLocation'),
    homepage: text('homepage'),
    description: text('description'),
    summary: text('summary'),
    sourceInfo: text('sourceInfo'),
    comment: text('comment'),
    copyrightText: text('copyrightText'),
    releaseDate: text('releaseDate'),
    builtDate: text('builtDate'),
    licenseConcluded: graph.licence(node, 'licenseConcluded'),
    licenseDeclared: graph.licence(node, 'licenseDeclared'),
    primaryPackagePurpose: upperSnake(text('primaryPackagePurpose')),
    validUntilDate: text('validUntilDate'),
    checksums: checksumsOf(node, graph),
    externalRefs: graph.nodesOf(node, 'externalRef').map((reference) => ({
      referenceCategory: graph.text(reference, 'referenceCategory'),
      referenceType: graph.text(reference, 'referenceType'),
      referenceLocator: graph.text(reference, 'referenceLocator'),
    })),
    annotations: graph.nodesOf(node, 'annotation').map((annotation) => ({
      annotator: graph.text(annotation, 'annotator'),
      annotationDate: graph.text(annotation, 'annotationDate'),
      annotationType: graph.text(annotation, 'annotationType'),
      comment: graph.text(annotation, 'comment'),
    })),
  };
  places.mark(fields, node.element);
  return fields;
}

function relationshipsOf(node: RdfNode, graph: Graph, places: Places): Fields[] {
  return graph.nodesOf(node, 'relationship').flatMap((relationship) => {
    const type = graph.text(relationship, 'relationshipType') ?? '';
    return graph.idsOf(relationship, 'relatedSpdxElement').map((relatedSpdxElement) => {
      const fields: Fields = {
        spdxElementId: shortId(node.id),
        relatedSpdxElement,
        // `dynamicLink` in RDF is DYNAMIC_LINK elsewhere.
        relationshipType: upperSnake(type),
      };
      places.mark(fields, relationship.element);
      return fields;
    });
  });
}

const upperSnake = (name: string | undefined) => name?.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** The SPDXID behind the namespace. */
function shortId(iri: string): string {
  if (iri === `${TERMS}noassertion`) return 'NOASSERTION';
  if (iri === `${TERMS}none`) return 'NONE';
  return iri.slice(iri.lastIndexOf('#') + 1);
}

function lastPart(iri: string): string {
  if (iri.startsWith(LICENCES)) return iri.slice(LICENCES.length);
  if (!iri.startsWith(TERMS)) return shortId(iri).replace(/^.*\/references\//, '');
  const name = iri.slice(TERMS.length);
  if (name === 'noassertion' || name === 'none') return name.toUpperCase();
  return name.slice(name.indexOf('_') + 1);
}
