// What a request may be called: nothing of a patient goes into an audit log or a file name.
import { describe, expect, it } from 'vitest';
import { namesPatient } from './request-name.ts';

const patients = [
  { name: 'Jo Ferrara', bornOn: '1961-03-04', recordNumber: 'MRN-0098-5523' },
  { name: 'Zo\u00eb M\u00fcller', bornOn: '1948-11-19', recordNumber: '77' },
];

describe('the name of a request', () => {
  it.each([
    ['the record number', 'MRN-0098-5523'],
    ['its digits', 'REQ-00985523'],
    ['its parts behind a year', 'REQ-2026-0098-5523'],
    ['a short record number', 'REQ-77'],
    ['a family name', 'REQ-ferrara-1'],
    ['a family name in one word', 'xFERRARAx'],
    ['a short given name', 'request-of-jo'],
    ['a name without its accents', 'Zoe-1'],
    ['a birth date', 'REQ-19610304'],
    ['a birth date, the day first', 'REQ-04-03-1961'],
  ])('is refused with %s', (_what, request) => expect(namesPatient(request, patients)).toBe(true));

  it.each(['REQ-2026-17', 'REQ-1961', 'REQ-20260077'])('is taken as %s', (request) =>
    expect(namesPatient(request, patients)).toBe(false),
  );
});
