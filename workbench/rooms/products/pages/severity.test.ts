import { describe, expect, it } from 'vitest';
import { levelCounts, levelTitle, levelWords } from './severity.ts';

describe('levels of severity', () => {
  it('stand worst first, whatever order the counts came in', () => {
    expect(levelWords({ low: 4, critical: 2, medium: 1 })).toBe('2 critical, 1 medium, 4 low');
  });

  it('say none when there is nothing', () => {
    expect(levelWords({ high: 0 })).toBe('none');
  });

  it('count what has an unheard-of level as not scored, so that nothing gets lost', () => {
    const counts = levelCounts({ severe: 3, unknown: 1, high: 1 });

    expect(counts.map(({ level, count }) => [level.id, count])).toEqual([
      ['high', 1],
      ['unknown', 4],
    ]);
  });

  it('never call an unknown level none', () => {
    expect(levelTitle('whatever')).toBe('Not scored');
  });
});
