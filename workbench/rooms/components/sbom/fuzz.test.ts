// Damaged files: whatever bytes change or go missing, the outcome is an SBOM or a WardError of the readers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FuzzTarget, sbomTargets } from '../../../../bench/fuzz/sbom-targets.ts';
import { cycloneDxJson, samples, spdx3, spdxJson } from './samples.ts';

/** Bytes that mean something to one of the notations. */
const telling = [...'{}[]"\'<>&;:,-#|*!?%@=/\\ \n\r\t\0'].map((character) => character.charCodeAt(0));

function damage(seed: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(seed.length - 1);
  const change = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at, value: fc.nat(255), length: fc.constant(1) }),
    fc.record({
      kind: fc.constant('set' as const),
      at,
      value: fc.constantFrom(...telling),
      length: fc.constant(1),
    }),
    fc.record({ kind: fc.constant('cut' as const), at, value: fc.constant(0), length: fc.nat(60) }),
    fc.record({ kind: fc.constant('double' as const), at, value: fc.constant(0), length: fc.nat(200) }),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let bytes = Buffer.from(seed);
    for (const { kind, at: place, value, length } of changes) {
      const from = Math.min(place, bytes.length);
      const to = Math.min(from + length, bytes.length);
      if (kind === 'set' && from < bytes.length) bytes[from] = value;
      if (kind === 'cut') bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
      if (kind === 'double') bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    }
    return new Uint8Array(bytes);
  });
}

describe.each(sbomTargets.map((target) => [target.name, target] as const))(
  '%s',
  (_name, target: FuzzTarget) => {
    it('starts from sound files', () => {
      for (const seed of target.seeds) expect(target.run(seed)).toBe('read');
    });

    it('is read or refused after bytes were changed, cut out and doubled', () => {
      const seen = new Set<string>();
      const damaged = fc.constantFrom(...target.seeds).chain(damage);

      fc.assert(
        fc.property(damaged, (bytes) => {
          seen.add(target.run(bytes));
        }),
        { numRuns: 1_500 },
      );

      expect(seen.size).toBeGreaterThan(1);
    });

    it('is read or refused when it ends anywhere', () => {
      const seed = target.seeds[0]!;
      for (let length = 0; length < seed.length; length += 7) target.run(seed.subarray(0, length));
    });
  },
);

describe.each([
  ['CycloneDX', cycloneDxJson],
  ['SPDX', spdxJson],
  ['SPDX 3', spdx3],
])('%s', (_name, text) => {
  it('is read or refused after any value is replaced by another kind of value', () => {
    const valid = JSON.parse(text) as unknown;
    const odd = fc.constantFrom<unknown>(
      null,
      0,
      '',
      'x',
      [],
      {},
      [null],
      { a: 1 },
      true,
      -1e308,
      [[[]]],
      '\ud800\0',
    );
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
        const changed = structuredClone(valid);
        place.holder(changed)[place.key] = value;
        sbomTargets[0]!.run(new TextEncoder().encode(JSON.stringify(changed)));
      }),
      { numRuns: 3_000 },
    );
    expect(places.length).toBeGreaterThan(Object.keys(samples).length);
  });
});
