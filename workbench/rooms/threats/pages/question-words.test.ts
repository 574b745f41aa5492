import { describe, expect, it } from 'vitest';
import type { QuestionRow } from '../views.ts';
import { filterQuestions, groupQuestions, originOf, progressWords, strokeOf } from './question-words.ts';

const row = (given: Partial<QuestionRow> = {}): QuestionRow => ({
  target: 'e',
  key: 'a.b',
  text: 'Is it locked?',
  title: 'Console',
  part: 'element',
  zone: 'z',
  zoneTitle: 'Ward',
  value: null,
  origin: null,
  givenBy: '',
  by: '',
  at: '',
  evidence: '',
  note: '',
  decides: 1,
  rules: ['WR-1'],
  categories: ['tampering'],
  severity: 0,
  safety: false,
  ...given,
});
const ALL = { show: 'all', text: '', zone: '', part: '', category: '', safety: false } as const;

describe('the list', () => {
  const rows = [
    row(),
    row({ target: 'f', title: 'Images', part: 'flow', zone: 'y', safety: true, decides: 4 }),
    row({ key: 'c.d', text: 'Is it watched?', value: 'yes', categories: ['spoofing'] }),
  ];

  it.each([
    ['everything', {}, 3],
    ['what is open', { show: 'open' }, 2],
    ['what is answered', { show: 'answered' }, 1],
    ['a zone', { zone: 'y' }, 1],
    ['a kind of place', { part: 'flow' }, 1],
    ['a category', { category: 'spoofing' }, 1],
    ['safety', { safety: true }, 1],
    ['words, all of them', { text: 'LOCKED console' }, 1],
    ['a rule', { text: 'wr-1' }, 3],
    ['nothing that is there', { text: 'toaster' }, 0],
  ] as const)('is filtered by %s', (_what, filter, count) => {
    expect(filterQuestions(rows, { ...ALL, ...filter })).toHaveLength(count);
  });

  it('is grouped by question or by place, the group that decides most first', () => {
    expect(groupQuestions(rows, 'question').map(({ id, decides }) => [id, decides])).toEqual([
      ['a.b', 5],
      ['c.d', 0],
    ]);
    expect(groupQuestions(rows, 'place').map(({ id }) => id)).toEqual(['f', 'e']);
    expect(groupQuestions(rows, 'none')).toHaveLength(1);
    expect(groupQuestions([], 'none')).toEqual([]);
  });
});

describe('words', () => {
  it.each<[Partial<QuestionRow>, string]>([
    [{}, 'Not answered'],
    [{ value: 'yes', origin: 'answered', givenBy: 'person', by: 'Lea' }, 'answered by Lea'],
    [{ value: 'yes', origin: 'answered', givenBy: 'evidence' }, 'from evidence'],
    [{ value: 'no', origin: 'protocol' }, 'follows from the protocol'],
    [{ value: 'yes', origin: 'zone default' }, 'default of the zone'],
  ])('say where an answer comes from', (given, words) => {
    expect(originOf(row(given))).toBe(words);
  });

  it('say how far it is', () => {
    const quickest = { keys: Array.from({ length: 20 }, (_, at) => `k${at}`), settles: 108 };

    expect(progressWords(252, 100, 247, quickest)).toBe(
      '252 open, 100 answered. 20 questions, answered once for all their places, settle 108 of 247 open results.',
    );
    expect(progressWords(0, 3, 0, { keys: [], settles: 0 })).toBe('Every question is answered (3).');
  });

  it('know the keys', () => {
    expect(['y', 'n', ' ', 'e', 'x', 'u', 'j', 'k', 'q'].map(strokeOf)).toEqual([
      'yes',
      'no',
      'skip',
      'evidence',
      'select',
      'undo',
      'next',
      'previous',
      null,
    ]);
  });
});
