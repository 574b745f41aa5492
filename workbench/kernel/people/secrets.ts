// Random tokens, their hashes, and sealing of what must be read again, all from the instance's one secret.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** 32 random bytes as base64url: 43 characters. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are random, so a plain hash keeps them; guessing is hopeless. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export interface Vault {
  /** AES-256-GCM; `place` is bound as additional data, so that a sealed value cannot be moved to another row. */
  seal(plain: Uint8Array, place: string): string;
  /** Throws when the value was altered, moved, or sealed with another secret. */
  open(sealed: string, place: string): Buffer;
  /** Keyed hash for short codes, which a plain hash would not protect. */
  keyedHash(text: string): string;
}

export function makeVault(secret: string): Vault {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'ward', purpose, 32));
  const sealKey = derive('second-factor');
  const hashKey = derive('backup-code');
  return {
    seal(plain, place) {
      const nonce = randomBytes(12); // NIST SP 800-38D 8.2.2: random 96 bits, far below 2^32 uses
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    },
    keyedHash: (text) => createHmac('sha256', hashKey).update(text).digest('hex'),
  };
}
