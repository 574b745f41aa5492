// Damaged files: whatever bytes change or go missing, the outcome is an SBOM or a WardError.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';

const cycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: {
    timestamp: '2026-11-24T09:30:00Z',
    component: { 'bom-ref': 'p', type: 'device', name: 'Pümp' },
  },
  components: [
    {
      'bom-ref': 'a',
      type: 'library',
      name: 'a',
      version: '1',
      purl: 'pkg:npm/a@1',
      hashes: [{ alg: 'MD5', content: 'd41d8cd98f00b204e9800998ecf8427e' }],
    },
    {
      'bom-ref': 'b',
      type: 'library',
      name: 'b',
      licenses: [{ license: { id: 'MIT' } }],
      components: [{ type: 'file', name: 'c' }],
    },
  ],
  dependencies: [{ ref: 'p', dependsOn: ['a', 'b'] }],
};
const spdx = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  creationInfo: { created: '2026-11-24T09:30:00Z', creators: ['Tool: x'] },
  packages: [
    { SPDXID: 'SPDXRef-a', name: 'a', checksums: [{ algorithm: 'SHA1', checksumValue: 'da39a3ee' }] },
    { SPDXID: 'SPDXRef-b', name: 'b' },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-a', relatedSpdxElement: 'SPDXRef-b', relationshipType: 'DEPENDS_ON' },
  ],
};

function outcome(bytes: Uint8Array): 'read' | string {
  try {
    return Array.isArray(readSbom(bytes, 'bom.json').components) ? 'read' : 'nothing';
  } catch (error) {
    if (!isWardError(error)) throw error;
    expect(error.at).toBeTruthy();
    return error.code;
  }
}

describe.each([
  ['CycloneDX', cycloneDx],
  ['SPDX', spdx],
])('a damaged %s file', (_name, valid) => {
  const bytes = new TextEncoder().encode(JSON.stringify(valid));

  it('is read or refused after any change of bytes and any cut', () => {
    const seen = new Set<string>();
    const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.nat(bytes.length),
        fc.boolean(),
        (changes, length, isCut) => {
          const damaged = Uint8Array.from(bytes);
          for (const { at, value } of changes) damaged[at] = value;
          seen.add(outcome(isCut ? damaged.subarray(0, length) : damaged));
        },
      ),
      { numRuns: 5_000 },
    );
    expect(seen.size).toBeGreaterThan(2);
  });

  it('is read or refused after any value is replaced by another kind of value', () => {
    const odd = fc.constantFrom<unknown>(null, 0, '', 'x', [], {}, [null], { a: 1 }, true, -1e308);
    const places: { holder: (root: unknown) => Record<string, unknown>; key: string }[] = [];
    const walk = (node: unknown, path: string[]) => {
      if (typeof node !== 'object' || node === null) return;
      for (const key of Object.keys(node)) {
        const holder = (root: unknown) =>
          path.reduce((at, step) => (at as Record<string, unknown>)[step], root) as Record<string, unknown>;
        places.push({ holder, key });
        walk((node as Record<string, unknown>)[key], [...path, key]);
      }
    };
    walk(valid, []);
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, (place, value) => {
        const changed = structuredClone(valid) as unknown;
        place.holder(changed)[place.key] = value;
        outcome(new TextEncoder().encode(JSON.stringify(changed)));
      }),
      { numRuns: 3_000 },
    );
  });
});
