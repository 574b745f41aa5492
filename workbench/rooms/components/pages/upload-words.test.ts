import { describe, expect, it } from 'vitest';
import { phaseOf, phaseTitle, sizeWords } from './upload-words.ts';

describe('phases of an import', () => {
  it('have a share when both numbers are known', () => {
    expect(phaseOf({ phase: 'storing', done: 50, total: 200 })).toEqual({ phase: 'storing', share: 0.25 });
  });

  it('have none at their beginning, and none without a total', () => {
    expect(phaseOf({ phase: 'reading', done: 0, total: 9_000 })?.share).toBeNull();
    expect(phaseOf({ phase: 'matching', done: 3, total: 0 })?.share).toBeNull();
  });

  it('are told apart from results and problems', () => {
    expect(phaseOf({ result: { components: 3 } })).toBeNull();
    expect(phaseOf('reading')).toBeNull();
    expect(phaseOf(null)).toBeNull();
  });

  it('that are new are shown as work all the same', () => {
    expect(phaseTitle('polishing')).toBe('Working');
  });
});

describe('sizes', () => {
  it.each([
    [999, '999 B'],
    [50_351, '50 kB'],
    [3_140_000, '3.1 MB'],
    [2_147_483_648, '2.1 GB'],
  ])('%i bytes read as %s', (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words);
  });
});
