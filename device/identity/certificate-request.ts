// A certificate request (PKCS #10, RFC 2986): made from a key that may live in a module, and read as something that a stranger wrote.
import { isRefusal } from '../refusal.ts';
import { isWholeDer } from './der.ts';
import { p256Jwk, type SigningKey, sha256Base64url } from './key.ts';
import { refuseIdentity } from './refusals.ts';
import { ASN1_LIMITS, cryptoThatSignsWith, ECDSA, loadX509, plain } from './x509.ts';

/** A request for a P-256 key has about 200 bytes. */
export const MOST_REQUEST_BYTES = 4096;

/** Resolves to DER. The subject is for people: the issuer decides the role and id. */
export async function makeCertificateRequest(key: SigningKey, name: string): Promise<Uint8Array> {
  const { Pkcs10CertificateRequestGenerator } = await loadX509();
  const { crypto, signingKey } = cryptoThatSignsWith(key);
  const publicKey = await globalThis.crypto.subtle.importKey('spki', plain(key.spki), ECDSA, true, [
    'verify',
  ]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: [{ CN: [name] }], keys: { privateKey: signingKey, publicKey }, signingAlgorithm: ECDSA },
    crypto,
  );
  return new Uint8Array(request.rawData);
}

/**
 * The key of a request whose signature by that key holds. Attributes and subject are ignored.
 * Refuses `identity.request-malformed`, `identity.request-weak-key` (not P-256), `identity.request-not-proven`.
 */
export async function readCertificateRequest(
  der: Uint8Array,
): Promise<{ spki: Uint8Array; thumbprint: string }> {
  if (der.length > MOST_REQUEST_BYTES || !isWholeDer(der))
    throw refuseIdentity('identity.request-malformed', { bytes: der.length });
  const { Pkcs10CertificateRequest } = await loadX509();
  let spki: Uint8Array;
  let proven: boolean;
  try {
    const request = new Pkcs10CertificateRequest(plain(der), ASN1_LIMITS);
    spki = new Uint8Array(request.publicKey.rawData);
    if (!p256Jwk(spki)) throw refuseIdentity('identity.request-weak-key');
    proven = await request.verify();
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw refuseIdentity('identity.request-malformed', {}, error);
  }
  if (!proven) throw refuseIdentity('identity.request-not-proven');
  return { spki, thumbprint: sha256Base64url(spki) };
}
