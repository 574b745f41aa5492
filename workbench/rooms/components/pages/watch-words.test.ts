import { describe, expect, it } from 'vitest';
import { coverageSentence, reasonCounts, reasonWords } from './watch-words.ts';

describe('coverage in words', () => {
  it('never calls a release without components watched', () => {
    expect(coverageSentence({ total: 0, watched: 0, notWatched: {} })).toContain('nothing is watched');
  });

  it('says how many are not watched, and that nothing is known of them', () => {
    expect(coverageSentence({ total: 169, watched: 165, notWatched: { 'no-identity': 4 } })).toBe(
      '165 of 169 components are watched for new advisories; 4 are not, so nothing is known of them.',
    );
    expect(coverageSentence({ total: 2, watched: 1, notWatched: { 'no-version': 1 } })).toContain('1 is not');
  });

  it('says all only when all are', () => {
    expect(coverageSentence({ total: 3, watched: 3, notWatched: {} })).toBe(
      'All 3 components are watched for new advisories.',
    );
  });

  it('names reasons, the most frequent first', () => {
    const counts = { total: 9, watched: 1, notWatched: { 'no-data': 2, 'no-version': 5, 'no-identity': 0 } };

    expect(reasonCounts(counts)).toEqual([
      { reason: 'no-version', count: 5 },
      { reason: 'no-data', count: 2 },
    ]);
  });

  it('shows a reason that it has no words for as it stands', () => {
    expect(reasonWords('moon-phase').title).toBe('moon-phase');
  });
});
