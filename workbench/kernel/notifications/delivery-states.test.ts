import { expect, it } from 'vitest';
import { nextTry, whatToDo } from './delivery-states.ts';
import { nextDigest } from './plan.ts';

it('waits longer each time, three hours at most, and gives up after a day', () => {
  const first = new Date('2026-11-24T00:00:00Z');
  const wait = (attempts: number) => (nextTry(attempts, first, first)?.getTime() ?? 0) - first.getTime();

  expect([1, 2, 3, 4].map(wait)).toEqual([30_000, 60_000, 120_000, 240_000]);
  expect(wait(40)).toBe(3 * 3_600_000);
  expect(nextTry(12, first, new Date('2026-11-24T21:00:00Z'))).not.toBeNull();
  expect(nextTry(12, first, new Date('2026-11-24T21:00:01Z'))).toBeNull();
});

it('sends what was claimed by nobody, and never again by itself what may have arrived', () => {
  expect(whatToDo('waiting', false)).toBe('send');
  expect(whatToDo('sending', false)).toBe('leave');
  expect(whatToDo('sending', true)).toBe('send');
  expect(whatToDo('handed-over', true)).toBe('unknown');
  for (const state of ['sent', 'failed', 'unknown', 'dropped'] as const)
    expect(whatToDo(state, true)).toBe('leave');
});

it('puts a digest on the next morning', () => {
  expect(nextDigest(new Date('2026-12-31T05:59:59Z')).toISOString()).toBe('2026-12-31T06:00:00.000Z');
  expect(nextDigest(new Date('2026-12-31T06:00:00Z')).toISOString()).toBe('2027-01-01T06:00:00.000Z');
});
