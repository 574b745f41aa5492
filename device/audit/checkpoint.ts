// A signed statement of a unit about its log: up to this sequence, this is the head. Compact JWS, ES256 (RFC 7515, RFC 7518 3.4).
import { createPublicKey, KeyObject } from 'node:crypto';
import { z } from 'zod';
import { p256JwkOf } from '../identity/key.ts';
import { openJws } from '../signed/jws.ts';

export const CHECKPOINT_TYPE = 'ward-audit-checkpoint+jwt';
const MOST_CHARACTERS = 4096;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const CheckpointClaims = z.strictObject({
  unit: z.string().min(1).max(200),
  sequence: z.number().int().min(0),
  /** SHA-256 of the entry of that sequence. */
  head: Hash,
  /** Bytes of the log file up to and with that entry. */
  size: z.number().int().min(0),
  /** Wall time of the unit in milliseconds: no proof. */
  at: z.number(),
  /** SHA-256 of the checkpoint before (its compact form); null for the first. */
  previous: Hash.nullable(),
});
export type CheckpointClaims = z.infer<typeof CheckpointClaims>;

/** Signs a checkpoint with the unit's key, wherever that key is. */
export type SignCheckpoint = (claims: CheckpointClaims) => Promise<string>;

/** A public key of the unit; one of them must have signed. */
export type CheckpointKey = KeyObject | Readonly<Partial<Record<'kty' | 'crv' | 'x' | 'y', string>>>;

/** The claims when one of the keys signed them as a checkpoint, otherwise null. */
export function readCheckpoint(jws: string, keys: readonly CheckpointKey[]): CheckpointClaims | null {
  const opened = openJws(jws, { typ: CHECKPOINT_TYPE, mostCharacters: MOST_CHARACTERS, members: ['kid'] });
  if (opened.kind !== 'unproven') return null;
  for (const key of keys) {
    const known = p256KeyOf(key);
    const proven = known && opened.prove(known);
    if (proven?.kind === 'read') return CheckpointClaims.safeParse(proven.claims).data ?? null;
  }
  return null;
}

/** Null when it is none: then it has signed nothing. */
function p256KeyOf(key: CheckpointKey): KeyObject | null {
  try {
    const known = key instanceof KeyObject ? key : createPublicKey({ key: { ...key }, format: 'jwk' });
    return p256JwkOf(known) && known;
  } catch {
    return null;
  }
}
