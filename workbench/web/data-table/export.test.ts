import { describe, expect, it } from 'vitest';
import type { Column } from './columns.ts';
import { toCsv, toJson } from './export.ts';

const columns: readonly Column<{ a: string; n: number | null }>[] = [
  { id: 'a', title: 'Name', value: (row) => row.a },
  { id: 'n', title: 'Count', value: (row) => row.n },
];

describe('toCsv', () => {
  it('quotes what needs it', () => {
    expect(toCsv([{ a: 'x "y", z', n: 1 }], columns)).toBe('Name,Count\r\n"x ""y"", z",1\r\n');
  });
  it.each(['=HYPERLINK("http://evil")', '+1+1', '@SUM(A1)', '-2+3'])(
    'does not let a spreadsheet run %s',
    (formula) => {
      expect(toCsv([{ a: formula, n: null }], columns)).toContain(`'${formula.charAt(0)}`);
    },
  );
  it('leaves a negative number alone', () => {
    expect(toCsv([{ a: 'x', n: -3 }], columns)).toContain('x,-3');
  });
});

it('writes JSON with null for what is not known', () => {
  expect(JSON.parse(toJson([{ a: 'x', n: null }], columns))).toEqual([{ a: 'x', n: null }]);
});
