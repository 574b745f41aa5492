import { describe, expect, it } from 'vitest';
import type { ThreatRowView } from '../views.ts';
import {
  differenceWords,
  grammarSentence,
  groupThreats,
  referenceAddress,
  stateWord,
} from './threat-words.ts';

const row = (given: Partial<ThreatRowView> = {}): ThreatRowView => ({
  id: 'R-1 e',
  rule: 'R-1',
  ruleVersion: 1,
  title: 'Forged command',
  statement: '',
  categories: ['spoofing', 'tampering'],
  target: 'e',
  targetTitle: 'Console',
  targetKind: 'element',
  zone: 'z',
  zoneTitle: 'Ward',
  functions: ['sf-1', 'sf-2'],
  state: 'raised',
  mergedInto: null,
  verifiedBy: [],
  openQuestions: 0,
  exploitability: 3,
  safetyRelevance: 'direct',
  severity: 5,
  threat: null,
  change: null,
  ...given,
});

it('an answer without a verified control is called a claim', () => {
  expect(stateWord(row({ state: 'answered' })).title).toBe('Answered, unverified');
  expect(stateWord(row({ state: 'answered', verifiedBy: ['CTL-1'] })).title).toBe('Answered, verified');
  expect(stateWord(row({ mergedInto: 'R-2' })).title).toBe('Merged into R-2');
});

describe('groups', () => {
  it('count a result in each of its categories and functions, and merged ones in none', () => {
    const rows = [
      row(),
      row({ state: 'open' }),
      row({ mergedInto: 'R-2' }),
      row({ safetyRelevance: 'none' }),
    ];

    const categories = groupThreats(rows, 'category', String);
    const functions = groupThreats(rows, 'function', (id) => `fn ${id}`);

    expect(categories.map(({ id, raised, open }) => [id, raised, open])).toEqual([
      ['spoofing', 2, 1],
      ['tampering', 2, 1],
    ]);
    expect(functions.map(({ id, title, raised }) => [id, title, raised])).toContainEqual(['', 'fn ', 1]);
    expect(functions.map(({ id }) => id).sort()).toEqual(['', 'sf-1', 'sf-2']);
  });
});

it('ids lead to the entries of those who publish them, and nothing else does', () => {
  expect(referenceAddress('cwe', 'CWE-20')).toBe('https://cwe.mitre.org/data/definitions/20.html');
  expect(referenceAddress('attackIcs', 'T0871')).toBe('https://attack.mitre.org/techniques/T0871/');
  expect(referenceAddress('cwe', 'javascript:alert(1)')).toBeNull();
  expect(referenceAddress('emb3d', 'TID-1/../x')).toBeNull();
});

it('the difference is told in words', () => {
  expect(differenceWords({ new: 3, gone: 1, changed: 2 })).toBe('3 new, 1 gone, 2 changed');
  expect(differenceWords({ new: 0, gone: 0, changed: 0 })).toBe('');
});

describe('a threat statement', () => {
  const empty = { source: '', prerequisite: '', action: '', impact: '', goal: '', asset: '' };

  it.each([
    [{}, ''],
    [{ action: 'open the lid' }, 'Somebody can open the lid.'],
    [
      {
        source: 'an intruder',
        prerequisite: 'access to the port',
        action: 'send limits',
        impact: 'too much energy',
        goal: 'integrity',
        asset: 'the parameters',
      },
      'An intruder, with access to the port, can send limits, which leads to too much energy, impairing integrity of the parameters.',
    ],
    [{ action: 'read', asset: 'the records' }, 'Somebody can read, impairing the protection of the records.'],
  ])('is one sentence of what is said', (given, sentence) => {
    expect(grammarSentence({ ...empty, ...given })).toBe(sentence);
  });
});
