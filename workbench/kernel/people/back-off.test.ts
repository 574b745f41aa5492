import { describe, expect, it } from 'vitest';
import { ACCOUNT_POLICY, ADDRESS_POLICY, isShared, signInSubject, waitSeconds } from './back-off.ts';

describe('waiting after failures in a row', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 2],
    [6, 4],
    [7, 8],
    [13, 512],
    [14, 900],
    [15, 900],
    [10_000, 900],
  ])('after %i failures an account waits %i s', (failures, seconds) => {
    expect(waitSeconds(failures, ACCOUNT_POLICY)).toBe(seconds);
  });

  it('gives an address more room than an account', () => {
    expect(waitSeconds(49, ADDRESS_POLICY)).toBe(0);
    expect(waitSeconds(50, ADDRESS_POLICY)).toBe(2);
    expect(waitSeconds(500, ADDRESS_POLICY)).toBe(60);
  });

  it('counts an address as one account however it is written, and does not keep it', () => {
    expect(signInSubject('Ana@Example.org')).toBe(signInSubject('ana@example.org'));
    expect(signInSubject('ana@example.org')).not.toContain('ana');
  });

  it.each([
    ['127.0.0.1', true],
    ['::ffff:127.0.0.1', true],
    ['::1', true],
    ['192.0.2.1', false],
    ['2001:db8::1', false],
  ])('knows an address behind which everybody comes: %s %s', (address, shared) => {
    expect(isShared(address)).toBe(shared);
  });
});
