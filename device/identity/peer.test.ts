import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../refusal.ts';
import { makeIssuingCa } from './certificate-authority.ts';
import { makeCertificateRequest, readCertificateRequest } from './certificate-request.ts';
import { certificateParts } from './der.ts';
import { generateSoftwareKey, type SigningKey } from './key.ts';
import { peerUri, readPeerUri } from './names.ts';
import { readPeer } from './peer.ts';
import { NO_REVOCATIONS } from './revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from './test-ca.ts';
import { cryptoThatSignsWith, ECDSA, loadX509, plain } from './x509.ts';

const NOW = Date.UTC(2026, 10, 26, 8);
const DAY = 86_400_000;
let ca: TestCa;
let unit: TestHolder;
beforeAll(async () => {
  ca = await makeTestCa(NOW);
  unit = await ca.issue('unit', 'L4-0007');
});

const judge = (chain: readonly Uint8Array[], change: Partial<Parameters<typeof readPeer>[1]> = {}) =>
  readPeer(chain, { anchors: ca.anchors, now: NOW, revocations: NO_REVOCATIONS, ...change });
const refusal = (...question: Parameters<typeof judge>) => {
  try {
    return `accepted ${judge(...question).name}`;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
};

describe('readPeer', () => {
  it('reads the role, id and key of a holder, with or without the root in the chain', () => {
    const peer = judge(unit.chain);

    expect(peer).toMatchObject({ role: 'unit', id: 'L4-0007', name: 'unit:L4-0007', serial: unit.serial });
    expect(peer.thumbprint).toBe(unit.key.thumbprint);
    expect(peer.notAfter).toBe(unit.notAfter);
    expect(judge([...unit.chain, ca.root.certificate])).toEqual(peer);
  });

  it.each([
    ['channel.not-yet-valid', NOW - 6 * 60_000],
    ['accepted unit:L4-0007', NOW - 5 * 60_000],
    ['accepted unit:L4-0007', NOW + 90 * DAY],
    ['channel.expired', NOW + 90 * DAY + 1],
    ['channel.expired', Number.NaN],
  ])('at the ends of its time: %s', (outcome, now) => {
    expect(refusal(unit.chain, { now })).toBe(outcome);
  });

  it('refuses what was taken back, itself or its issuing CA', () => {
    const { serial, issuingSerial } = judge(unit.chain);
    for (const each of [serial, issuingSerial])
      expect(refusal(unit.chain, { revocations: { certificates: new Set([each]) } })).toBe('channel.revoked');
  });

  it('refuses a role that is not welcome', () => {
    expect(refusal(unit.chain, { roles: ['console', 'service'] })).toBe('channel.wrong-role');
  });

  it('refuses a chain of another root, a chain that is cut, and one that a holder goes on', async () => {
    const stranger = await makeTestCa(NOW);
    const theirs = await stranger.issue('unit', 'L4-0007');
    const [leaf, issuing] = unit.chain as [Uint8Array, Uint8Array];

    expect(refusal(theirs.chain)).toBe('channel.unknown-issuer');
    expect(refusal([leaf])).toBe('channel.unknown-issuer');
    expect(refusal([])).toBe('channel.unknown-issuer');
    expect(refusal([leaf, ca.root.certificate])).toBe('channel.wrong-profile');
    expect(refusal([theirs.chain[0]!, issuing])).toBe('channel.unknown-issuer');
    expect(refusal([...unit.chain, stranger.root.certificate])).toBe('channel.unknown-issuer');
    // A unit that plays CA.
    const child = await makeIssuingCa(
      { key: unit.key, certificate: leaf },
      { name: 'x', key: theirs.key, now: NOW, days: 1 },
    );
    expect(refusal([child, leaf])).toBe('channel.unknown-issuer');
    // An issuing CA is no holder.
    expect(refusal([issuing, ca.root.certificate])).toBe('channel.wrong-profile');
  });

  it.each<[string, (x509: typeof import('@peculiar/x509')) => { omit?: string; add?: unknown[] }]>([
    [
      'another usage than its role',
      (x509) => ({
        omit: '2.5.29.37',
        add: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1'], true)],
      }),
    ],
    ['no key usage', () => ({ omit: '2.5.29.15' })],
    [
      'a key usage too many',
      (x509) => ({
        omit: '2.5.29.15',
        add: [
          new x509.KeyUsagesExtension(
            x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign,
            true,
          ),
        ],
      }),
    ],
    [
      'two names',
      (x509) => ({
        omit: '2.5.29.17',
        add: [
          new x509.SubjectAlternativeNameExtension(
            [
              { type: 'url', value: 'urn:ward:console:a' },
              { type: 'url', value: 'urn:ward:service:a' },
            ],
            true,
          ),
        ],
      }),
    ],
    [
      'a name of another kind',
      (x509) => ({
        omit: '2.5.29.17',
        add: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'urn:ward:console:a' }], true)],
      }),
    ],
    [
      'a role that there is not',
      (x509) => ({
        omit: '2.5.29.17',
        add: [new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'urn:ward:root:a' }], true)],
      }),
    ],
    [
      'an extension that is not known',
      (x509) => ({ add: [new x509.Extension('1.2.3.4', false, new Uint8Array([5, 0]))] }),
    ],
  ])('refuses a holder with %s', async (_what, change) => {
    const x509 = await loadX509();
    const { crypto, signingKey } = cryptoThatSignsWith(ca.issuing.key);
    const { omit, add = [] } = change(x509);
    const usual = [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2'], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'urn:ward:console:a' }], true),
      await x509.AuthorityKeyIdentifierExtension.create(plain(ca.issuing.key.spki)),
    ];
    const make = async (extensions: InstanceType<typeof x509.Extension>[]) => {
      const made = await x509.X509CertificateGenerator.create(
        {
          subject: 'CN=a',
          issuer: new x509.X509Certificate(plain(ca.issuing.certificate)).subject,
          notBefore: new Date(NOW - 1000),
          notAfter: new Date(NOW + DAY),
          publicKey: plain(unit.key.spki),
          signingKey,
          signingAlgorithm: ECDSA,
          extensions,
        },
        crypto,
      );
      return [new Uint8Array(made.rawData), ca.issuing.certificate];
    };

    expect(refusal(await make(usual))).toBe('accepted console:a');
    const changed = [...usual.filter(({ type }) => type !== omit), ...(add as typeof usual)];
    expect(refusal(await make(changed))).toBe('channel.wrong-profile');
  });

  it('refuses what is no certificate, is too large, or has something behind it', () => {
    const [leaf, issuing] = unit.chain as [Uint8Array, Uint8Array];
    expect(refusal([new Uint8Array([1]), issuing])).toBe('channel.malformed-certificate');
    expect(refusal([new Uint8Array(5000), issuing])).toBe('channel.malformed-certificate');
    expect(refusal([Buffer.concat([leaf, Buffer.from([0])]), issuing])).toBe('channel.malformed-certificate');
    expect(refusal([leaf, issuing, issuing, issuing])).toBe('channel.malformed-certificate');
  });

  it('refuses whichever byte of the certificate is changed', () => {
    const [leaf, issuing] = unit.chain as [Uint8Array, Uint8Array];
    for (const which of [0, 1])
      for (let at = 0; at < unit.chain[which]!.length; at++) {
        const changed = Uint8Array.from(unit.chain[which]!);
        changed[at]! ^= 1 << (at % 8);
        expect(refusal(which === 0 ? [changed, issuing] : [leaf, changed])).toMatch(/^channel\./);
      }
  });
});

describe('names', () => {
  it('are read as they were written', () => {
    expect(readPeerUri(peerUri('unit', 'L4-0007'))).toEqual({ role: 'unit', id: 'L4-0007' });
    expect(readPeerUri(peerUri('issuer', 'clinic:st-mary'))).toEqual({
      role: 'issuer',
      id: 'clinic:st-mary',
    });
    expect(() => peerUri('unit', 'clinic:st-mary')).toThrow(RangeError);
    expect(() => peerUri('issuer', 'st-mary')).toThrow(RangeError);
    for (const uri of [
      'urn:ward:unit:',
      'urn:ward:unit:a b',
      'urn:ward:Unit:a',
      'urn:ward:unit:a\n',
      'urn:other:unit:a',
    ])
      expect(readPeerUri(uri)).toBeNull();
  });
});

describe('certificateParts', () => {
  it('ends in a list or null for any bytes, and for a certificate that is cut anywhere', () => {
    const leaf = unit.chain[0]!;
    expect(certificateParts(leaf)?.spki).toEqual(new Uint8Array(unit.key.spki));
    expect(certificateParts(leaf)?.extensions.map(({ oid }) => oid)).toEqual([
      '551d13',
      '551d0f',
      '551d25',
      '551d11',
      '551d23',
    ]);
    for (let length = 0; length < leaf.length; length++)
      expect(certificateParts(leaf.subarray(0, length))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void certificateParts(bytes)),
      { numRuns: 500 },
    );
  });
});

describe('a certificate request', () => {
  const outcome = (csr: Uint8Array) =>
    readCertificateRequest(csr).then(
      ({ thumbprint }) => thumbprint,
      (error) => (isRefusal(error) ? error.code : Promise.reject(error)),
    );

  it('gives the key that signed it', async () => {
    expect(await outcome(await makeCertificateRequest(unit.key, 'L4-0007'))).toBe(unit.key.thumbprint);
  });

  it('is refused when another key signed it, or when its key is of another kind', async () => {
    const other = (await generateSoftwareKey()).key;
    const borrowed: SigningKey = { ...unit.key, sign: other.sign };
    expect(await outcome(await makeCertificateRequest(borrowed, 'L4-0007'))).toBe(
      'identity.request-not-proven',
    );

    const x509 = await loadX509();
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
    const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const weak = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=a',
      keys,
      signingAlgorithm: algorithm,
    });
    expect(await outcome(new Uint8Array(weak.rawData))).toBe('identity.request-weak-key');
  });

  it('ends in a refusal for any bytes, in bounded time', async () => {
    const csr = await makeCertificateRequest(unit.key, 'L4-0007');
    expect(await outcome(new Uint8Array(5000))).toBe('identity.request-malformed');
    // Nesting as deep as the bytes allow.
    expect(await outcome(Uint8Array.from({ length: 4000 }, (_, at) => (at % 2 ? 0x80 : 0x30)))).toBe(
      'identity.request-malformed',
    );
    // What is outside of the signed part may be spelled in another way; it never is about another key.
    for (let at = 0; at < csr.length; at++) {
      const changed = Uint8Array.from(csr);
      changed[at]! ^= 1 << (at % 8);
      const result = await outcome(changed);
      if (result !== unit.key.thumbprint) expect(result).toMatch(/^identity\.request-/);
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await outcome(bytes)).toMatch(/^identity\.request-/);
      }),
      { numRuns: 300 },
    );
    for (let length = 0; length < csr.length - 8; length += 7)
      expect(
        await outcome(Buffer.concat([csr.subarray(0, length), randomBytes(csr.length - length)])),
      ).toMatch(/^identity\.request-/);
  });
});
