import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vexTargets } from './vex-targets.ts';

/** A value of JSON with one place in it replaced by something else. */
function changed(value: unknown, path: number, by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path % 7 === 0) return by;
  const keys = Object.keys(value);
  const key = keys[path % Math.max(keys.length, 1)];
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = changed(copy[key], Math.floor(path / 3) + 1, by);
  return copy;
}

describe.each(vexTargets.map((target) => [target.name, target] as const))('%s', (_name, { seeds, run }) => {
  it('reads its seeds', () => {
    for (const seed of seeds) expect(run(seed)).toBe('read');
  });

  it('reads or refuses whatever is done to bytes', () => {
    const bytes = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
      .map(([seed, edits, cut]) => {
        const out = Uint8Array.from(seed);
        for (const [at, byte] of edits) out[at % out.length] = byte;
        return cut % 3 === 0 ? out.subarray(0, cut % out.length) : out;
      });
    fc.assert(
      fc.property(bytes, (input) => {
        expect(run(input)).toMatch(/./);
      }),
      { numRuns: 300 },
    );
  });

  it('reads or refuses whatever stands in a field', () => {
    const values = fc
      .tuple(fc.constantFrom(...seeds), fc.nat(100_000), fc.jsonValue())
      .map(([seed, path, by]) => JSON.stringify(changed(JSON.parse(Buffer.from(seed).toString()), path, by)));
    fc.assert(
      fc.property(values, (text) => {
        expect(run(Buffer.from(text ?? 'null'))).toMatch(/./);
      }),
      { numRuns: 500 },
    );
  });
});
