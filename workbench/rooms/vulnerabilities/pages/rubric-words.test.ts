import { describe, expect, it } from 'vitest';
import { RUBRIC_QUESTIONS } from '../rubric.ts';
import { answerOfStroke, answerWords, metricValue } from './rubric-words.ts';

const question = (id: string) => RUBRIC_QUESTIONS.find((known) => known.id === id)!;

describe('a question', () => {
  it.each(RUBRIC_QUESTIONS.map((known) => [known.id, known] as const))(
    '%s offers what it may be answered',
    (_, known) => {
      expect(answerWords(known).map(({ value }) => value)).toEqual(known.answers);
    },
  );

  it.each([
    ['XAVN', 'y', 'Y'],
    ['XAVN', 'N', 'N'],
    ['XAVN', '?', 'U'],
    ['XAVN', 'h', null],
    ['XIT', 'h', 'H'],
    ['XIT', 'y', null],
    ['XIT', 'Backspace', 'clear'],
    ['XIT', 'Tab', null],
  ])('%s: %s gives %s', (id, key, given) => {
    expect(answerOfStroke(question(id), key)).toBe(given);
  });
});

it.each([
  ['MAV', 'P', 'physical'],
  ['MS', 'U', 'unchanged'],
  ['MC', 'H', 'high'],
  ['MSI', 'S', 'safety'],
  ['MVA', 'N', 'none'],
  ['MAT', 'P', 'present'],
])('%s:%s reads %s', (metric, value, words) => {
  expect(metricValue(metric, value)).toBe(words);
});
