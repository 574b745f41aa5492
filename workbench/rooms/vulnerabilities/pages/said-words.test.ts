import { describe, expect, it } from 'vitest';
import type { SaidView } from '../vex/api.ts';
import { assessComplaints } from './assess-form.ts';
import { conflictSentence, fieldsFromSaid, supplierFixes } from './said-words.ts';

const said: SaidView = {
  id: '1',
  document: { id: '0', format: 'csaf', name: 'HARBOUR-1', importedAt: '2026-11-24T08:00:00.000Z' },
  author: 'Harbour Software',
  supplier: null,
  status: 'not_affected',
  ownStatus: 'known_not_affected',
  justification: 'vulnerable_code_not_present',
  ownJustification: null,
  impact: 'The parser is left out.',
  action: '',
  fixed: [],
  saidAt: null,
  certain: true,
  conflict: true,
  why: '',
};

describe('a statement as the beginning of an assessment', () => {
  it('fills what was said and who said it, and leaves safety and privacy to the person', () => {
    const fields = fieldsFromSaid(said);

    expect(fields).toMatchObject({
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      rationale: 'Harbour Software (HARBOUR-1) says: The parser is left out.',
      safety: 'not assessed',
      privacy: 'not assessed',
    });
    expect([...assessComplaints(fields)]).toEqual([]);
  });

  it('asks what a reason means that has no twin', () => {
    const fields = fieldsFromSaid({
      ...said,
      justification: null,
      ownJustification: 'requires_configuration',
    });

    expect(fields.justification).toBe('');
    expect(fields.rationale).toContain('"requires configuration"; choose what that means here');
  });

  it('takes over what users should do only where it is affected', () => {
    expect(fieldsFromSaid({ ...said, status: 'affected', action: 'Update.' }).actionStatement).toBe(
      'Update.',
    );
    expect(fieldsFromSaid({ ...said, action: 'Update.' }).actionStatement).toBe('');
  });
});

it('names a fix once for each author', () => {
  expect(
    supplierFixes([
      { ...said, fixed: ['2.0'] },
      { ...said, fixed: ['2.0', '3.0'] },
    ]),
  ).toEqual([
    { version: '2.0', by: 'Harbour Software' },
    { version: '3.0', by: 'Harbour Software' },
  ]);
});

it('says that a conflict has changed nothing', () => {
  expect(conflictSentence([said], false)).toContain('Nothing was changed');
  expect(conflictSentence([said], true)).toContain('The decision stands');
});
