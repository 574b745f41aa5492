// AES-256-GCM as this store uses it: nonce, ciphertext and tag in one piece.
//
// Nonces are random, 96 bits (NIST SP 800-38D 8.2.2, RBG-based construction), and a key encrypts at most 2^32 times (8.3); the store
// allows far fewer (`MOST_SEALS`). A counter (8.2.1) would need state that a store put back from a copy, or a torn write, would repeat.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** Encryptions under one key: 2^20 of the 2^32 that SP 800-38D 8.3 allows. */
export const MOST_SEALS = 2 ** 20;

export const newKey = (): Uint8Array => randomBytes(32);

export function seal(key: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null when it was not sealed with this key for these associated data. */
export function unseal(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    plain.fill(0);
    return null;
  }
}
