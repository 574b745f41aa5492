// A signed statement of a unit about its log: up to this sequence, this is the head. Compact JWS, ES256 (RFC 7515, RFC 7518 3.4).
import { type CryptoKey, compactVerify, type JWK, type KeyObject } from 'jose';
import { z } from 'zod';

export const CHECKPOINT_TYPE = 'ward-audit-checkpoint+jwt';
const MOST_BYTES = 4096;

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
export type CheckpointKey = CryptoKey | KeyObject | JWK;

/** The claims when one of the keys signed them as a checkpoint, otherwise null. */
export async function readCheckpoint(
  jws: string,
  keys: readonly CheckpointKey[],
): Promise<CheckpointClaims | null> {
  if (jws.length > MOST_BYTES) return null;
  for (const key of keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['ES256'] });
      if (protectedHeader.typ !== CHECKPOINT_TYPE) return null;
      const claims = CheckpointClaims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
      return claims.success ? claims.data : null;
    } catch {
      // Not this key: the next one may fit.
    }
  }
  return null;
}
