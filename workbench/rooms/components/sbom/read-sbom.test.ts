import { describe, expect, it } from 'vitest';
import { isWardError, type WardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const cycloneDx = (rest: object) => ({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...rest });
const library = (rest: object) => ({ type: 'library', name: 'zlib', version: '1.3.1', ...rest });

function refusal(input: unknown, options: Parameters<typeof readSbom>[2] = {}, name = 'bom.json'): WardError {
  try {
    readSbom(input instanceof Uint8Array ? input : bytes(input), name, options);
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('the file was read');
}

describe('which file it is', () => {
  it.each([
    ['', 'sbom.empty'],
    [' \n\t', 'sbom.empty'],
    ['[]', 'sbom.unknown-format'],
    ['{}', 'sbom.unknown-format'],
    ['null', 'sbom.unknown-format'],
    ['hello', 'sbom.not-json'],
    ['<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.8"/>', 'sbom.unsupported-version'],
    ['<html><body/></html>', 'sbom.unknown-format'],
    ['<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', 'sbom.unknown-format'],
    ['<bom', 'sbom.not-xml'],
    ['# made by hand\nSPDXVersion: SPDX-1.2', 'sbom.unsupported-version'],
    ['spdxVersion: "SPDX-9.3"\n', 'sbom.unsupported-version'],
    ['{"@context":"https://spdx.org/rdf/3.1/spdx-context.jsonld","@graph":[]}', 'sbom.unsupported-version'],
    ['{"bomFormat":"CycloneDX","specVersion":"1.1","version":1}', 'sbom.unsupported-version'],
    ['{"bomFormat":"CycloneDX","specVersion":"1.8","version":1}', 'sbom.unsupported-version'],
    ['{"spdxVersion":"SPDX-2.0","packages":[]}', 'sbom.unsupported-version'],
    ['\u001f\u008b', 'sbom.broken-archive'],
    ['PK\u0003\u0004', 'sbom.unknown-format'],
  ])('decides %j by its content: %s', (text, code) => {
    const input = text.charCodeAt(0) === 0x1f ? Uint8Array.of(0x1f, 0x8b, 8, 0) : bytes(text);

    const error = refusal(input);

    expect(error.code).toBe(code);
    expect(error.at).toBeTruthy();
    expect(error.remedy).toBeTruthy();
  });

  it('says which formats are read when it refuses one that is not', () => {
    expect(refusal('{}').remedy).toMatch(/CycloneDX 1\.2 to 1\.7.*SPDX 2\.1 to 2\.3/);
  });

  it('shows neither folders nor control characters of the name', () => {
    expect(refusal('x', {}, '/home/someone/\u001b[2Jbom.json').at).toBe('[2Jbom.json:1:1');
  });
});

describe('limits', () => {
  const many = cycloneDx({
    components: Array.from({ length: 600 }, (_, index) => library({ 'bom-ref': `c${index}` })),
  });

  it.each([
    ['sbom.too-large', { maxBytes: bytes(many).length - 1 }, { maxBytes: bytes(many).length }],
    ['sbom.too-many-components', { maxComponents: 599 }, { maxComponents: 600 }],
    ['sbom.too-deep', { maxDepth: 2 }, { maxDepth: 3 }],
    ['sbom.string-too-long', { maxStringLength: 4 }, { maxStringLength: 5 }],
  ])('refuses %s one beyond the limit and reads at the limit', (code, beyond, within) => {
    expect(refusal(many, beyond).code).toBe(code);
    expect(readSbom(bytes(many), 'bom.json', within).components).toHaveLength(600);
  });

  it('stops when the clock says so', () => {
    let time = 0;
    const slowClock = () => (time += 40);

    expect(refusal(many, { now: slowClock, maxMilliseconds: 100 }).code).toBe('sbom.time-limit');
  });

  it('survives a file that is nothing but open brackets', () => {
    expect(refusal('['.repeat(5_000_000)).code).toBe('sbom.too-deep');
  });

  it('lists at most 1,000 warnings and counts the rest', () => {
    const dependsOn = Array.from({ length: 1_200 }, (_, index) => `gone-${index}`);
    const sbom = readSbom(
      bytes(
        cycloneDx({ components: [library({ 'bom-ref': 'a' })], dependencies: [{ ref: 'a', dependsOn }] }),
      ),
      'bom.json',
    );

    expect(sbom.warnings).toHaveLength(1_001);
    expect(sbom.warnings.at(-1)?.message).toBe('200 more warnings are not listed.');
  });
});

describe('content that could do harm later', () => {
  it('keeps `__proto__` keys from becoming anything else', () => {
    const text = JSON.stringify(cycloneDx({ components: [library({})] })).replace(
      '"name":"zlib"',
      '"name":"zlib","__proto__":{"purl":"pkg:npm/evil"},"constructor":{}',
    );

    const sbom = readSbom(bytes(text), 'bom.json');

    expect(sbom.components[0]?.purl).toBeNull();
    expect(({} as { purl?: string }).purl).toBeUndefined();
  });

  it('lets the last of two equal keys count', () => {
    const sbom = readSbom(
      bytes(
        '{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{"type":"library","name":"a","name":"b"}]}',
      ),
      'bom.json',
    );

    expect(sbom.components[0]?.name).toBe('b');
  });

  it('replaces characters that the database cannot hold, and says so', () => {
    const sbom = readSbom(
      bytes(cycloneDx({ components: [library({ name: 'z\0lib', description: '\ud800' })] })),
      'bom.json',
    );

    expect(sbom.components[0]).toMatchObject({ name: 'z\ufffdlib', description: '\ufffd' });
    expect(sbom.warnings.map(({ at }) => at)).toEqual([
      '$.components[0].name',
      '$.components[0].description',
    ]);
  });
});
