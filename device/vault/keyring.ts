// The small keys, one for each patient and one for the store's MACs, each wrapped under a generation of the provider. One file, replaced whole.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type Disk, replaceFile } from '../disk/disk.ts';
import type { KeyProvider } from './key-provider.ts';
import { refuseVault } from './refusals.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const Base64 = z.string().max(400);

const Keyring = z.strictObject({
  format: z.literal(1),
  unit: z.string().max(200),
  /** One more with each replacement: an older file is known. */
  serial: z.number().int().min(1),
  generation: z.number().int().min(1),
  /** Wrapped key of the MACs. */
  store: Base64,
  patients: z.record(z.string().max(64), z.strictObject({ key: Base64, restricted: z.boolean() })),
  /** Who was erased, and when by the unit's clock. */
  erased: z.record(z.string().max(64), z.number()),
});
export type Keyring = z.infer<typeof Keyring>;

/** The MAC is over the text of the keyring as it stands in the file. */
const KeyringFile = z.strictObject({ body: z.string(), mac: Base64 });

export const contextOf = (unit: string, generation: number, owner: string) =>
  `ward-vault/1 ${unit} ${generation} ${owner}`;
/** Not a pseudonym: those begin with a letter or digit. */
export const STORE_OWNER = '#store';

const macOf = (macKey: Uint8Array, body: string) =>
  createHmac('sha256', macKey).update(`ward-vault-keyring/1 ${body}`).digest();

export async function writeKeyring(
  disk: Disk,
  path: string,
  keyring: Keyring,
  macKey: Uint8Array,
): Promise<void> {
  const body = JSON.stringify(keyring);
  const mac = macOf(macKey, body).toString('base64');
  await replaceFile(disk, path, Buffer.from(JSON.stringify({ body, mac })));
}

/**
 * The keyring and the key of the MACs, or null when there is no file. Refuses a file that was changed (`vault.keyring-changed`), of another
 * unit or wrapped by another key (`vault.keyring-swapped`), or whose generation is gone (`vault.key-destroyed`).
 */
export async function readKeyring(
  disk: Disk,
  path: string,
  unit: string,
  keys: KeyProvider,
): Promise<{ keyring: Keyring; macKey: Uint8Array } | null> {
  const bytes = await disk.read(path, MOST_BYTES);
  if (bytes === null) return null;
  const file = KeyringFile.safeParse(parse(Buffer.from(bytes).toString('utf8')));
  const read = Keyring.safeParse(file.success ? parse(file.data.body) : null);
  if (!file.success || !read.success) throw refuseVault('vault.keyring-changed', { readable: false });
  const { body, mac } = file.data;
  const keyring = read.data;
  if (keyring.unit !== unit) throw refuseVault('vault.keyring-swapped', { unit: keyring.unit });
  const wrapped = Buffer.from(keyring.store, 'base64');
  const macKey = await keys.unwrap(
    keyring.generation,
    wrapped,
    contextOf(unit, keyring.generation, STORE_OWNER),
  );
  const [said, expected] = [Buffer.from(mac), Buffer.from(macOf(macKey, body).toString('base64'))];
  if (said.length !== expected.length || !timingSafeEqual(said, expected))
    throw refuseVault('vault.keyring-changed', { serial: keyring.serial });
  return { keyring, macKey };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
