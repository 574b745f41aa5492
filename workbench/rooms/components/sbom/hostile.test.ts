// Files made to do harm: each is refused with its code before it costs much.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isWardError, type WardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';
import { cycloneDxJson, cycloneDxXml, spdxRdf, spdxTagValue, spdxYaml } from './samples.ts';

function refusal(input: string | Uint8Array, options: Parameters<typeof readSbom>[2] = {}): WardError {
  try {
    readSbom(typeof input === 'string' ? new TextEncoder().encode(input) : input, 'bom', options);
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('the file was read');
}

const laughs = Array.from(
  { length: 9 },
  (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
).join('');
const xml = (before: string, name: string) =>
  `<?xml version="1.0"?>${before}<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component type="library"><name>${name}</name></component></components></bom>`;
const yaml = (rest: string) => `spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n${rest}`;
const levels = Array.from(
  { length: 9 },
  (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
);

describe('a hostile file', () => {
  it.each([
    ['a billion laughs', xml(`<!DOCTYPE bom [<!ENTITY l0 "lol">${laughs}]>`, '&l9;'), 'sbom.doctype'],
    [
      'an entity that names a file',
      xml('<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/hostname">]>', '&x;'),
      'sbom.doctype',
    ],
    [
      'a document type at another address',
      xml('<!DOCTYPE bom SYSTEM "https://evil.example/a.dtd">', 'a'),
      'sbom.doctype',
    ],
    ['an entity that nobody declares', xml('', '&lol;'), 'sbom.not-xml'],
    ['a character that XML forbids', xml('', '&#0;'), 'sbom.not-xml'],
    ['a prefix without a namespace', xml('', '<x:y/>'), 'sbom.not-xml'],
    ['an attribute twice', xml('', '<a b="1" b="2"/>'), 'sbom.not-xml'],
    ['a second root', `${cycloneDxXml}<bom/>`, 'sbom.not-xml'],
    ['a million elements inside one another', xml('', '<a>'.repeat(1_000_000)), 'sbom.too-deep'],
    [
      'a million RDF nodes inside one another',
      spdxRdf.replace('<spdx:name>', '<a xmlns="b">'.repeat(1_000_000)),
      'sbom.too-deep',
    ],
    ['YAML aliases that grow', yaml(['l0: &l0 [lol]', ...levels].join('\n')), 'sbom.too-many-aliases'],
    ['a YAML alias to nothing', yaml('name: *nobody'), 'sbom.not-yaml'],
    ['a YAML alias to itself', yaml('packages: &a [*a]'), 'sbom.too-deep'],
    ['a key of YAML twice', yaml('name: a\nname: b'), 'sbom.not-yaml'],
    ['a million lists of YAML in a line', yaml(`name: ${'['.repeat(1_000_000)}`), 'sbom.too-deep'],
    [
      'a million lists of YAML below one another',
      yaml(`packages:\n  ${'- '.repeat(1_000_000)}a`),
      'sbom.too-deep',
    ],
    ['two YAML documents', `${spdxYaml}---\nspdxVersion: SPDX-2.3\n`, 'sbom.not-yaml'],
    ['a million lists of JSON', '['.repeat(1_000_000), 'sbom.too-deep'],
    ['a text of tag-value that never ends', spdxTagValue.replace('</text>', ''), 'sbom.not-tag-value'],
    ['a version of 10^400', cycloneDxJson.replace('"version":2', '"version":1e400'), 'sbom.wrong-type'],
  ])('with %s is refused', (_what, text, code) => {
    const began = performance.now();

    const error = refusal(text);

    expect(error.code).toBe(code);
    expect(error.at).toBeTruthy();
    expect(error.message.length).toBeLessThan(600);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('packed so that it grows beyond the bound is refused before it has grown', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));

    expect(bomb.length).toBeLessThan(128 * 1024);
    expect(refusal(bomb).code).toBe('sbom.too-large');
    expect(refusal(gzipSync(cycloneDxJson), { maxBytes: 1_000 }).code).toBe('sbom.too-large');
  });

  it('that stops inside the packing is refused', () => {
    expect(refusal(gzipSync(cycloneDxJson).subarray(0, 200)).code).toBe('sbom.broken-archive');
  });

  it('in another encoding than Unicode is refused with the byte', () => {
    const latin = Buffer.from(cycloneDxXml.replace('UTF-8', 'ISO-8859-1'), 'latin1');

    expect(refusal(latin)).toMatchObject({ code: 'sbom.broken-encoding', at: `bom@${latin.indexOf(0xa9)}` });
  });

  it.each([
    ['XML', cycloneDxXml],
    ['YAML', spdxYaml],
    ['tag-value', spdxTagValue],
  ])('that takes too long as %s is given up', (_name, text) => {
    let time = 0;

    expect(refusal(text, { now: () => (time += 1_000), maxMilliseconds: 500 }).code).toBe('sbom.time-limit');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'that names its fields %s touches no object',
    (name) => {
      const files = [
        xml(`<!-- ${name} -->`, `a</name><${name}><purl>pkg:npm/evil</purl></${name}><name>a`).replace(
          '<name>a</name>',
          '',
        ),
        cycloneDxXml.replace('<copyright>', `<${name} ${name}="1">x</${name}><copyright>`),
        spdxTagValue.replace('PackageVersion: 1.10', `PackageVersion: 1.10\n${name}: evil`),
        spdxYaml.replace('name: pump', `name: pump\n${name}: { purl: evil }`),
        spdxRdf.replace('<spdx:name>tls', `<spdx:${name}>x</spdx:${name}><spdx:name>tls`),
      ];
      for (const text of files)
        expect(readSbom(new TextEncoder().encode(text), 'bom').components.length).toBeGreaterThan(0);
      expect(({} as { purl?: string }).purl).toBeUndefined();
      expect(String({})).toBe('[object Object]');
    },
  );
});
