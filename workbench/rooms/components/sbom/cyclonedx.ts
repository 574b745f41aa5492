// Reads CycloneDX in the shape of its JSON (XML is brought into it before): nested components become a flat list with `parentRef`.

import { makeComponent } from './cyclonedx-component.ts';
import { reportUnusedDeviations } from './cyclonedx-deviations.ts';
import {
  CycloneDxComponent,
  CycloneDxDocument,
  CycloneDxService,
  CycloneDxSubject,
} from './cyclonedx-schema.ts';
import { joinDependencies } from './dependencies.ts';
import { quoted, refuseSbom } from './errors.ts';
import { isInstant } from './instants.ts';
import { type Reading, readShape } from './reading.ts';
import { References } from './references.ts';
import type { Sbom, SbomComponent } from './sbom.ts';
import { statementOfCycloneDx } from './statement.ts';

// JSON came with 1.2; 1.0 and 1.1 are XML only.
const versionsRead = {
  JSON: ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'],
  XML: ['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7'],
};

/** The whole document; refuses `sbom.unsupported-version` and what the schema, the limits and the references refuse. */
export function readCycloneDx(raw: unknown, reading: Reading, notation: 'JSON' | 'XML' = 'JSON'): Sbom {
  const document = readShape(CycloneDxDocument, raw, '$');
  if (!versionsRead[notation].includes(document.specVersion)) {
    throw refuseSbom(
      'sbom.unsupported-version',
      `The file is CycloneDX ${quoted(document.specVersion)}; Ward reads ${versionsRead[notation].join(', ')} as ${notation}.`,
      { at: '$.specVersion' },
    );
  }
  const references = new References(reading);
  const subject = readSubject(document, references, reading);
  const components = [
    ...subject.nested,
    ...readComponents(document.components, '$.components', null, references, reading),
  ];
  readServices(document.services, '$.services', references);
  reportUnusedDeviations(raw, reading);
  reading.checkTime('$');

  return {
    format: 'CycloneDX',
    specVersion: document.specVersion,
    serialNumber: readSerialNumber(document, reading),
    documentVersion:
      document.version === null || document.version === undefined ? null : String(document.version),
    createdAt: readCreatedAt(document, reading),
    tools: readTools(document, reading),
    subject: subject.component,
    components,
    dependencies: joinDependencies(edgesOf(document), references, reading),
    warnings: reading.warnings(),
    ...(reading.options.whole ? { statement: statementOfCycloneDx(raw) } : {}),
  };
}

function readSubject(
  document: CycloneDxDocument,
  references: References,
  reading: Reading,
): { component: SbomComponent | null; nested: SbomComponent[] } {
  const at = '$.metadata.component';
  const raw = document.metadata?.component;
  if (raw === null || raw === undefined) return { component: null, nested: [] };
  const { name, type, ...rest } = readShape(CycloneDxSubject, raw, at);
  if (!name) {
    reading.deviates(
      `${at}.name`,
      'The described product has no name; the SBOM is read as one without a product.',
    );
    return {
      component: null,
      nested: readComponents(rest.components, `${at}.components`, null, references, reading),
    };
  }
  if (!type)
    reading.deviates(`${at}.type`, 'The described product has no type; it is read as an application.');
  const known = readShape(CycloneDxComponent, { ...rest, name, type: type || 'application' }, at);
  const ref = references.claim(rest['bom-ref'], at, raw);
  const component = {
    ref,
    parentRef: null,
    ...makeComponent(known, at, reading),
    ...reading.sourceOf(raw),
  };
  return { component, nested: readComponents(rest.components, `${at}.components`, ref, references, reading) };
}

// Recursion is safe: the nesting of the whole file was bounded before it was parsed.
function readComponents(
  raws: readonly unknown[] | null | undefined,
  at: string,
  parentRef: string | null,
  references: References,
  reading: Reading,
): SbomComponent[] {
  const components: SbomComponent[] = [];
  for (const [index, raw] of (raws ?? []).entries()) {
    const place = `${at}[${index}]`;
    reading.countComponent(place);
    const checked = readShape(CycloneDxComponent, raw, place);
    if (references.isRepetition(checked['bom-ref'], place, raw)) continue;
    const ref = references.claim(checked['bom-ref'], place, raw);
    components.push({
      ref,
      parentRef,
      ...makeComponent(checked, place, reading),
      ...reading.sourceOf(raw),
    });
    for (const nested of readComponents(
      checked.components,
      `${place}.components`,
      ref,
      references,
      reading,
    )) {
      components.push(nested);
    }
  }
  return components;
}

// Services are no components, but dependencies may name them: their references are known and left out.
function readServices(raws: readonly unknown[] | null | undefined, at: string, references: References): void {
  for (const [index, raw] of (raws ?? []).entries()) {
    const place = `${at}[${index}]`;
    const service = readShape(CycloneDxService, raw, place);
    if (service['bom-ref']) references.knowOther(service['bom-ref']);
    readServices(service.services, `${place}.services`, references);
  }
}

function edgesOf(document: CycloneDxDocument) {
  return (document.dependencies ?? []).flatMap(({ ref, dependsOn }, index) =>
    (dependsOn ?? []).map((to, position) => ({
      from: ref,
      to,
      fromAt: `$.dependencies[${index}].ref`,
      toAt: `$.dependencies[${index}].dependsOn[${position}]`,
    })),
  );
}

function readSerialNumber(document: CycloneDxDocument, reading: Reading): string | null {
  const serialNumber = reading.text(document.serialNumber, '$.serialNumber');
  const isUuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  if (serialNumber !== null && !isUuid.test(serialNumber)) {
    reading.deviates(
      '$.serialNumber',
      `The serial number ${quoted(serialNumber)} is no urn:uuid; it is kept as written.`,
    );
  }
  return serialNumber;
}

function readCreatedAt(document: CycloneDxDocument, reading: Reading): string | null {
  const at = '$.metadata.timestamp';
  const timestamp = reading.text(document.metadata?.timestamp, at);
  if (timestamp === null || isInstant(timestamp)) return timestamp;
  reading.deviates(
    at,
    `${quoted(timestamp)} is no instant such as 2026-11-24T09:30:00Z; the time of making stays unknown.`,
  );
  return null;
}

// Up to 1.4 a list of tools; since 1.5 also an object with components and services.
function readTools(document: CycloneDxDocument, reading: Reading): string[] {
  const tools = document.metadata?.tools ?? [];
  const list = Array.isArray(tools) ? tools : [...(tools.components ?? []), ...(tools.services ?? [])];
  const names = new Set<string>();
  for (const tool of list) {
    const parts = [tool.vendor ?? tool.group, tool.name, tool.version].map((part) =>
      reading.text(part, '$.metadata.tools'),
    );
    const name = parts.filter((part) => part !== null).join(' ');
    if (name !== '') names.add(name);
  }
  return [...names];
}
