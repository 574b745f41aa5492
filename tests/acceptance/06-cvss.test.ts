// Check 6 of the design: every public validation vector of CVSS 2.0, 3.0, 3.1 and 4.0 gives its scores to one decimal.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CvssScore } from '../../workbench/knowledge/cvss.ts';
import { score } from '../../workbench/knowledge/cvss.ts';

const VECTORS = '../shared/data/fixtures/cvss/metaeffekt';

/** Columns after the vector; null is one that Ward does not show. */
type Column = 'base' | 'overall' | 'environmental' | null;
const ALL: readonly Column[] = ['overall', 'base', null, null, null, 'environmental', null];
const FILES: readonly (readonly [file: string, columns: readonly Column[]])[] = [
  ['cvss-2.0-validation-vectors-001.txt', ALL],
  ['cvss-3.0-validation-vectors-001.txt', ['base', null, 'environmental']],
  ['cvss-3.0-validation-vectors-002.txt', ['base', null, 'environmental']],
  ['cvss-3.1-validation-vectors-001.txt', ALL],
  ['cvss-4.0-validation-vectors-001.txt', [null, 'overall']],
  ['cvss-4.0-validation-vectors-002.txt', [null, 'overall']],
];

describe.skipIf(!existsSync(VECTORS))('the public vectors (skipped where ../shared is absent)', () => {
  it.each(FILES)('%s', (file, columns) => {
    const version = /cvss-(\d\.\d)/.exec(file)![1];
    const wrong: string[] = [];
    let compared = 0;
    for (const line of readFileSync(`${VECTORS}/${file}`, 'utf8').split('\n')) {
      const [vector = '', ...numbers] = line.trim().split(/\s+/);
      if (vector === '') continue;
      const read = score(/^CVSS:/.test(vector) || version === '2.0' ? vector : `CVSS:${version}/${vector}`);
      columns.forEach((column, at) => {
        // NaN: the vector does not state this group.
        if (column === null || numbers[at] === 'NaN') return;
        compared += 1;
        const found = read?.[column as keyof CvssScore];
        if (typeof found !== 'number' || found.toFixed(1) !== numbers[at])
          wrong.push(`${vector} ${column}: ${found} instead of ${numbers[at]}`);
      });
    }

    expect(wrong.slice(0, 20)).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });
});
