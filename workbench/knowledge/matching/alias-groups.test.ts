import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAliases } from './alias-groups.ts';

describe('groupAliases', () => {
  it('prefers a CVE, then a GHSA, then the lowest of the others', () => {
    const preferredOf = (...ids: string[]) =>
      groupAliases(
        ids,
        ids.slice(1).map((id) => [ids[0]!, id] as const),
      ).map(({ preferred }) => preferred);

    expect(preferredOf('PYSEC-9', 'GHSA-a', 'CVE-2024-1')).toEqual(['CVE-2024-1']);
    expect(preferredOf('PYSEC-9', 'GHSA-b', 'GHSA-a')).toEqual(['GHSA-a']);
    expect(preferredOf('RUSTSEC-2020-1', 'PYSEC-10', 'PYSEC-9')).toEqual(['PYSEC-9']);
    expect(preferredOf('CVE-2024-10000', 'CVE-2024-9999')).toEqual(['CVE-2024-9999']);
  });

  it('joins a chain of 100,000 ids without running out of stack', () => {
    const pairs = Array.from({ length: 100_000 }, (_, n) => [`X-${n}`, `X-${n + 1}`] as const);

    expect(groupAliases([], pairs)).toHaveLength(1);
  });

  it('gives the same groups whatever the order and direction of the assertions', () => {
    const id = fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-a', 'GHSA-b', 'PYSEC-1', 'GO-1');
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 6 }), (pairs) => {
        const turned = pairs.map(([a, b]) => [b, a] as const).reverse();
        expect(groupAliases([], turned)).toEqual(groupAliases([], pairs));
      }),
    );
  });
});
