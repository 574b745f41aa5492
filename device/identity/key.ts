// A key that signs: P-256 with SHA-256 everywhere (TLS, JWS and hardware modules all have it). Its private half is reached only through
// `SigningKey`, so that a PKCS#11 module can stand behind it.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { promisify } from 'node:util';
import { z } from 'zod';

const Coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** RFC 7518 6.2.1. */
export const PublicJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: Coordinate,
  y: Coordinate,
});
export type PublicJwk = Readonly<z.infer<typeof PublicJwk>>;

export interface SigningKey {
  /** SubjectPublicKeyInfo, DER (RFC 5280 4.1.2.7). */
  readonly spki: Uint8Array;
  /** SHA-256 of `spki`, base64url: names the key of a channel. */
  readonly thumbprint: string;
  readonly jwk: PublicJwk;
  /** RFC 7638 thumbprint of `jwk`, base64url: names the holder of a token (`cnf.jkt`, RFC 9449 6.1). */
  readonly jkt: string;
  /** ECDSA over SHA-256 of the bytes: r and s, 32 bytes each (RFC 7518 3.4). */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** What node:tls needs to use the key: its PEM, or an engine and the key's name in it. */
  tls(): Pick<SecureContextOptions, 'key' | 'privateKeyEngine' | 'privateKeyIdentifier'>;
}

export const sha256Base64url = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('base64url');

/** The public half as JWK, or null when it is no P-256 key (wrong type, wrong curve, undecodable). */
export function p256Jwk(spki: Uint8Array): PublicJwk | null {
  try {
    return p256JwkOf(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
  } catch {
    return null;
  }
}

/** Null when it is no P-256 key. */
export function p256JwkOf(key: KeyObject): PublicJwk | null {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null;
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return kty === 'EC' && crv === 'P-256' && x && y ? { kty, crv, x, y } : null;
}

/** A P-256 public key as node:crypto has it. Throws when the point is not on the curve. */
export function publicKeyOf({ kty, crv, x, y }: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
}

/** RFC 7638 3.2: the required members in lexicographic order, without white space. */
export function jwkThumbprint({ crv, kty, x, y }: PublicJwk): string {
  return sha256Base64url(JSON.stringify({ crv, kty, x, y }));
}

/** A key in this process's memory. */
export function softwareKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const jwk = p256JwkOf(publicKey);
  if (!jwk) throw new TypeError('a signing key must be P-256');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    spki,
    thumbprint: sha256Base64url(spki),
    jwk,
    jkt: jwkThumbprint(jwk),
    sign: async (bytes) => cryptoSign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    tls: () => ({ key: privateKey.export({ format: 'pem', type: 'pkcs8' }) }),
  };
}

export async function generateSoftwareKey(): Promise<{ key: SigningKey; pkcs8: Uint8Array }> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return { key: softwareKey(privateKey), pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }) };
}

/** Throws a TypeError when the bytes are no P-256 private key (PKCS #8, DER). */
export function softwareKeyFrom(pkcs8: Uint8Array): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new TypeError('not a private key', { cause });
  }
  return softwareKey(key);
}
