import { expect, it } from 'vitest';
import { rankEntries } from './rank.ts';

const entry = (name: string, section = 'Go to') => ({ id: name, name, section, perform: () => undefined });
const entries = [
  entry('Threats'),
  entry('New threat', 'Create'),
  entry('Audit'),
  entry('Sign out', 'Account'),
];
const names = (text: string) => rankEntries(text, entries).map((one) => one.name);

it('keeps the order when nothing is typed', () => {
  expect(names('')).toEqual(['Threats', 'New threat', 'Audit', 'Sign out']);
});
it('prefers names that begin with the word', () => {
  expect(names('thr')).toEqual(['Threats', 'New threat']);
});
it('needs every word', () => {
  expect(names('new thr')).toEqual(['New threat']);
  expect(names('new audit')).toEqual([]);
});
it('finds by the section last', () => {
  expect(names('account')).toEqual(['Sign out']);
});
