import { describe, expect, it } from 'vitest';
import type { DepthView } from '../views.ts';
import { byNeed, depthWords, listIn, toggled, verdictWords } from './depth-words.ts';

const depth = (given: Partial<DepthView>): DepthView => ({
  target: 't',
  targetKind: 'asset',
  attacker: null,
  reachable: true,
  counted: 0,
  claimed: 0,
  exact: true,
  enough: 2,
  severity: 3,
  easiest: 1,
  paths: [],
  morePaths: false,
  single: [],
  cut: [],
  ...given,
});

describe('depths', () => {
  it('stand by what they miss, the gravest first; what nobody reaches last', () => {
    const order = byNeed([
      depth({ target: 'none', reachable: false, counted: null, severity: 5 }),
      depth({ target: 'enough', counted: 2, severity: 5 }),
      depth({ target: 'mild', severity: 2, enough: 1 }),
      depth({ target: 'one', severity: 5, counted: 1 }),
      depth({ target: 'two', severity: 5 }),
    ]).map(({ target }) => target);

    expect(order).toEqual(['two', 'one', 'mild', 'enough', 'none']);
  });

  it.each([
    [depth({}), '0 of 2', '2 missing'],
    [depth({ counted: 1 }), '1 of 2', '1 missing'],
    [depth({ counted: 3 }), '3 of 2', 'Enough'],
    [depth({ counted: 1, exact: false }), 'at least 1 of 2', '1 missing'],
    [depth({ counted: null, reachable: false }), '–', 'No way leads here'],
  ])('say it in words', (given, words, verdict) => {
    expect(depthWords(given)).toBe(words);
    expect(verdictWords(given)).toBe(verdict);
  });
});

it('keeps a list in the address', () => {
  expect(listIn('a, b,,c')).toEqual(['a', 'b', 'c']);
  expect(toggled(['a', 'b'], 'c', true)).toBe('a,b,c');
  expect(toggled(['a', 'b'], 'a', false)).toBe('b');
});
