// Keys of a repository's roles. A signer is asked, so that an offline key may be a smart card's or a module's and never be in this process.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Key } from '@tufjs/models';

export interface RoleKey {
  readonly id: string;
  readonly key: Key;
  /** Over the canonical bytes: ECDSA P-256 with SHA-256, DER. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const KIND = { keyType: 'ecdsa', scheme: 'ecdsa-sha2-nistp256' } as const;

/** The public half as TUF writes it; its id is the SHA-256 of its canonical JSON (TUF 4.2). */
export function publicRoleKey(key: KeyObject): Key {
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const canonical = `{"keytype":"${KIND.keyType}","keyval":{"public":"${pem}"},"scheme":"${KIND.scheme}"}`;
  const keyID = createHash('sha256').update(canonical).digest('hex');
  return new Key({ keyID, ...KIND, keyVal: { public: pem } });
}

export function roleKey(privateKey: KeyObject): RoleKey {
  const key = publicRoleKey(privateKey);
  return { id: key.keyID, key, sign: (bytes) => sign('sha256', bytes, privateKey) };
}

export function newRoleKey(): RoleKey {
  return roleKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}
