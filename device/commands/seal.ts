// Patient data from end to end: compact JWE (RFC 7516), ECDH-ES with A256GCM, to a key that only the other end holds. What it belongs to (unit,
// session, place in it) stands in the protected header, so that a seal moved elsewhere does not open.
import { base64url, CompactEncrypt, type CryptoKey, compactDecrypt, importJWK, type JWK } from 'jose';
import { readShallowJson } from '../signed/json.ts';

const TYP = 'ward-sealed+jwe';
const ALG = 'ECDH-ES';
const ENC = 'A256GCM';
/** A record as FHIR is nested deeper than what goes to a unit. */
const MOST_ANSWER_DEPTH = 16;
export const MOST_SEALED_CHARACTERS = 8_192;

export interface SealedFor {
  readonly unit: string;
  readonly session: string;
  readonly sequence: number;
  readonly way: 'to-unit' | 'to-holder';
}

/** Throws when the key is not a P-256 public key. */
export async function seal(content: unknown, to: JWK, what: SealedFor): Promise<string> {
  const { kty, crv, x, y } = to;
  const key = await importJWK({ kty, crv, x, y } as JWK, ALG);
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: ALG, enc: ENC, typ: TYP, ...what })
    .encrypt(key);
}

/** What was sealed, or undefined when it was not sealed for this place, by this key, or was changed. */
export async function openSeal(sealed: string, key: CryptoKey, what: SealedFor): Promise<unknown> {
  if (sealed.split('.', 6).length !== 5 || !sealed.split('.').every(isCanonical)) return undefined;
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      // RFC 8725 §3.6: no compression.
      maxDecompressedLength: 0,
    });
    const header = protectedHeader as unknown as Record<string, unknown>;
    if (header.typ !== TYP) return undefined;
    if (Object.entries(what).some(([name, value]) => header[name] !== value)) return undefined;
    return what.way === 'to-holder'
      ? readShallowJson(plaintext, MOST_ANSWER_DEPTH)
      : readShallowJson(plaintext);
  } catch {
    return undefined;
  }
}

/** One spelling for the same bytes (RFC 4648 §3.5). */
function isCanonical(part: string): boolean {
  if (!/^[A-Za-z0-9_-]*$/.test(part)) return false;
  return part.length % 4 !== 1 && base64url.encode(base64url.decode(part)) === part;
}

/** A pair of keys for one session, at either end; the private half cannot be exported. */
export async function makeSealKey(): Promise<{ readonly publicJwk: JWK; readonly privateKey: CryptoKey }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { publicJwk: { kty, crv, x, y } as JWK, privateKey: pair.privateKey };
}
