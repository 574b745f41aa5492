import { describe, expect, it } from 'vitest';
import { chartOf, percent } from './epss-chart.ts';

describe('a curve', () => {
  it('lies between its first and last day, on a scale that reads well', () => {
    const chart = chartOf(
      [
        { day: '2026-01-01', score: 0 },
        { day: '2026-01-02', score: 0.04 },
        { day: '2026-01-11', score: 0.2 },
      ],
      100,
      50,
    );

    expect(chart).toEqual({
      top: 0.25,
      dots: [
        { x: 0, y: 50 },
        { x: 10, y: 42 },
        { x: 100, y: 10 },
      ],
      line: 'M0 50 L10 42 L100 10',
    });
  });

  it('takes a point without a day as one of the day after', () => {
    const chart = chartOf(
      [
        { day: '2026-01-01', score: 0.5 },
        { day: null, score: 1 },
      ],
      100,
      50,
    );

    expect(chart?.dots.map(({ x }) => x)).toEqual([0, 100]);
  });

  it('is none of fewer than two points', () => {
    expect(chartOf([], 100, 50)).toBeNull();
    expect(chartOf([{ day: '2026-01-01', score: 0.5 }], 100, 50)).toBeNull();
  });
});

it.each([
  [0, '0.0 %'],
  [0.00042, '0.04 %'],
  [0.0234, '2.3 %'],
  [1, '100.0 %'],
])('%s is %s', (share, words) => {
  expect(percent(share)).toBe(words);
});
