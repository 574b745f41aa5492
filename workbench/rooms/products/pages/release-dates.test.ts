import { describe, expect, it } from 'vitest';
import { nextDate } from './release-dates.ts';

describe('the next date of a release', () => {
  it('is the planned day until it is released', () => {
    expect(nextDate('planned', { plannedOn: '2027-01-29', releasedOn: null })).toBe('Planned on 2027-01-29');
  });

  it('is the end of support once it is released', () => {
    expect(nextDate('released', { releasedOn: '2025-03-17', endOfSupportOn: '2032-03-31' })).toBe(
      'Support until 2032-03-31',
    );
  });

  it('says so when nobody set it', () => {
    expect(nextDate('released', { endOfSupportOn: null })).toBe('End of support not set');
    expect(nextDate('planned', {})).toBe('No planned date');
  });
});
