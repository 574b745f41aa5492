import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from './canonical.ts';

describe('canonical text', () => {
  it('is that of the library, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['keys that look like numbers, and others', { 10: 1, 9: 2, b: 3, a: 4, '\u{1f600}': 5, '\ufb33': 6 }],
    ['numbers of every size', [0, -0, 1e21, 1e-7, 4.5, 2 ** 53, 1.7976931348623157e308]],
    ['text with controls and lone surrogates', ['\u0000\u001f"\\/\u2028', '\ud800']],
    ['what is undefined', { a: undefined, b: [undefined, null] }],
    ['a value that says itself how it is written', { at: new Date(0) }],
    ['an empty array in an empty object', { a: [], b: {}, c: [[], [{}]] }],
    ['very deep', Array.from({ length: 500 }).reduce<unknown>((inner) => [inner], 'x')],
  ])('is that of the library for %s', (_, value) => {
    expect(canonicalText(value)).toBe(canonicalize(value));
  });

  it.each([
    [
      'a cycle',
      () => {
        const value: Record<string, unknown> = {};
        value.self = value;
        return value;
      },
    ],
    ['NaN', () => [Number.NaN]],
    ['nothing', () => undefined],
  ])('is refused for %s', (_, make) => {
    expect(() => canonicalText(make())).toThrow(Error);
  });
});
