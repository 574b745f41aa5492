import { describe, expect, it } from 'vitest';
import { arrange, haystacks } from './arrange.ts';
import type { Column, TableFilter } from './columns.ts';
import { columnWidths, fitColumns, parseSort, sortText } from './columns.ts';

interface Thing {
  readonly key: string;
  readonly score: number | null;
  readonly state: string;
}
const columns: readonly Column<Thing>[] = [
  { id: 'key', title: 'Key', value: (row) => row.key, width: 100, priority: 1, grow: 1 },
  { id: 'score', title: 'Score', value: (row) => row.score, width: 100 },
  { id: 'state', title: 'State', value: (row) => row.state, width: 100, priority: 3 },
];
const state: TableFilter<Thing> = { id: 'state', title: 'State', options: [], value: (row) => row.state };
const rows: readonly Thing[] = [
  { key: 'THR-12', score: 3, state: 'open' },
  { key: 'THR-2', score: null, state: 'done' },
  { key: 'THR-1', score: 10, state: 'open' },
];
const keys = (wanted: Partial<Parameters<typeof arrange<Thing>>[3]>) =>
  arrange(rows, haystacks(rows, columns), columns, { text: '', filters: [], sort: null, ...wanted }).map(
    (row) => row.key,
  );

describe('arrange', () => {
  it('leaves rows as they came when nothing is asked', () => {
    expect(keys({})).toEqual(['THR-12', 'THR-2', 'THR-1']);
  });
  it('orders numbers inside keys as numbers', () => {
    expect(keys({ sort: { column: 'key', descending: false } })).toEqual(['THR-1', 'THR-2', 'THR-12']);
  });
  it('takes capitals and accents as alike', () => {
    const named = ['zebra', 'Äther', 'apple', 'Åre'].map((key) => ({ key, score: 0, state: 'open' }));
    const order = arrange(named, haystacks(named, columns), columns, {
      text: '',
      filters: [],
      sort: { column: 'key', descending: false },
    });
    expect(order.map((row) => row.key)).toEqual(['apple', 'Åre', 'Äther', 'zebra']);
  });
  it('puts the unknown last in both directions', () => {
    expect(keys({ sort: { column: 'score', descending: false } })).toEqual(['THR-12', 'THR-1', 'THR-2']);
    expect(keys({ sort: { column: 'score', descending: true } })).toEqual(['THR-1', 'THR-12', 'THR-2']);
  });
  it('finds rows that hold every word, in any column and case', () => {
    expect(keys({ text: 'thr-1 OPEN' })).toEqual(['THR-12', 'THR-1']);
    expect(keys({ text: 'thr-1 done' })).toEqual([]);
  });
  it('applies a filter and ignores an empty one', () => {
    expect(keys({ filters: [{ filter: state, value: 'done' }] })).toEqual(['THR-2']);
    expect(keys({ filters: [{ filter: state, value: '' }] })).toHaveLength(3);
  });
  it('arranges 100,000 rows within a second', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => ({
      key: `THR-${n}`,
      score: n % 97,
      state: 'open',
    }));
    const hay = haystacks(many, columns);

    const started = performance.now();
    const found = arrange(many, hay, columns, {
      text: 'thr',
      filters: [],
      sort: { column: 'key', descending: true },
    });

    expect(found[0]?.key).toBe('THR-99999');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('columns', () => {
  it('drops the least important first and keeps what must stay', () => {
    expect(fitColumns(columns, 300).map((one) => one.id)).toEqual(['key', 'score', 'state']);
    expect(fitColumns(columns, 299).map((one) => one.id)).toEqual(['key', 'score']);
    expect(fitColumns(columns, 50).map((one) => one.id)).toEqual(['key']);
  });
  it('gives the spare room to the columns that grow', () => {
    expect(columnWidths(columns, 400)).toEqual([200, 100, 100]);
  });
  it.each([
    ['-updated', { column: 'updated', descending: true }],
    ['key', { column: 'key', descending: false }],
  ])('reads and writes the order %s', (text, sort) => {
    expect(parseSort(text)).toEqual(sort);
    expect(sortText(sort)).toBe(text);
  });
  it('has no order for nothing', () => {
    expect(parseSort(undefined)).toBeNull();
    expect(parseSort('-')).toBeNull();
  });
});
