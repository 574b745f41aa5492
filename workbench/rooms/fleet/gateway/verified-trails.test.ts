import { expect, it } from 'vitest';
import { VerifiedTrails } from './verified-trails.ts';

it('knows a checkpoint again for its unit and keys alone', () => {
  const trails = new VerifiedTrails();
  trails.keep('a', 'jws 1', ['key', null]);
  expect(trails.holds('a', 'jws 1', ['key', null])).toBe(true);
  expect(trails.holds('b', 'jws 1', ['key', null])).toBe(false);
  expect(trails.holds('a', 'jws 2', ['key', null])).toBe(false);
  expect(trails.holds('a', 'jws 1', ['other', 'key'])).toBe(false);
  trails.keep('a', 'jws 2', ['key', null]);
  expect(trails.holds('a', 'jws 1', ['key', null])).toBe(false);
});

it('forgets who was verified longest ago', () => {
  const trails = new VerifiedTrails(2);
  for (const unit of ['a', 'b', 'a', 'c']) trails.keep(unit, 'jws', []);
  expect(['a', 'b', 'c'].map((unit) => trails.holds(unit, 'jws', []))).toEqual([true, false, true]);
});
