import { expect, it } from 'vitest';
import { levelLine } from './level-chart.ts';

it('steps from judgement to judgement, with a gap where nothing was judged', () => {
  const at = '2026-11-25T10:00:00.000Z';
  const line = levelLine(
    [5, null, 3, 3, 1].map((level) => ({ at, level })),
    100,
    40,
  );

  expect(line.path).toBe('M0 0 M50 20 L75 20 L75 20 L100 20 L100 40');
  expect(line.dots.map(({ level }) => level)).toEqual([5, 3, 3, 1]);
  expect(levelLine([{ at, level: 2 }], 100, 40).dots).toEqual([{ x: 0, y: 30, level: 2, at }]);
});
