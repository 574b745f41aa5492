// Each scheme is a total order on whatever it reads, and never throws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_VERSION_LENGTH } from './scheme.ts';
import { allSchemes } from './schemes.ts';

const word = fc.constantFrom(
  'a',
  'b',
  'rc',
  'alpha',
  'beta',
  'pre',
  'dev',
  'post',
  'p',
  'sp',
  'x',
  'final',
  'SNAPSHOT',
  'M',
  'r',
  'zf',
);
const number = fc.constantFrom('0', '00', '1', '2', '01', '9', '10', '20240101', '99999999999999999999');
const separator = fc.constantFrom('.', '-', '_', '+', '~', '^', '', '.', '.', '-r', '_', ':');

/** Texts near the shape of versions: a few pieces joined by separators. */
const versionLike = fc
  .tuple(number, fc.array(fc.tuple(separator, fc.oneof(number, number, word)), { maxLength: 5 }))
  .map(([first, rest]) => first + rest.map(([joint, piece]) => joint + piece).join(''));

describe.each(allSchemes.map((scheme) => [scheme.title, scheme] as const))('order of %s', (_, scheme) => {
  it('is reflexive, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(versionLike, versionLike, versionLike, (x, y, z) => {
        const [a, b, c] = [scheme.parse(x), scheme.parse(y), scheme.parse(z)];
        if (a === null || b === null || c === null) return;
        expect(scheme.compare(a, a)).toBe(0);
        expect(scheme.compare(a, b) + scheme.compare(b, a)).toBe(0);
        if (scheme.compare(a, b) <= 0 && scheme.compare(b, c) <= 0) {
          expect(scheme.compare(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), versionLike), (text) => {
        const parsed = scheme.parse(text);
        if (parsed !== null) expect(scheme.compare(parsed, parsed)).toBe(0);
      }),
    );
  });

  it('refuses empty, spaced and over-long text', () => {
    expect(scheme.parse('')).toBeNull();
    expect(scheme.parse('1.0 or later')).toBeNull();
    expect(scheme.parse('1'.repeat(MAX_VERSION_LENGTH))).not.toBeNull();
    expect(scheme.parse('1'.repeat(MAX_VERSION_LENGTH + 1))).toBeNull();
  });
});
