import { describe, expect, it } from 'vitest';
import { exactTime, isoDay, relativeTime } from './time.ts';

const now = new Date('2026-11-24T12:00:00Z');

describe('relativeTime', () => {
  it.each([
    ['2026-11-24T11:59:55Z', 'just now'],
    ['2026-11-24T11:59:00Z', '60 seconds ago'],
    ['2026-11-24T11:30:00Z', '30 minutes ago'],
    ['2026-11-24T09:00:00Z', '3 hours ago'],
    ['2026-11-22T12:00:00Z', '2 days ago'],
    ['2026-11-26T12:00:00Z', 'in 2 days'],
    ['2026-08-24T12:00:00Z', '3 months ago'],
    ['2023-11-24T12:00:00Z', '3 years ago'],
    ['yesterday-ish', 'yesterday-ish'],
  ])('says %s as %s', (instant, said) => {
    expect(relativeTime(instant, now)).toBe(said);
  });
});

describe('exactTime', () => {
  it('leads with the ISO day and names the zone', () => {
    expect(exactTime('2026-11-24T12:00:00Z')).toMatch(
      /^2026-11-2[345] \d\d:00:00 UTC|^2026-11-2[345] \d\d:\d\d:00 UTC/,
    );
  });
  it('gives an unreadable instant back', () => {
    expect(exactTime('never')).toBe('never');
  });
});

it('pads the parts of a day', () => {
  expect(isoDay(new Date(2026, 0, 5))).toBe('2026-01-05');
});
