// A seal over the updater's own files, by a key of the unit: a hand that writes to the disk cannot make a record that the unit takes for
// its own. It says nothing of age: an old record put back is caught by the anti-rollback counter, which is why that is an interface.
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Seal {
  /** 32 bytes that only this unit makes of these. */
  of(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** HMAC-SHA-256 by a key of 32 bytes or more that the unit keeps (file, TPM-sealed, PKCS#11). */
export function hmacSeal(key: Uint8Array): Seal {
  if (key.length < 32) throw new Error('a seal needs a key of 32 bytes');
  return { of: (bytes) => createHmac('sha256', key).update(bytes).digest() };
}

/** `HEX\n` and the content. The name of the file is sealed with it, so that one sealed file is not taken for another. */
export async function sealed(seal: Seal, name: string, content: unknown): Promise<Uint8Array> {
  const text = JSON.stringify(content);
  const mark = await seal.of(Buffer.from(`${name}\n${text}`));
  return Buffer.from(`${Buffer.from(mark).toString('hex')}\n${text}`);
}

/** The content, or undefined when the seal is not this unit's. Never throws for what stands in the file. */
export async function unsealed(seal: Seal, name: string, bytes: Uint8Array): Promise<unknown> {
  const text = Buffer.from(bytes).toString();
  const cut = text.indexOf('\n');
  if (cut !== 64) return undefined;
  const content = text.slice(cut + 1);
  const mark = Buffer.from(await seal.of(Buffer.from(`${name}\n${content}`)));
  const found = Buffer.from(text.slice(0, cut), 'hex');
  if (found.length !== mark.length || !timingSafeEqual(found, mark)) return undefined;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
