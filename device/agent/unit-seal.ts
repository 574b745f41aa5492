// The key that seals the updater's own files, made by the factory. A device with a secure element keeps it there.
import { randomBytes } from 'node:crypto';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { hmacSeal, type Seal } from '../updates/seal.ts';

const FILE = 'factory/seal.key';
const BYTES = 32;

/** Throws when there is none: a key made anew would disown the boot record. */
export async function unitSeal(disk: Disk): Promise<Seal> {
  const key = await disk.read(FILE, BYTES);
  if (key?.length !== BYTES)
    throw new Error(`${FILE} is missing or damaged: the unit goes back to the factory`);
  return hmacSeal(key);
}

/** At the factory. */
export async function makeUnitSeal(disk: Disk): Promise<Seal> {
  const key = randomBytes(BYTES);
  await disk.makeFolder('factory');
  await replaceFile(disk, FILE, key);
  return hmacSeal(key);
}
