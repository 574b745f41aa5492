import { describe, expect, it } from 'vitest';
import { diffSboms } from './diff.ts';
import { outgoingOfFile } from './outgoing.ts';
import { readSbom } from './sbom/read-sbom.ts';

const sbom = (...components: object[]) =>
  outgoingOfFile(
    readSbom(
      Buffer.from(
        JSON.stringify({
          bomFormat: 'CycloneDX',
          specVersion: '1.6',
          components: components.map((one) => ({ type: 'library', ...one })),
        }),
      ),
      'b.json',
      { whole: true },
    ),
  );
const npm = (name: string, version: string, more: object = {}) => ({
  name,
  version,
  purl: `pkg:npm/${name}@${version}`,
  ...more,
});
const told = (before: object[], after: object[]) =>
  diffSboms(sbom(...before), sbom(...after)).differences.map(
    ({ kinds, before: one, after: other }) =>
      `${kinds.join('+')} ${(one ?? other)?.name} ${one?.version ?? '-'} → ${other?.version ?? '-'}`,
  );

describe('two SBOMs', () => {
  it('tell what came, what went and what changed', () => {
    const licence = (id: string) => ({ licenses: [{ license: { id } }] });

    expect(
      told(
        [
          npm('a', '1'),
          npm('b', '1'),
          npm('c', '1', licence('MIT')),
          npm('d', '1', { supplier: { name: 'X' } }),
        ],
        [
          npm('b', '2'),
          npm('c', '1', licence('ISC')),
          npm('d', '1', { supplier: { name: 'Y' } }),
          npm('e', '1'),
        ],
      ),
    ).toEqual(['removed a 1 → -', 'version b 1 → 2', 'licence c 1 → 1', 'supplier d 1 → 1', 'added e - → 1']);
  });

  it('sees a change of support', () => {
    const ends = (value: string) => ({ properties: [{ name: 'ward:support:endOfSupport', value }] });

    expect(told([npm('a', '1', ends('2027-01-01'))], [npm('a', '1', ends('2028-01-01'))])).toEqual([
      'support a 1 → 1',
    ]);
  });

  it('do not confuse several versions of one component', () => {
    expect(told([npm('a', '1'), npm('a', '2')], [npm('a', '2'), npm('a', '3')])).toEqual(['version a 1 → 3']);
    expect(told([npm('a', '1'), npm('a', '2')], [npm('a', '2')])).toEqual(['removed a 1 → -']);
    expect(told([npm('a', '1')], [npm('a', '1'), npm('a', '9'), npm('a', '10')])).toEqual([
      'added a - → 9',
      'added a - → 10',
    ]);
    expect(told([npm('a', '1'), npm('a', '1', { 'bom-ref': 'again' })], [npm('a', '1')])).toEqual([]);
  });

  it('of 10,000 components each are compared in less than a second', () => {
    const many = (shift: number) =>
      sbom(
        ...Array.from({ length: 10_000 }, (_, n) =>
          npm(`part-${n + shift}`, n % 7 === 0 ? `1.${shift}` : '1.0'),
        ),
      );
    const [before, after] = [many(0), many(50)];

    const start = performance.now();
    const { counts } = diffSboms(before, after);
    const took = performance.now() - start;

    console.info(`10,000 against 10,000 components: ${Math.round(took)} ms`);
    expect(counts.added).toBe(50);
    expect(counts.removed).toBe(50);
    expect(took).toBeLessThan(1_000);
  });
});
