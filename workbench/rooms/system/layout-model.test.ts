import { expect, it } from 'vitest';
import { applyLayout, LAYOUT_MAX, LayoutChange, layoutDifference } from './layout-model.ts';

it('a difference, applied, gives the other layout', () => {
  const before = { a: { x: 1, y: 2 }, b: { x: 3, y: 4, pinned: true }, c: { x: 0, y: 0, w: 100, h: 80 } };
  const after = { a: { x: 1, y: 2 }, b: { x: 9, y: 4, pinned: true }, d: { x: 5, y: 5 } };
  const change = layoutDifference(before, after);
  expect(Object.keys(change).sort()).toEqual(['b', 'c', 'd']);
  expect(applyLayout(before, change)).toEqual(after);
  expect(layoutDifference(before, before)).toEqual({});
});

it('refuses places that no drawing has', () => {
  for (const place of [
    { x: Number.NaN, y: 0 },
    { x: 1e9, y: 0 },
    { x: 0, y: 0, w: -1 },
  ])
    expect(LayoutChange.safeParse({ a: place }).success).toBe(false);
  expect(LayoutChange.safeParse({ '<script>': { x: 0, y: 0 } }).success).toBe(false);
});

it('takes as many places as a model has objects, and not one more', () => {
  const places = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`e-${at}`, { x: at, y: 0 }]));
  expect(LayoutChange.safeParse(places(LAYOUT_MAX)).success).toBe(true);
  expect(LayoutChange.safeParse(places(LAYOUT_MAX + 1)).success).toBe(false);
});
