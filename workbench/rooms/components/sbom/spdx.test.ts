import { describe, expect, it } from 'vitest';
import { isWardError, type WardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';

const pack = (id: string, rest: object = {}) => ({
  SPDXID: `SPDXRef-${id}`,
  name: id,
  downloadLocation: 'NOASSERTION',
  ...rest,
});
const relate = (from: string, relationshipType: string, to: string) => ({
  spdxElementId: `SPDXRef-${from}`,
  relatedSpdxElement: `SPDXRef-${to}`,
  relationshipType,
});
const read = (rest: object) =>
  readSbom(
    new TextEncoder().encode(
      JSON.stringify({
        spdxVersion: 'SPDX-2.3',
        SPDXID: 'SPDXRef-DOCUMENT',
        documentNamespace: 'https://acme.example/1',
        ...rest,
      }),
    ),
    'bom.spdx.json',
  );

function refusal(rest: object): WardError {
  try {
    read(rest);
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('the file was read');
}

describe('an SPDX document', () => {
  it('tells what it describes and how it was made', () => {
    const sbom = read({
      creationInfo: { created: '2026-11-24T09:30:00Z', creators: ['Organization: Acme', 'Tool: syft-1.0'] },
      packages: [pack('pump'), pack('tls')],
      relationships: [relate('DOCUMENT', 'DESCRIBES', 'pump')],
    });

    expect(sbom).toMatchObject({
      format: 'SPDX',
      specVersion: '2.3',
      serialNumber: 'https://acme.example/1',
      createdAt: '2026-11-24T09:30:00Z',
      tools: ['syft-1.0'],
      subject: { ref: 'SPDXRef-pump' },
    });
    expect(sbom.components.map(({ ref }) => ref)).toEqual(['SPDXRef-tls']);
  });

  it('keeps every field that Ward uses', () => {
    const { components } = read({
      packages: [
        pack('tls', {
          versionInfo: '3.0.11',
          supplier: 'Organization: Acme (security@acme.example)',
          downloadLocation: 'git+https://git.example/tls.git@7638417DB6d59f3c431d3e1f261cc637155684cd#sub',
          homepage: 'NONE',
          licenseConcluded: 'NOASSERTION',
          licenseDeclared: 'Apache-2.0',
          primaryPackagePurpose: 'OPERATING_SYSTEM',
          validUntilDate: '2030-06-30T00:00:00Z',
          summary: 'TLS',
          checksums: [{ algorithm: 'SHA1', checksumValue: 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709' }],
          externalRefs: [
            {
              referenceCategory: 'PACKAGE-MANAGER',
              referenceType: 'purl',
              referenceLocator: 'pkg:generic/tls@3.0.11',
            },
            {
              referenceCategory: 'SECURITY',
              referenceType: 'cpe23Type',
              referenceLocator: 'cpe:2.3:a:x:tls:3.0.11:*:*:*:*:*:*:*',
            },
            {
              referenceCategory: 'SECURITY',
              referenceType: 'http://spdx.org/rdf/references/cpe22Type',
              referenceLocator: 'cpe:/a:x:tls:3.0.11',
            },
          ],
        }),
      ],
    });

    expect(components[0]).toEqual({
      ref: 'SPDXRef-tls',
      parentRef: null,
      type: 'operating-system',
      group: null,
      name: 'tls',
      version: '3.0.11',
      purl: 'pkg:generic/tls@3.0.11',
      cpes: ['cpe:2.3:a:x:tls:3.0.11:*:*:*:*:*:*:*', 'cpe:/a:x:tls:3.0.11'],
      hashes: [{ algorithm: 'SHA-1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' }],
      licences: ['Apache-2.0'],
      supplier: 'Acme',
      scope: null,
      description: 'TLS',
      externalReferences: [
        {
          type: 'distribution',
          url: 'git+https://git.example/tls.git@7638417DB6d59f3c431d3e1f261cc637155684cd#sub',
        },
      ],
      commit: '7638417db6d59f3c431d3e1f261cc637155684cd',
      repository: 'https://git.example/tls.git',
      supportLevel: null,
      endOfSupport: '2030-06-30',
      facts: {},
    });
  });

  it('takes NOASSERTION and NONE for nothing known', () => {
    const { components } = read({
      packages: [
        pack('a', {
          versionInfo: 'NOASSERTION',
          supplier: 'NOASSERTION',
          licenseDeclared: 'NONE',
          originator: 'Person: Ann',
        }),
      ],
    });

    expect(components[0]).toMatchObject({
      version: null,
      supplier: 'Ann',
      licences: [],
      externalReferences: [],
    });
  });
});

describe('relationships', () => {
  it.each([
    ['DEPENDS_ON', 'a', 'b', null],
    ['DEPENDENCY_OF', 'b', 'a', null],
    ['DEV_DEPENDENCY_OF', 'b', 'a', 'excluded'],
    ['TEST_DEPENDENCY_OF', 'b', 'a', 'excluded'],
    ['OPTIONAL_DEPENDENCY_OF', 'b', 'a', 'optional'],
    ['RUNTIME_DEPENDENCY_OF', 'b', 'a', 'required'],
    ['BUILD_DEPENDENCY_OF', 'b', 'a', null],
    ['PREREQUISITE_FOR', 'b', 'a', null],
    ['STATIC_LINK', 'a', 'b', 'required'],
  ])('%s becomes a dependency in the right direction', (type, from, to, scope) => {
    const sbom = read({ packages: [pack('a'), pack('b')], relationships: [relate(from, type, to)] });

    expect(sbom.dependencies).toEqual([{ from: 'SPDXRef-a', to: ['SPDXRef-b'] }]);
    expect(sbom.components[1]?.scope).toBe(scope);
  });

  it('does not call a part excluded that something else needs in operation', () => {
    const sbom = read({
      packages: [pack('a'), pack('b'), pack('c')],
      relationships: [relate('c', 'DEPENDS_ON', 'b'), relate('b', 'DEV_DEPENDENCY_OF', 'a')],
    });

    expect(sbom.components[1]?.scope).toBeNull();
  });

  it('makes the container the parent, in both notations', () => {
    const sbom = read({
      packages: [pack('image'), pack('a'), pack('b')],
      relationships: [
        relate('image', 'CONTAINS', 'a'),
        relate('b', 'CONTAINED_BY', 'image'),
        relate('DOCUMENT', 'CONTAINS', 'image'),
      ],
    });

    expect(sbom.components.map(({ parentRef }) => parentRef)).toEqual([
      null,
      'SPDXRef-image',
      'SPDXRef-image',
    ]);
  });

  it('breaks a circle of containment, with a warning', () => {
    const sbom = read({
      packages: [pack('a'), pack('b'), pack('c')],
      relationships: [
        relate('a', 'CONTAINS', 'b'),
        relate('b', 'CONTAINS', 'c'),
        relate('c', 'CONTAINS', 'a'),
      ],
    });
    const parents = new Map(sbom.components.map(({ ref, parentRef }) => [ref, parentRef]));

    for (const start of parents.keys()) {
      let steps = 0;
      for (let at: string | null | undefined = start; at; at = parents.get(at)) steps += 1;
      expect(steps).toBeLessThanOrEqual(3);
    }
    expect(sbom.warnings).toHaveLength(1);
  });

  it('warns of an end that does not exist, and not of files', () => {
    const sbom = read({
      packages: [pack('a')],
      files: [{ SPDXID: 'SPDXRef-file', fileName: './x' }],
      relationships: [relate('a', 'DEPENDS_ON', 'file'), relate('a', 'DEPENDS_ON', 'gone')],
    });

    expect(sbom.dependencies).toEqual([]);
    expect(sbom.warnings.map(({ at }) => at)).toEqual(['$.relationships[1]']);
  });

  it('takes none of several described packages for the product', () => {
    const sbom = read({ packages: [pack('a'), pack('b')], documentDescribes: ['SPDXRef-a', 'SPDXRef-b'] });

    expect(sbom.subject).toBeNull();
    expect(sbom.components).toHaveLength(2);
    expect(sbom.warnings).toHaveLength(1);
  });
});

describe('wrong where it matters', () => {
  it.each([
    ['a package without SPDXID', { packages: [{ name: 'a' }] }, 'sbom.missing-field', '$.packages[0].SPDXID'],
    [
      'a package without name',
      { packages: [{ SPDXID: 'SPDXRef-a' }] },
      'sbom.missing-field',
      '$.packages[0].name',
    ],
    [
      'a locator that is a number',
      { packages: [pack('a', { externalRefs: [{ referenceType: 'purl', referenceLocator: 1 }] })] },
      'sbom.wrong-type',
      '$.packages[0].externalRefs[0].referenceLocator',
    ],
    [
      'a relationship without type',
      { relationships: [{ spdxElementId: 'a', relatedSpdxElement: 'b' }] },
      'sbom.missing-field',
      '$.relationships[0].relationshipType',
    ],
    [
      'one SPDXID for two packages',
      { packages: [pack('a'), pack('a', { versionInfo: '2' })] },
      'sbom.duplicate-ref',
      '$.packages[1]',
    ],
    ['packages that are a text', { packages: 'none' }, 'sbom.wrong-type', '$.packages'],
  ])('%s is refused at its path', (_name, rest, code, at) => {
    expect(refusal(rest)).toMatchObject({ code, at });
  });
});
