// Import → export → import: what comes back, checked against the official schemas, and told in docs/reports/sbom-round-trip.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { outgoingOfFile, outgoingSbom } from '../outgoing.ts';
import { readSbom } from '../sbom/read-sbom.ts';
import { cycloneDxJson, cycloneDxXml, spdxJson } from '../sbom/samples.ts';
import type { Sbom, SbomComponent } from '../sbom/sbom.ts';
import { EXPORT_FORMATS, type ExportFormat, exportSbom } from './export-sbom.ts';
import { licenceTerm } from './licence-terms.ts';
import { fullCycloneDx } from './samples.ts';

const context = { at: '2026-11-24T09:30:00.000Z', toolVersion: '0.1.0', author: 'Example Devices' };
const fixtures =
  ['../shared/data', '../../shared/data']
    .map((path) => resolve(path, 'fixtures/cyclonedx'))
    .find(existsSync) ?? '';
const schemas = join(fixtures, 'schema');
const whole = (text: string | Uint8Array, name = 'bom.json'): Sbom =>
  readSbom(typeof text === 'string' ? Buffer.from(text) : text, name, { whole: true });
const through = (sbom: Sbom, format: ExportFormat): { document: object; back: Sbom } => {
  const document = exportSbom(outgoingOfFile(sbom), format, context);
  return { document, back: whole(JSON.stringify(document)) };
};

describe('CycloneDX to CycloneDX', () => {
  it.each(['cyclonedx-1.6', 'cyclonedx-1.7'] as const)('keeps every component as it stands: %s', (format) => {
    const { document } = through(whole(fullCycloneDx), format);

    const given = JSON.parse(fullCycloneDx);
    const written = document as typeof given;
    expect(written.components).toEqual(given.components);
    expect(written.metadata.component).toEqual(given.metadata.component);
    expect(written.dependencies).toEqual(given.dependencies);
    expect(written.compositions).toEqual(given.compositions);
    expect(written.services).toEqual(given.services);
  });

  it('leaves out for 1.6 what only 1.7 has', () => {
    const source = { ...JSON.parse(cycloneDxJson), specVersion: '1.7' };
    source.components.push({ type: 'library', name: 'host', isExternal: true, versionRange: 'vers:npm/>=1' });
    const sbom = whole(JSON.stringify(source));

    const of = (format: ExportFormat) =>
      (through(sbom, format).document as { components: Record<string, unknown>[] }).components.at(-1);
    expect(of('cyclonedx-1.7')).toMatchObject({ isExternal: true, versionRange: 'vers:npm/>=1' });
    expect(of('cyclonedx-1.6')).not.toHaveProperty('versionRange');
  });
});

describe.each([
  ['CycloneDX JSON', cycloneDxJson],
  ['CycloneDX XML', cycloneDxXml],
  ['SPDX JSON', spdxJson],
  ['CycloneDX JSON with everything', fullCycloneDx],
])('from %s', (_title, text) => {
  it.each(EXPORT_FORMATS)('to %s names the same parts, identities and dependencies', (format) => {
    const sbom = whole(text);

    const { back } = through(sbom, format);

    expect(byName(back).map(identityOf)).toEqual(byName(sbom).map(identityOf));
    expect(edgesOf(back)).toEqual(edgesOf(sbom));
    expect(byName(back).map((one) => [one.supplier, one.endOfSupport, one.supportLevel])).toEqual(
      byName(sbom).map((one) => [one.supplier, one.endOfSupport, one.supportLevel]),
    );
  });
});

describe('several parts of one release', () => {
  it('keeps references apart and hangs the parts on the release', () => {
    const sbom = whole(cycloneDxJson);
    const part = (name: string) => ({ id: name, name, sbom, places: new Map() });

    const joined = outgoingSbom({
      name: 'Lumen',
      product: 'Lumen',
      version: '4.2',
      serial: '3e671687-395b-41f5-a30f-a58921a69b70',
      edition: 1,
      parts: [part('console'), part('pump')],
      supplements: { of: () => null },
    });

    const refs = joined.components.map(({ ref }) => ref);
    expect(new Set(refs).size).toBe(refs.length);
    expect(joined.dependencies[0]).toEqual({ from: 'ward:release', to: ['pump', 'pump#2'] });
    for (const format of EXPORT_FORMATS) {
      const back = whole(JSON.stringify(exportSbom(joined, format, context)));
      expect(back.components).toHaveLength(joined.components.length);
      expect(back.subject?.name).toBe('Lumen');
    }
  });
});

describe('what people completed', () => {
  it.each(EXPORT_FORMATS)('goes out and comes back: %s', (format) => {
    const sbom = whole(cycloneDxJson);
    const places = new Map([[0, { id: '1', place: 'generic:tls' }]]);
    const supplement = {
      supplier: 'Someone Else',
      supportLevel: 'unknown',
      justification: 'The makers do not say.',
      licence: 'MIT OR Apache-2.0',
      purl: 'pkg:generic/other@1.10',
    } as const;
    const completed = outgoingSbom({
      ...outgoingOfFile(sbom),
      parts: [{ id: null, name: '', sbom, places }],
      supplements: { of: (place) => (place === 'generic:tls' ? supplement : null) },
    });

    const back = outgoingOfFile(whole(JSON.stringify(exportSbom(completed, format, context))));

    expect(back.components[0]).toMatchObject({
      supplier: 'Someone Else',
      supportLevel: 'unknown',
      justification: 'The makers do not say.',
      licences: ['MIT OR Apache-2.0'],
      purl: 'pkg:generic/other@1.10',
    });
  });
});

describe.skipIf(fixtures === '')('by the official schema (skipped where the fixtures are not there)', () => {
  const validator = (version: string) => {
    const read = (name: string) => JSON.parse(readFileSync(join(schemas, name), 'utf8'));
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
    addFormats.default(ajv);
    for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
    ajv.addSchema(read('spdx.schema.json'), 'http://cyclonedx.org/schema/spdx.schema.json');
    ajv.addSchema(read('jsf-0.82.schema.json'), 'http://cyclonedx.org/schema/jsf-0.82.schema.json');
    if (version === '1.7')
      ajv.addSchema(
        read('cryptography-defs.schema.json'),
        'http://cyclonedx.org/schema/cryptography-defs.schema.json',
      );
    return ajv.compile(read(`bom-${version}.schema.json`));
  };
  it.each(['1.6', '1.7'])('CycloneDX %s is valid from every format', (version) => {
    const valid = validator(version);

    for (const text of [cycloneDxJson, cycloneDxXml, spdxJson, fullCycloneDx]) {
      const { document } = through(whole(text), `cyclonedx-${version}` as ExportFormat);
      valid(document);
      expect(valid.errors ?? []).toEqual([]);
    }
  });

  it.each(['1.6', '1.7'])('the format’s own examples stay valid: %s', (version) => {
    const valid = validator(version);
    const folder = join(fixtures, 'tests', version);
    const other = validator(version === '1.6' ? '1.7' : '1.6');
    const broken: string[] = [];

    for (const name of examplesIn(folder)) {
      const sbom = whole(readFileSync(join(folder, name)), name);
      for (const target of version === '1.6' ? ['1.6', '1.7'] : ['1.7', '1.6']) {
        const check = target === version ? valid : other;
        if (!check(through(sbom, `cyclonedx-${target}` as ExportFormat).document))
          broken.push(`${name} to ${target}: ${JSON.stringify(check.errors?.[0])}`);
      }
    }

    expect(broken).toEqual([]);
  });
});

function examplesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('valid-') && name.endsWith('.json'));
}

// Nesting brings parts to another place in the list, never away from it.
const byName = (sbom: Sbom) =>
  [...sbom.components].sort((a, b) => (identityOf(a).name < identityOf(b).name ? -1 : 1));

const identityOf = (component: SbomComponent) => ({
  name: component.group === null ? component.name : `${component.group}/${component.name}`,
  version: component.version,
  purl: component.purl,
  cpes: component.cpes,
});

function edgesOf(sbom: Sbom): string[] {
  const names = new Map(
    [...(sbom.subject ? [sbom.subject] : []), ...sbom.components].map((one) => [
      one.ref,
      identityOf(one).name,
    ]),
  );
  return sbom.dependencies
    .flatMap(({ from, to }) => to.map((target) => `${names.get(from)} → ${names.get(target)}`))
    .sort();
}

const FACTS: readonly (readonly [title: string, of: (component: SbomComponent) => unknown])[] = [
  ['reference', (one) => one.ref],
  ['name and version', (one) => [identityOf(one).name, one.version]],
  ['group apart from the name', (one) => one.group],
  ['type', (one) => one.type],
  ['purl and CPEs', (one) => [one.purl, one.cpes]],
  ['hashes', (one) => one.hashes],
  [
    'licences by id or expression',
    (one) => one.licences.filter((text) => licenceTerm(text).kind !== 'words'),
  ],
  ['licences in other words', (one) => one.licences.filter((text) => licenceTerm(text).kind === 'words')],
  ['supplier', (one) => one.supplier],
  ['nesting', (one) => one.parentRef !== null],
  ['scope', (one) => one.scope],
  ['description', (one) => one.description],
  ['external references', (one) => one.externalReferences.map(({ url }) => url).sort()],
  ['support level', (one) => one.supportLevel],
  ['end of support', (one) => one.endOfSupport],
  ['copyright', (one) => one.facts.copyright],
  ['properties', (one) => one.facts.properties?.filter(({ name }) => !/upport/.test(name))],
  ['pedigree', (one) => one.facts.pedigree],
  ['evidence', (one) => one.facts.evidence],
];

describe('the report of what is lost', () => {
  it('stands in docs/reports/sbom-round-trip.md as it is measured', () => {
    const rows = [
      ['CycloneDX', whole(fullCycloneDx)] as const,
      ['SPDX 2.3', whole(spdxJson)] as const,
    ].flatMap(([source, sbom]) =>
      EXPORT_FORMATS.map((format) => {
        const { back } = through(sbom, format);
        const [before, after] = [byName(sbom), byName(back)];
        const lost = FACTS.filter(([, of]) =>
          before.some((one, index) => !same(of(one), of(after[index] as SbomComponent))),
        );
        const edges = same(edgesOf(sbom), edgesOf(back)) ? [] : ['dependencies'];
        return `| ${source} | ${format} | ${[...lost.map(([title]) => title), ...edges].join(', ') || 'nothing'} |`;
      }),
    );
    const path = new URL('../../../../docs/reports/sbom-round-trip.md', import.meta.url);
    if (process.env.WARD_UPDATE_GOLDEN) writeFileSync(path, reportOf(rows));

    expect(readFileSync(path, 'utf8')).toBe(reportOf(rows));
  });
});

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function reportOf(rows: readonly string[]): string {
  return `# What an SBOM loses on its way through Ward

Measured by \`workbench/rooms/components/export/round-trip.test.ts\`: import, export, import again, and compare what was read.
The original stays as it came in and can be downloaded (\`GET /api/sboms/{id}/original\`). Compared: ${FACTS.map(([title]) => title).join(', ')}, dependencies.

| from | to | not the same after reading it again |
| --- | --- | --- |
${rows.join('\n')}

What SPDX has no field for (pedigree, evidence, properties, the CycloneDX reference, level of support, reason why none is known) is written
as annotations \`ward:…=…\`; level and reason are read back from there. Licences that are not in SPDX's list become \`LicenseRef-…\` with their
words beside. CycloneDX names one CPE: others are properties \`ward:cpe\` and are read back. Never exported: signatures of the
source (the content is another), vulnerabilities (they go out as VEX), formulation, declarations and annotations of CycloneDX, files and
snippets of SPDX documents with packages.
`;
}
