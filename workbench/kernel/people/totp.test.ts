import { describe, expect, it } from 'vitest';
import { base32, codeAt, matchingStep, otpauthUri, timeStep } from './totp.ts';

// RFC 6238 appendix B uses this secret with eight digits; six digits are the last six of them.
const secret = Buffer.from('12345678901234567890');

describe('time-based one-time passwords', () => {
  it.each([
    ['1970-01-01T00:00:59Z', '287082'],
    ['2005-03-18T01:58:29Z', '081804'],
    ['2005-03-18T01:58:31Z', '050471'],
    ['2009-02-13T23:31:30Z', '005924'],
    ['2033-05-18T03:33:20Z', '279037'],
    ['2603-10-11T11:33:20Z', '353130'],
  ])('gives the code of RFC 6238 appendix B at %s', (at, code) => {
    expect(codeAt(secret, timeStep(new Date(at)))).toBe(code);
  });

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('takes a code that is %i steps away: %s', (away, taken) => {
    const now = new Date('2026-11-24T12:00:07Z');

    const step = matchingStep(secret, codeAt(secret, timeStep(now) + away), now);

    expect(step).toBe(taken ? timeStep(now) + away : null);
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '-12345'])(
    'takes no malformed code: "%s"',
    (code) => {
      expect(matchingStep(secret, code, new Date())).toBeNull();
    },
  );

  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foobar', 'MZXW6YTBOI'],
  ])('writes base32 as RFC 4648 section 10 without padding: "%s"', (plain, text) => {
    expect(base32(Buffer.from(plain))).toBe(text);
  });

  it('names the account and the issuer in the address for authenticators', () => {
    expect(otpauthUri(secret, 'ana+x@example.org')).toBe(
      'otpauth://totp/Ward:ana%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ward&digits=6&period=30',
    );
  });
});
