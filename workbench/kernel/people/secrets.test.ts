import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { makeVault, randomToken } from './secrets.ts';
import { cookieNames, readCookie, readSignedCookie } from './session-cookie.ts';

const vault = makeVault('a-secret-of-at-least-thirty-two-characters');

describe('sealing', () => {
  it('opens what it sealed, differently each time', () => {
    const sealed = vault.seal(Buffer.from('secret'), 'row 1');

    expect(vault.open(sealed, 'row 1').toString()).toBe('secret');
    expect(vault.seal(Buffer.from('secret'), 'row 1')).not.toBe(sealed);
  });

  it('refuses a value that was moved, altered or sealed with another secret', () => {
    const sealed = vault.seal(Buffer.from('secret'), 'row 1');
    const altered = Buffer.from(sealed, 'base64');
    altered[14] = (altered[14] as number) ^ 1;

    expect(() => vault.open(sealed, 'row 2')).toThrow();
    expect(() => vault.open(altered.toString('base64'), 'row 1')).toThrow();
    expect(() => makeVault(randomToken()).open(sealed, 'row 1')).toThrow();
  });
});

describe('a password hash', () => {
  it('fits its password, in either form of Unicode, and no other', async () => {
    const hash = await hashPassword('caf\u00e9 harbour candle');

    expect(await verifyPassword(hash, 'cafe\u0301 harbour candle')).toBe(true);
    expect(await verifyPassword(hash, 'cafe harbour candle')).toBe(false);
  });

  it.each([null, '', 'scrypt$14$8$5$x$y', 'scrypt$99$8$5$AAAAAAAAAAAAAAAAAAAAAA==$AAAA', 'plain'])(
    'that is none (%s) fits nothing',
    async (hash) => {
      expect(await verifyPassword(hash, 'plain')).toBe(false);
    },
  );
});

describe('cookies', () => {
  it('are named for a secure place only when there is one', () => {
    expect(cookieNames('http://127.0.0.1:4000')).toMatchObject({
      session: 'ward.session_token',
      secure: false,
    });
    expect(cookieNames('https://ward.example.org/')).toMatchObject({
      session: '__Secure-ward.session_token',
      secure: true,
    });
  });

  it('are found by their whole name', () => {
    const headers = new Headers({ cookie: 'xward.challenge=1; ward.challenge=2; ward.challenge2=3' });

    expect(readCookie(headers, 'ward.challenge')).toBe('2');
  });

  it.each(['', 'a.b', '%', '%zz'.repeat(30), `${'a'.repeat(43)}.${'A'.repeat(43)}=`, 'x'.repeat(20_000)])(
    'without our signature say nothing: %s',
    (value) => {
      const headers = new Headers({ cookie: `ward.session_token=${value}` });

      expect(readSignedCookie(headers, 'ward.session_token', 'secret')).toBeNull();
    },
  );
});
