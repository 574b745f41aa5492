// CycloneDX XML into the shape of CycloneDX JSON, so that one reader judges both (CycloneDX 1.0 to 1.7 XSD; read 2026-11).

import { refuseSbom } from './errors.ts';
import type { XmlElement } from './parse-xml.ts';
import type { Places } from './places.ts';
import type { Reading } from './reading.ts';

const namespace = /^http:\/\/cyclonedx\.org\/schema\/bom\/(\d+\.\d+)$/;

type Json = Record<string, unknown>;

/** Elements that are a list in JSON; each child of the namespace is an entry. */
const lists = new Set([
  'components',
  'hashes',
  'licenses',
  'externalReferences',
  'properties',
  'services',
  'authors',
  'commits',
  'patches',
  'resolves',
  'ancestors',
  'descendants',
  'variants',
  'occurrences',
  'frames',
  'omniborIds',
  'tags',
  'lifecycles',
  'methods',
  'citations',
  'pointers',
  'expressions',
]);

/** Elements that are an object in JSON even when they hold nothing but text or nothing at all. */
const objects = new Set([
  'metadata',
  'component',
  'service',
  'tool',
  'supplier',
  'manufacture',
  'manufacturer',
  'provider',
  'organization',
  'hash',
  'license',
  'licensing',
  'reference',
  'property',
  'text',
  'data',
  'swid',
  'pedigree',
  'commit',
  'patch',
  'diff',
  'issue',
  'evidence',
  'identity',
  'occurrence',
  'callstack',
  'releaseNotes',
  'modelCard',
  'cryptoProperties',
  'distributionConstraints',
  'citation',
]);

/** Elements that are a list in JSON although they stand alone or beside one another without one around them. */
const repeated = new Set(['contact', 'omniborId', 'swhid', 'identity', 'data']);

/** Where an element may stand only once and Ward reads it: a second one would say something else. */
const single: Readonly<Record<string, readonly string[]>> = {
  component: [
    'name',
    'version',
    'group',
    'purl',
    'cpe',
    'scope',
    'hashes',
    'licenses',
    'components',
    'pedigree',
  ],
  license: ['id', 'name'],
  bom: ['metadata', 'components', 'dependencies'],
};

/** Fields that are no text in JSON. */
const booleans = new Set(['isExternal', 'modified']);

/** Where the text of an element goes when it has attributes. */
const textField: Readonly<Record<string, string>> = {
  property: 'value',
  expression: 'expression',
  classification: 'classification',
};

/**
 * The document as JSON would have it, with the line of every object. Refuses `sbom.unknown-format` for another root,
 * `sbom.unsupported-version` for a namespace that names no version, and a field twice where one may stand when strict.
 */
export function cycloneDxFromXml(root: XmlElement, places: Places, reading: Reading): Json {
  const at = `${reading.fileName}:${root.line}:${root.column}`;
  if (root.name !== 'bom') {
    throw refuseSbom('sbom.unknown-format', `The root element is <${root.name.slice(0, 60)}>, not <bom>.`, {
      at,
    });
  }
  const specVersion = namespace.exec(root.namespace)?.[1];
  if (specVersion === undefined) {
    throw refuseSbom(
      'sbom.unsupported-version',
      `The namespace of <bom> names no version of CycloneDX, such as http://cyclonedx.org/schema/bom/1.6.`,
      { at },
    );
  }
  const mapping = new Mapping(root.namespace, places, reading);
  const { dependencies, ...document } = mapping.fieldsOf(root, '$');
  const version = document.version;
  const bom = {
    bomFormat: 'CycloneDX',
    ...document,
    specVersion,
    ...(version === undefined ? {} : { version: wholeNumber(version) }),
    ...(dependencies === undefined ? {} : { dependencies }),
  };
  places.mark(bom, root);
  return bom;
}

class Mapping {
  constructor(
    readonly uri: string,
    readonly places: Places,
    readonly reading: Reading,
  ) {}

  /** Attributes and children. Recursion is safe: the depth was bounded by the parser. */
  fieldsOf(element: XmlElement, at: string): Json {
    const fields: Json = this.#started(element);
    for (const child of element.children) {
      if (child.namespace !== this.uri) continue;
      const place = `${at}.${child.name}`;
      const value = this.#valueOf(child, place);
      const before = Object.hasOwn(fields, child.name) ? fields[child.name] : undefined;
      if (repeated.has(child.name) || (child.name === 'url' && isEntity(element))) {
        fields[child.name] = [...((before as unknown[] | undefined) ?? []), value];
      } else if (before === undefined) fields[child.name] = value;
      else if (single[element.name]?.includes(child.name)) {
        this.reading.deviates(
          `${place} (line ${child.line})`,
          `The element <${child.name}> stands twice; the last one counts.`,
        );
        fields[child.name] = value;
      } else fields[child.name] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    return fields;
  }

  #valueOf(element: XmlElement, at: string): unknown {
    const entries = () => element.children.filter((child) => child.namespace === this.uri);
    switch (element.name) {
      case 'dependencies':
        return entries().map((child) => this.#dependency(child));
      case 'tools':
        return this.#tools(element, at);
      case 'licenses':
        return entries().map((child, index) => this.#licence(child, `${at}[${index}]`));
    }
    if (lists.has(element.name)) {
      return entries().map((child, index) => this.#valueOf(child, `${at}[${index}]`));
    }
    if (booleans.has(element.name)) return asBoolean(element.text);
    const isText = entries().length === 0 && !objects.has(element.name);
    return isText ? element.text.trim() : this.#objectOf(element, at);
  }

  #objectOf(element: XmlElement, at: string): Json {
    const fields = this.fieldsOf(element, at);
    const text = element.text.trim();
    if (text !== '' && element.children.length === 0) fields[textField[element.name] ?? 'content'] = text;
    else if (element.name === 'hash') fields.content = text;
    return fields;
  }

  // <license> and <expression> side by side; in JSON each is an entry with one of the two names.
  #licence(element: XmlElement, at: string): Json {
    const fields = this.#started(element);
    if (element.name === 'expression') return { ...fields, expression: element.text.trim() };
    const value = this.fieldsOf(element, `${at}.license`);
    fields.license = value;
    return fields;
  }

  // Nested <dependency> elements are the targets.
  #dependency(element: XmlElement): Json {
    const refs = (name: string) =>
      element.children
        .filter((child) => child.name === name)
        .map((child) => child.attributes.get('ref') ?? '');
    const entry: Json = { ref: element.attributes.get('ref') ?? '', dependsOn: refs('dependency') };
    this.places.mark(entry, element);
    return entry;
  }

  // Up to 1.4 a list of <tool>; since 1.5 also <components> and <services>.
  #tools(element: XmlElement, at: string): unknown {
    const tools = element.children.filter((child) => child.name === 'tool');
    if (tools.length > 0 || element.children.length === 0) {
      return tools.map((child, index) => this.fieldsOf(child, `${at}[${index}]`));
    }
    return this.fieldsOf(element, at);
  }

  #started(element: XmlElement): Json {
    const fields: Json = {};
    for (const [name, value] of element.attributes) {
      if (name.startsWith('{') || name === '__proto__') continue; // of another namespace
      fields[name] = booleans.has(name) ? asBoolean(value) : value;
    }
    this.places.mark(fields, element);
    return fields;
  }
}

const entities = new Set(['supplier', 'manufacture', 'manufacturer', 'provider', 'organization']);
const isEntity = (element: XmlElement) => entities.has(element.name);

// XML Schema boolean: true, false, 1, 0. Anything else stays text, and the schema refuses it by its place.
function asBoolean(text: string): unknown {
  const value = text.trim();
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : value;
}

function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
}
