import { expect, it } from 'vitest';
import { namesPerson } from './record-news.ts';

const anna = { name: 'Anna Berg', email: 'anna.berg@example.org' };

it.each([
  ['Look, @Anna Berg', true],
  ['@anna.berg: please', true],
  ['(@anna.berg@example.org)', true],
  ['@anna.berg.', true],
  ['@anna.bergmann', false],
  ['@Anna Bergmann', false],
  ['mail to x@anna.berg', false],
  ['@anna.berg@other.org', false],
  ['anna.berg', false],
])('%j names her: %s', (text, expected) => {
  expect(namesPerson(text, anna)).toBe(expected);
});
