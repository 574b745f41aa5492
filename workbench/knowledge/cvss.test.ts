import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeverityStatement } from './advisory.ts';
import { score, worstSeverity } from './cvss.ts';
import { SHARED_DATA } from './shared-data.fixture.ts';

const FIXTURES = new URL('fixtures/cvss/metaeffekt/', SHARED_DATA ?? import.meta.url);
const present = SHARED_DATA !== undefined;
const when = present ? '' : ' (skipped: ../shared is absent)';

/** File, number of vectors, prefix that the file leaves out, and the columns that we compute (NaN: not stated). */
const FILES: readonly [
  file: string,
  vectors: number,
  prefix: string,
  columns: readonly (keyof Picked | null)[],
][] = [
  ['cvss-2.0-validation-vectors-001.txt', 1915, '', ['overall', 'base', null, null, null, 'environmental']],
  ['cvss-3.0-validation-vectors-001.txt', 1865, 'CVSS:3.0/', ['base', null, 'environmental']],
  ['cvss-3.0-validation-vectors-002.txt', 83, 'CVSS:3.0/', ['base', null, 'environmental']],
  ['cvss-3.1-validation-vectors-001.txt', 2212, '', ['overall', 'base', null, null, null, 'environmental']],
  ['cvss-4.0-validation-vectors-001.txt', 246, '', [null, 'overall']],
  ['cvss-4.0-validation-vectors-002.txt', 2988, '', [null, 'overall']],
];
type Picked = { overall: number; base: number; environmental: number | null };

describe.skipIf(!present)(`check 6: CVSS validation vectors${when}`, () => {
  it.each(FILES)('%s: %i vectors', (file, vectors, prefix, columns) => {
    const lines = readFileSync(new URL(file, FIXTURES), 'utf8').split('\n').filter(Boolean);

    const failures = lines.filter((line) => {
      const [vector, ...expected] = line.split(' ');
      const got = score(prefix + vector);
      return columns.some((column, index) => {
        if (column === null || expected[index] === 'NaN') return false;
        return got === null || got[column]?.toFixed(1) !== Number(expected[index]).toFixed(1);
      });
    });

    expect(failures).toEqual([]);
    expect(lines).toHaveLength(vectors);
  });
});

describe('score', () => {
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', '3.1', 9.8, 'critical'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', '3.1', 0, 'none'],
    ['(AV:N/AC:L/Au:N/C:C/I:C/A:C)', '2.0', 10, 'high'],
    ['CVSS:4.0/AV:A/AC:H/AT:P/PR:L/UI:P/VC:N/VI:L/VA:N/SC:L/SI:N/SA:L/E:U', '4.0', 1, 'low'],
  ])('%s is CVSS %s with base %d, %s', (vector, version, base, level) => {
    expect(score(vector)).toMatchObject({ version, base, level });
  });

  it.each([
    ['', 'empty'],
    ['9.8', 'a number'],
    ['CVSS:3.1/AV:N', 'base metrics missing'],
    ['CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'unknown value'],
    ['CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'repeated metric'],
    ['CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'unknown version'],
    [`CVSS:3.1/${'AV:N/'.repeat(200)}`, 'too long'],
  ])('gives null for %j (%s)', (vector) => {
    expect(score(vector)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `CVSS:3.1/${text}`),
        ),
        (text) => {
          const scored = score(text);
          expect(scored === null || scored.base >= 0).toBe(true);
        },
      ),
    );
  });
});

describe('worstSeverity', () => {
  const of = (vector: string): SeverityStatement => ({ type: 'CVSS_V3', vector, score: null, by: 'x' });
  const v2 = of('AV:N/AC:L/Au:N/C:C/I:C/A:C');
  const v3 = of('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H');
  const v3High = of('CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H');
  const v4 = of('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N');

  it('prefers the newest version over the highest score', () => {
    expect(worstSeverity([v2, v4, v3High])?.version).toBe('4.0');
    expect(worstSeverity([v2, v3])?.version).toBe('3.1');
  });

  it('takes the highest of one version', () => {
    expect(worstSeverity([v3, v3High])?.base).toBe(9.8);
  });

  it('is null when no vector can be read', () => {
    expect(worstSeverity([])).toBeNull();
    expect(worstSeverity([of('HIGH')])).toBeNull();
  });
});
