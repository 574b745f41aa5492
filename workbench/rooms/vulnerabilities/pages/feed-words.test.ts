import { describe, expect, it } from 'vitest';
import { feedCounts, feedId, shareOf, turnWords } from './feed-words.ts';

const counts = { read: 5, added: 3, changed: 1, unchanged: 1, problems: 0, notMatched: 0, notes: [] };

describe('what a feed brought', () => {
  it.each([
    [null, null],
    [{ ...counts, read: 0, added: 0, changed: 0, unchanged: 0 }, 'nothing new at its last turn'],
    [counts, '3 new, 1 changed, 1 as before'],
    [
      { ...counts, problems: 2, notMatched: 1_200 },
      '3 new, 1 changed, 1 as before; 2 not readable; 1,200 products that nothing identifies are not compared',
    ],
  ])('%j', (given, words) => {
    expect(feedCounts({ counts: given })).toBe(words);
  });
});

it.each([
  [60, 'every hour'],
  [360, 'every 6 hours'],
  [1_440, 'every day'],
  [2_880, 'every 2 days'],
  [90, 'every 90 minutes'],
])('%i minutes are said as %s', (minutes, words) => {
  expect(turnWords(minutes)).toBe(words);
});

it.each([
  [null, null],
  [{ since: '', step: '', done: null, total: 10 }, null],
  [{ since: '', step: '', done: 5, total: 0 }, null],
  [{ since: '', step: '', done: 5, total: 10 }, 0.5],
  [{ since: '', step: '', done: 15, total: 10 }, 1],
])('a share is known only when both numbers are: %j', (running, share) => {
  expect(shareOf({ running })).toBe(share);
});

it.each([
  ['Harbour PSIRT (CSAF)', 'harbour-psirt-csaf'],
  ['2 mirrors', 'mirrors'],
  ['—', 'feed'],
  ['a'.repeat(60), 'a'.repeat(40)],
])('%s becomes the name %s', (title, id) => {
  expect(feedId(title)).toBe(id);
});
