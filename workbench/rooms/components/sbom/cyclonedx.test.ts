import { describe, expect, it } from 'vitest';
import { isWardError, type WardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';

const bom = (rest: object) => ({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 3, ...rest });
const read = (rest: object) => readSbom(new TextEncoder().encode(JSON.stringify(bom(rest))), 'bom.json');

function refusal(rest: object): WardError {
  try {
    read(rest);
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('the file was read');
}

const firmware = {
  metadata: {
    timestamp: '2026-11-24T09:30:00+01:00',
    tools: { components: [{ type: 'application', group: 'acme', name: 'packer', version: '2.1' }] },
    component: {
      'bom-ref': 'pump',
      type: 'firmware',
      name: 'Infusion pump',
      version: '4.2',
      components: [{ 'bom-ref': 'boot', type: 'firmware', name: 'Boot loader' }],
    },
  },
  components: [
    {
      'bom-ref': 'tls',
      type: 'library',
      group: 'org.example',
      name: 'tls',
      version: '3.0.11',
      purl: 'pkg:generic/tls@3.0.11',
      cpe: 'cpe:2.3:a:example:tls:3.0.11:*:*:*:*:*:*:*',
      scope: 'required',
      publisher: 'Publisher',
      supplier: { name: 'Supplier' },
      hashes: [{ alg: 'MD5', content: 'D41D8CD98F00B204E9800998ECF8427E' }],
      licenses: [{ license: { id: 'Apache-2.0' } }, { license: { name: 'House licence' } }],
      externalReferences: [{ type: 'vcs', url: 'https://git.example/tls' }],
      pedigree: { commits: [{ uid: '7638417db6d59f3c431d3e1f261cc637155684cd' }] },
      properties: [
        { name: 'ward:support:level', value: 'actively maintained' },
        { name: 'ward:support:endOfSupport', value: '2030-06-30' },
      ],
      evidence: { occurrences: [{ location: '/lib' }] },
      components: [
        {
          'bom-ref': 'zlib',
          type: 'library',
          name: 'zlib',
          components: [{ type: 'file', name: 'inflate.c' }],
        },
      ],
    },
  ],
  services: [{ 'bom-ref': 'cloud', name: 'Cloud' }],
  dependencies: [
    { ref: 'pump', dependsOn: ['tls', 'cloud', 'boot'] },
    { ref: 'tls', dependsOn: ['zlib'] },
    { ref: 'tls', dependsOn: ['zlib', 'gone'] },
  ],
};

describe('a CycloneDX document', () => {
  const sbom = read(firmware);

  it('tells what it describes and how it was made', () => {
    expect(sbom).toMatchObject({
      format: 'CycloneDX',
      specVersion: '1.6',
      documentVersion: '3',
      createdAt: '2026-11-24T09:30:00+01:00',
      tools: ['acme packer 2.1'],
      subject: { ref: 'pump', type: 'firmware', name: 'Infusion pump', version: '4.2' },
    });
  });

  it('keeps nested components with their parent, also those without version and reference', () => {
    expect(sbom.components.map(({ ref, parentRef, version }) => [ref, parentRef, version])).toEqual([
      ['boot', 'pump', null],
      ['tls', null, '3.0.11'],
      ['zlib', 'tls', null],
      ['ward:$.components[0].components[0].components[0]', 'zlib', null],
    ]);
  });

  it('keeps every field that Ward uses', () => {
    expect(sbom.components[1]).toEqual({
      ref: 'tls',
      parentRef: null,
      type: 'library',
      group: 'org.example',
      name: 'tls',
      version: '3.0.11',
      purl: 'pkg:generic/tls@3.0.11',
      cpes: ['cpe:2.3:a:example:tls:3.0.11:*:*:*:*:*:*:*'],
      scope: 'required',
      supplier: 'Supplier',
      hashes: [{ algorithm: 'MD5', value: 'd41d8cd98f00b204e9800998ecf8427e' }],
      licences: ['Apache-2.0', 'House licence'],
      externalReferences: [{ type: 'vcs', url: 'https://git.example/tls' }],
      description: null,
      commit: '7638417db6d59f3c431d3e1f261cc637155684cd',
      repository: 'https://git.example/tls',
      supportLevel: 'actively maintained',
      endOfSupport: '2030-06-30',
      facts: {
        publisher: 'Publisher',
        pedigree: { commits: [{ uid: '7638417db6d59f3c431d3e1f261cc637155684cd' }] },
        evidence: { occurrences: [{ location: '/lib' }] },
        properties: [
          { name: 'ward:support:level', value: 'actively maintained' },
          { name: 'ward:support:endOfSupport', value: '2030-06-30' },
        ],
      },
    });
  });

  it('joins the dependency graph, leaves services out and warns of a reference to nothing', () => {
    expect(sbom.dependencies).toEqual([
      { from: 'pump', to: ['tls', 'boot'] },
      { from: 'tls', to: ['zlib'] },
    ]);
    expect(sbom.warnings.map(({ at }) => at)).toEqual(['$.dependencies[2].dependsOn[1]']);
  });

  it('reads the older shape of the tools', () => {
    expect(read({ metadata: { tools: [{ vendor: 'Acme', name: 'packer' }] } }).tools).toEqual([
      'Acme packer',
    ]);
  });
});

describe('odd but harmless', () => {
  const component = (rest: object) =>
    read({ components: [{ type: 'library', name: 'a', version: '1', ...rest }] });

  it.each([
    [
      'a digest of the wrong length',
      { hashes: [{ alg: 'SHA-256', content: 'd41d8cd9' }] },
      '$.components[0].hashes[0].content',
    ],
    ['a licence entry that says nothing', { licenses: [{ license: {} }] }, '$.components[0].licenses[0]'],
    [
      'a day that does not exist',
      { properties: [{ name: 'ward:support:endOfSupport', value: '2023-02-29' }] },
      '$.components[0].properties[0].value',
    ],
    ['an empty reference', { 'bom-ref': '' }, '$.components[0]'],
    [
      'several commits',
      { pedigree: { commits: [{ uid: 'a' }, { uid: 'b' }] } },
      '$.components[0].pedigree.commits',
    ],
    [
      'a range in place of a version',
      { version: undefined, isExternal: true, versionRange: 'vers:npm/<2' },
      '$.components[0].versionRange',
    ],
    [
      'a patch of unknown type',
      { pedigree: { patches: [{ type: 'foo' }] } },
      '$.components[0].pedigree.patches[0].type',
    ],
  ])('%s is a warning with its path', (_name, rest, at) => {
    const sbom = component(rest);

    expect(sbom.components).toHaveLength(1);
    expect(sbom.warnings.map((warning) => warning.at)).toEqual([at]);
  });

  it('keeps a component once that is listed twice in the same words', () => {
    const twice = {
      'bom-ref': 'a',
      type: 'library',
      name: 'a',
      components: [{ 'bom-ref': 'b', type: 'library', name: 'b' }],
    };

    const sbom = read({ components: [twice, twice] });

    expect(sbom.components.map(({ ref }) => ref)).toEqual(['a', 'b']);
    expect(sbom.warnings).toHaveLength(1);
  });

  it('reads a document whose product has no name as one without a product', () => {
    const sbom = read({
      metadata: { component: { type: 'application', components: [{ type: 'library', name: 'in' }] } },
    });

    expect(sbom.subject).toBeNull();
    expect(sbom.components.map(({ name }) => name)).toEqual(['in']);
  });
});

describe('wrong where it matters', () => {
  it.each([
    [
      'a component without name',
      { components: [{ type: 'library' }] },
      'sbom.missing-field',
      '$.components[0].name',
    ],
    [
      'a component without type',
      { components: [{ name: 'a' }] },
      'sbom.missing-field',
      '$.components[0].type',
    ],
    [
      'an unknown type',
      { components: [{ type: 'foo', name: 'a' }] },
      'sbom.wrong-value',
      '$.components[0].type',
    ],
    [
      'a version that is a number',
      { components: [{ type: 'library', name: 'a', version: 1.1 }] },
      'sbom.wrong-type',
      '$.components[0].version',
    ],
    ['components that are no list', { components: {} }, 'sbom.wrong-type', '$.components'],
    ['a component that is null', { components: [null] }, 'sbom.wrong-type', '$.components[0]'],
    [
      'a nested wrong scope',
      { components: [{ type: 'library', name: 'a', components: [{ type: 'file', name: 'b', scope: 'x' }] }] },
      'sbom.wrong-value',
      '$.components[0].components[0].scope',
    ],
    [
      'an unknown hash algorithm',
      { components: [{ type: 'library', name: 'a', hashes: [{ alg: 'FOO', content: '00' }] }] },
      'sbom.wrong-value',
      '$.components[0].hashes[0].alg',
    ],
    [
      'a dependency of no one',
      { dependencies: [{ dependsOn: [] }] },
      'sbom.missing-field',
      '$.dependencies[0].ref',
    ],
  ])('%s is refused at its path', (_name, rest, code, at) => {
    expect(refusal(rest)).toMatchObject({ code, at });
  });

  it('two different components under one reference are refused with both places', () => {
    const error = refusal({
      components: [
        {
          'bom-ref': 'x',
          type: 'library',
          name: 'a',
          components: [{ 'bom-ref': 'y', type: 'file', name: 'b' }],
        },
        { 'bom-ref': 'y', type: 'library', name: 'c' },
      ],
    });

    expect(error).toMatchObject({ code: 'sbom.duplicate-ref', at: '$.components[1]' });
    expect(error.message).toContain('$.components[0].components[0]');
    expect(error.remedy).toContain('reference of its own');
  });
});
