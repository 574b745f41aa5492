// How passwords are kept: scrypt with its parameters beside the hash, so that they can grow later.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

// OWASP Password Storage Cheat Sheet, scrypt: N=2^14, r=8, p=5 (read 2026-11). The set with the least memory, 16 MiB,
// because every attempt of a stranger costs it.
const CURRENT: ScryptCost = { logN: 14, r: 8, p: 5 };
const KEY_BYTES = 64;

export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Gives `scrypt$logN$r$p$salt$key`. Costs about 0.1 s of one core by intention; tests make cheap ones. */
export async function hashPassword(password: string, cost: ScryptCost = CURRENT): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  const { logN, r, p } = cost;
  return ['scrypt', logN, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

/**
 * True when the password belongs to the hash. With null, for an account that does not exist or has no password, it
 * works as long and says no, so that the time of the answer tells a stranger nothing.
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const parts = /^scrypt\$(1[0-9]|20)\$(\d{1,2})\$(\d{1,2})\$([\w+/=]{16,64})\$([\w+/=]{64,128})$/.exec(
    hash ?? '',
  );
  if (!parts) {
    await derive(password, randomBytes(16), CURRENT);
    return false;
  }
  const [, logN, r, p, salt, key] = parts;
  const found = await derive(password, Buffer.from(salt as string, 'base64'), {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
  });
  const wanted = Buffer.from(key as string, 'base64');
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function derive(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    // NIST SP 800-63B 3.1.1.2: one form of Unicode, so that another keyboard gives the same bytes.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
