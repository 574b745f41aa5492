// The same parts list in every notation reads the same; what only one notation can say is kept as well.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../knowledge/identity/identify.ts';
import { readSbom } from './read-sbom.ts';
import {
  cycloneDxJson,
  cycloneDxXml,
  samples,
  spdx3,
  spdxJson,
  spdxRdf,
  spdxTagValue,
  spdxYaml,
} from './samples.ts';
import type { Sbom } from './sbom.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readSbom(bytes(text), 'bom', { strict: true });
const byRef = (sbom: Sbom) => ({
  ...sbom,
  components: sbom.components.toSorted((a, b) => a.ref.localeCompare(b.ref)),
  dependencies: sbom.dependencies.map(({ from, to }) => ({ from, to: to.toSorted() })),
});

describe('one document in several notations', () => {
  it('reads CycloneDX XML as CycloneDX JSON', () => {
    expect(byRef(read(cycloneDxXml))).toEqual(byRef(read(cycloneDxJson)));
  });

  it.each([
    ['tag-value', spdxTagValue],
    ['tag-value with the line ends of old Macs', spdxTagValue.replaceAll('\n', '\r')],
    ['tag-value with the line ends of Windows', spdxTagValue.replaceAll('\n', '\r\n')],
    ['YAML', spdxYaml],
    ['RDF/XML', spdxRdf],
  ])('reads SPDX %s as SPDX JSON', (_name, text) => {
    expect(byRef(read(text))).toEqual(byRef(read(spdxJson)));
  });

  it.each(Object.entries(samples))('reads %s in UTF-16 and behind a byte order mark too', (_name, text) => {
    const utf16 = Buffer.from(`\ufeff${text.replace('encoding="UTF-8"', '')}`, 'utf16le');

    expect(readSbom(utf16, 'bom')).toEqual(readSbom(bytes(text), 'bom'));
    expect(readSbom(bytes(`\ufeff${text}`), 'bom')).toEqual(readSbom(bytes(text), 'bom'));
  });

  it.each(Object.entries(samples))('reads %s packed with gzip', (_name, text) => {
    expect(readSbom(gzipSync(text), 'bom.gz')).toEqual(readSbom(bytes(text), 'bom.gz'));
  });
});

describe.each(Object.entries(samples))('parts without a package manager in %s', (_name, text) => {
  const sbom = read(text);
  const part = (name: string) => sbom.components.find((component) => component.name === name)!;

  it('are pinned to their commit and repository, and watched by them', () => {
    expect(part('boot')).toMatchObject({
      type: 'firmware',
      commit: '0123456789abcdef0123456789abcdef01234567',
      repository: 'https://git.example/boot.git',
      hashes: [{ algorithm: 'SHA-256', value: 'ab'.repeat(32) }],
    });
    expect(identify(part('boot'))).toMatchObject({
      notWatched: null,
      identities: [{ ecosystem: 'GIT', name: 'git.example/boot', commit: part('boot').commit }],
    });
  });

  it('keep their CPEs', () => {
    expect(part('rtos').type).toBe('operating-system');
    expect(part('rtos').cpes[0]).toBe('cpe:2.3:o:acme:rtos:10.2:*:*:*:*:*:*:*');
    expect(identify(part('rtos')).notWatched).toBeNull();
  });

  it('and the end of support is known where it is stated', () => {
    expect(part('tls')).toMatchObject({
      version: '1.10',
      endOfSupport: '2030-06-30',
      supplier: 'Tls Project',
    });
    expect(sbom.subject?.name).toBe('Pump');
    expect(sbom.warnings).toEqual([]);
  });
});

describe('what only some notations can say', () => {
  it('keeps evidence, pedigree, properties and copyright of CycloneDX', () => {
    const { components } = read(cycloneDxXml);

    expect(components.find(({ ref }) => ref === 'tls')?.facts).toEqual({
      copyright: '© the authors',
      evidence: { occurrences: [{ 'bom-ref': 'o1', location: '/lib/tls.so' }] },
      properties: [
        { name: 'ward:element', value: 'SWI-1' },
        { name: 'cdx:lifecycle:milestone:endOfSupport', value: '2030-06-30' },
      ],
    });
    expect(components.find(({ ref }) => ref === 'boot')?.facts).toEqual({
      pedigree: { patches: [{ type: 'backport', diff: { text: { content: '-a +b' } } }] },
    });
  });

  it('keeps level of support, licence by relationship, containment and graph of SPDX 3', () => {
    const sbom = read(spdx3);
    const part = (name: string) => sbom.components.find((component) => component.name === name);

    expect(sbom).toMatchObject({ format: 'SPDX', specVersion: '3.0.1', tools: ['builder-1'] });
    expect(part('tls')).toMatchObject({ supportLevel: 'limitedSupport', licences: ['(MIT OR Apache-2.0)'] });
    expect(part('boot')?.parentRef).toBe(sbom.subject?.ref);
    expect(part('rtos')?.scope).toBe('required');
    expect(sbom.dependencies).toEqual([
      { from: sbom.subject?.ref, to: [part('tls')?.ref, part('rtos')?.ref] },
    ]);
  });

  it('takes the files of a document without packages as its components', () => {
    const sbom = read(
      'SPDXVersion: SPDX-2.2\nSPDXID: SPDXRef-DOCUMENT\nFileName: ./boot.bin\nSPDXID: SPDXRef-f\nFileChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709\n',
    );

    expect(sbom.components).toMatchObject([
      { name: './boot.bin', type: 'file', hashes: [{ algorithm: 'SHA-1', value: expect.any(String) }] },
    ]);
  });

  it('keeps the range of an external part, SWID tag, gitoid and SWHID of CycloneDX 1.7', () => {
    const part = {
      type: 'library',
      name: 'libc',
      isExternal: true,
      versionRange: 'vers:generic/>=2|<3',
      swid: { tagId: 't', name: 'libc' },
      omniborId: ['gitoid:blob:sha1:a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
      swhid: ['swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2'],
    };
    const sbom = read(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.7', components: [part] }));

    expect(sbom.components[0]).toMatchObject({
      version: null,
      facts: {
        isExternal: true,
        versionRange: part.versionRange,
        swid: part.swid,
        omniborIds: part.omniborId,
        swhids: part.swhid,
      },
    });
  });

  it('cuts details that are too long, and says so', () => {
    const patch = { type: 'backport', diff: { text: { content: 'x'.repeat(5_000) } } };
    const part = (patches: object[]) => ({ type: 'library', name: 'a', pedigree: { patches } });
    const components = [part([patch]), part(Array.from({ length: 500 }, () => patch))];
    const sbom = readSbom(
      bytes(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.7', components })),
      'bom',
    );

    for (const { facts } of sbom.components) expect(JSON.stringify(facts).length).toBeLessThan(40 * 1024);
    expect(sbom.warnings.map(({ at }) => at)).toEqual([
      '$.components[0].pedigree',
      '$.components[1].pedigree',
    ]);
  });
});

describe('the place of an error', () => {
  const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
  const placeOf = (text: string) => {
    try {
      readSbom(bytes(text), 'bom');
    } catch (error) {
      return (error as { at?: string }).at;
    }
    return 'it was read';
  };

  it.each([
    [
      'of a wrong value in XML',
      cycloneDxXml,
      '"library" bom-ref="tls"',
      '"lib" bom-ref="tls"',
      '$.components[0].type (line N)',
    ],
    ['of XML that is not well-formed', cycloneDxXml, '<name>rtos</name>', '<name>rtos</nam>', 'bom:N:C'],
    [
      'of a package without its id in tag-value',
      spdxTagValue,
      'PackageName: boot\nSPDXID: SPDXRef-boot',
      'PackageName: boot',
      '$.packages[2].SPDXID (line N)',
    ],
    [
      'of a text that never ends',
      spdxTagValue,
      'PackageCopyrightText: <text>',
      'PackageCopyrightText: <text><text>',
      'bom:N',
    ],
    ['of YAML that is none', spdxYaml, '    name: rtos', '    name: "rtos', 'bom:L:C'],
    [
      'of a package without name in RDF/XML',
      spdxRdf,
      '<spdx:Package rdf:about="https://acme.example/spdx/pump-3.0#SPDXRef-rtos">\n    <spdx:name>rtos</spdx:name>',
      '<spdx:Package rdf:about="https://acme.example/spdx/pump-3.0#SPDXRef-rtos">',
      '$.packages[3].name (line N)',
    ],
    ['of a package without name in SPDX 3', spdx3, '"name":"rtos",', '', '$["@graph"][8].name'],
  ])('is that %s', (_what, text, good, bad, place) => {
    expect(text).toContain(good);
    const wrong = text
      .replace(good, bad)
      .replace(
        'there are two</text>',
        bad.endsWith('<text><text>') ? 'there are two' : 'there are two</text>',
      );
    const pattern = place
      .replace(/[$[\].()]/g, '\\$&')
      .replace('N', String(lineOf(text, good)))
      .replace('L', '\\d+')
      .replace('C', '\\d+');

    expect(placeOf(wrong)).toMatch(new RegExp(`^${pattern}$`));
  });
});
