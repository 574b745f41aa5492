// The keys under which a unit's audit log was signed: checkpoints of an earlier enrolment are still its own.

import { z } from 'zod';
import { CHECKPOINT_TYPE, type SignCheckpoint } from '../audit/checkpoint.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { PublicJwk, type SigningKey } from '../identity/key.ts';
import { signJws } from '../signed/jws.ts';

const FILE = 'audit/keys.json';
const MOST_BYTES = 64 * 1024;
const Keys = z.array(PublicJwk).max(100);

/** A key that may live in a module. */
export function checkpointSigner(key: SigningKey): SignCheckpoint {
  return (claims) =>
    signJws({ typ: CHECKPOINT_TYPE, kid: key.thumbprint }, claims, (bytes) => key.sign(bytes));
}

/** All keys, with this one among them, newest first. */
export async function keepAuditKey(disk: Disk, jwk: PublicJwk): Promise<readonly PublicJwk[]> {
  const known = await auditKeys(disk);
  if (known.some(({ x, y }) => x === jwk.x && y === jwk.y)) return known;
  const keys = [jwk, ...known];
  await disk.makeFolder('audit');
  await replaceFile(disk, FILE, new TextEncoder().encode(JSON.stringify(keys)));
  return keys;
}

/** A damaged file counts as none: older checkpoints are then told as not signed by the unit. */
export async function auditKeys(disk: Disk): Promise<readonly PublicJwk[]> {
  try {
    const bytes = await disk.read(FILE, MOST_BYTES);
    return bytes ? Keys.parse(JSON.parse(new TextDecoder().decode(bytes))) : [];
  } catch {
    return [];
  }
}
