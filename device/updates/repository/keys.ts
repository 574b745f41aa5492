// Keys of a repository's roles. A signer is asked, so that an offline key may be a smart card's or a module's and never be in this process.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Key } from '@tufjs/models';

export interface RoleKey {
  readonly id: string;
  readonly key: Key;
  /** Over the canonical bytes: ECDSA P-256 with SHA-256, DER. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Only the public half is here: it stands in metadata and signs nothing. */
  readonly isAbsent?: true;
}

/** A key of somebody who does not sign today. */
export function absentKey(key: Key): RoleKey {
  const sign = (): never => {
    throw new Error(`the key ${key.keyID} is not at hand`);
  };
  return { id: key.keyID, key, sign, isAbsent: true };
}

export const atHand = (keys: readonly RoleKey[]): readonly RoleKey[] =>
  keys.filter(({ isAbsent }) => !isAbsent);

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
