import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Body } from './fields.ts';
import { merge, same } from './merge.ts';

const base: Body = { title: 'A', text: 'one', steps: ['x'], score: { value: 1, note: '' } };

describe('merge', () => {
  it('keeps both when different fields were changed', () => {
    const merged = merge(base, { ...base, title: 'B' }, { ...base, text: 'two' });
    expect(merged).toEqual({ body: { ...base, title: 'B', text: 'two' }, conflicts: [] });
  });
  it('keeps both inside an object', () => {
    const merged = merge(
      base,
      { ...base, score: { value: 2, note: '' } },
      { ...base, score: { value: 1, note: 'n' } },
    );
    expect(merged.body.score).toEqual({ value: 2, note: 'n' });
    expect(merged.conflicts).toEqual([]);
  });
  it('asks when both changed the same field, and takes mine or theirs as told', () => {
    const mine = { ...base, title: 'B' };
    const theirs = { ...base, title: 'C' };
    expect(merge(base, mine, theirs).conflicts).toEqual([
      { path: '$.title', base: 'A', mine: 'B', theirs: 'C' },
    ]);
    expect(merge(base, mine, theirs).body.title).toBe('B');
    expect(merge(base, mine, theirs, () => 'theirs').body.title).toBe('C');
  });
  it('does not ask when both made the same change', () => {
    const both = { ...base, title: 'B' };
    expect(merge(base, both, both)).toEqual({ body: both, conflicts: [] });
  });
  it('asks about a list as a whole', () => {
    const merged = merge(base, { ...base, steps: ['x', 'm'] }, { ...base, steps: ['t', 'x'] });
    expect(merged.conflicts.map((conflict) => conflict.path)).toEqual(['$.steps']);
  });
  it('asks when one removed what the other changed', () => {
    const { text: _gone, ...mine } = base;
    const merged = merge(base, mine, { ...base, text: 'two' });
    expect(merged.conflicts[0]).toMatchObject({ path: '$.text', mine: undefined, theirs: 'two' });
    expect(merged.body).not.toHaveProperty('text');
  });
  it('loses nothing: whoever changed nothing gets the other one whole', () => {
    const bodies = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(bodies, bodies, (one, other) => {
        const a = one as Body;
        const b = other as Body;
        expect(same(merge(a, b, a).body, b)).toBe(true);
        expect(same(merge(a, a, b).body, b)).toBe(true);
      }),
    );
  });
});
