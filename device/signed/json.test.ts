import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan, readShallowJson } from './json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner)))
    : 0;

describe('JSON of strangers', () => {
  it('is measured before it is parsed, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), fc.nat(12), (value, most) => {
        expect(isDeeperThan(most, bytes(JSON.stringify(value)))).toBe(depthOf(value) > most);
      }),
    );
    expect(isDeeperThan(1, bytes('["[[[[", "\\"[[[["]'))).toBe(false);
  });

  it('is the value that it says, or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(() => readShallowJson(any)).not.toThrow();
      }),
    );
    expect(readShallowJson(bytes('{"a":[1,{"b":null}]}'))).toEqual({ a: [1, { b: null }] });
    expect(readShallowJson(bytes('['.repeat(1_000_000)))).toBeUndefined();
    expect(readShallowJson(bytes('{"a":{"__proto__":{"b":1}}}'))).toBeUndefined();
    expect(readShallowJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
  });
});
