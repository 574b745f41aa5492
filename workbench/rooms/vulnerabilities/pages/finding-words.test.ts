import { describe, expect, it } from 'vitest';
import { VEX_STATUSES } from '../model.ts';
import { decisionWord, otherIds, outcomeWord, STATUS_WORDS } from './finding-words.ts';

const decided = (finding: string | null, assessment: [state: string, status: string] | null) =>
  decisionWord({
    finding: finding === null ? null : { key: 'FND-1', state: finding },
    assessment:
      assessment === null ? null : { key: 'ASM-1', state: assessment[0], status: assessment[1], revision: 1 },
  });

describe('where a decision stands', () => {
  it('is a question while nobody decided', () => {
    expect(decided(null, null)).toEqual({ title: 'Undecided', tone: 'question' });
    expect(decided('new', null).tone).toBe('question');
  });

  it('is work while an assessment waits for its signature, whatever it says', () => {
    expect(decided('in-triage', ['draft', 'not_affected'])).toEqual({
      title: 'Waits for signature',
      tone: 'attention',
    });
  });

  it('is work again when the facts moved, although the finding still has its state', () => {
    expect(decided('not-affected', ['reopened', 'not_affected']).title).toBe('Re-opened');
  });

  it('is what was approved', () => {
    expect(decided('not-affected', ['approved', 'not_affected'])).toEqual({
      title: 'Not affected',
      tone: 'settled',
    });
    expect(decided('affected', ['approved', 'affected']).tone).toBe('attention');
    expect(decided('in-triage', ['approved', 'under_investigation']).title).toBe('Under investigation');
  });

  it('never makes a state that it does not know look settled', () => {
    expect(decided('moved-to-mars', null)).toEqual({ title: 'moved-to-mars', tone: 'question' });
  });
});

describe('words of findings', () => {
  it('what cannot be said is a question', () => {
    expect(outcomeWord('undetermined').tone).toBe('question');
  });

  it('every VEX status has its words', () => {
    for (const status of VEX_STATUSES) expect(STATUS_WORDS[status].means).toMatch(/\.$/);
  });

  it('do not count the title among the aliases', () => {
    expect(otherIds({ vulnerability: 'CVE-1', ids: ['CVE-1', 'GHSA-2'] })).toEqual(['GHSA-2']);
  });
});
