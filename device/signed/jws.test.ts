import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateSoftwareKey, publicKeyOf } from '../identity/key.ts';
import { openJws, readJws, signJws } from './jws.ts';

const expected = { typ: 'ward-test+jwt', mostCharacters: 4_096 };
const { key } = await generateSoftwareKey();
const publicKey = publicKeyOf(key.jwk);

describe('signed messages', () => {
  it('are read as they were signed, and by their key alone', async () => {
    const jws = await signJws({ typ: expected.typ }, { a: [1] }, key.sign);
    expect(readJws(jws, { ...expected, key: publicKey })).toEqual({ kind: 'read', claims: { a: [1] } });
    const other = publicKeyOf((await generateSoftwareKey()).key.jwk);
    expect(readJws(jws, { ...expected, key: other }).kind).toBe('wrong-signature');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    expect(readJws(jws, { ...expected, key: rsa }).kind).toBe('wrong-signature');
    expect(readJws(jws, { ...expected, key: publicKey, typ: 'another+jwt' }).kind).toBe('wrong-type');
    expect(readJws(jws, { ...expected, key: publicKey, mostCharacters: 20 }).kind).toBe('too-large');
  });

  it('never throw, whatever stands in a header', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1 }));
    const header = fc.oneof(
      odd,
      fc.record({ alg: fc.oneof(odd, fc.constant('ES256')), typ: fc.oneof(odd, fc.constant(expected.typ)) }),
    );
    fc.assert(
      fc.property(
        header,
        fc.jsonValue(),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        (head, claims, signature) => {
          const encode = (value: unknown) => base64url.encode(JSON.stringify(value));
          const message = `${encode(head)}.${encode(claims)}.${base64url.encode(signature)}`;
          const read = readJws(message, { ...expected, key: publicKey });
          expect(read.kind).not.toBe('read');
          expect('why' in read && read.why.length).toBeLessThanOrEqual(60);
        },
      ),
      { numRuns: 500 },
    );
    const hostile = base64url.encode('{"alg":{"toString":1,"valueOf":1}}');
    expect(openJws(`${hostile}.e30.${'A'.repeat(86)}`, expected).kind).toBe('wrong-algorithm');
  });
});
