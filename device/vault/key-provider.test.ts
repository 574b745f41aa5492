import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findSoftHsm, makeToken } from '../../scripts/parts/softhsm.mjs';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { FileKeys } from './file-keys.ts';
import type { KeyProvider } from './key-provider.ts';
import { Pkcs11Keys } from './pkcs11-keys.ts';
import { newKey } from './seal.ts';
import { accessAs, admit, openTestUnit, treating } from './testing.ts';

const softHsm = await findSoftHsm();
const missing = 'missing' in softHsm ? softHsm.missing : null;
if (missing !== null) console.warn(`The tests with a PKCS#11 module are skipped. ${missing}`);

const folder = mkdtempSync(join(tmpdir(), 'ward-softhsm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const names = { token: 'ward-test', pin: '1234-5678' };
if (!('missing' in softHsm)) await makeToken(softHsm, folder, names);
let units = 0;
/** Keys of a unit of its own in the module. */
async function moduleKeys(unit = `unit-${++units}`): Promise<Pkcs11Keys> {
  if ('missing' in softHsm) throw new Error(softHsm.missing);
  return Pkcs11Keys.open({ module: softHsm.module, ...names, unit });
}

const providers: [string, boolean, () => Promise<KeyProvider>][] = [
  ['files', true, async () => new FileKeys(new SimulatedDisk())],
  ['a PKCS#11 module (SoftHSM)', missing === null, moduleKeys],
];

describe.each(providers)('keys in %s', (_name, there, make) => {
  it.skipIf(!there)('wrap for one context, and open for it only', async () => {
    const keys = await make();
    const generation = await keys.newGeneration();
    const key = newKey();
    const wrapped = await keys.wrap(generation, key, 'unit 1 p-1');

    expect(Buffer.from(await keys.unwrap(generation, wrapped, 'unit 1 p-1'))).toEqual(Buffer.from(key));
    expect(Buffer.from(wrapped).includes(Buffer.from(key))).toBe(false);
    const changed = Buffer.from(wrapped);
    changed[20] = (changed[20] as number) ^ 1;
    for (const [bytes, context] of [
      [wrapped, 'unit 1 p-2'],
      [changed, 'unit 1 p-1'],
      [wrapped.subarray(0, 20), 'unit 1 p-1'],
      [new Uint8Array(), 'unit 1 p-1'],
    ] as const)
      await expect(keys.unwrap(generation, bytes, context)).rejects.toMatchObject({
        code: 'vault.keyring-swapped',
      });
  });

  it.skipIf(!there)('open nothing any more once their generation is destroyed', async () => {
    const keys = await make();
    const first = await keys.newGeneration();
    const wrapped = await keys.wrap(first, newKey(), 'c');
    const second = await keys.newGeneration();
    await keys.destroyGeneration(first);
    await keys.destroyGeneration(first);

    expect(await keys.generations()).toEqual([second]);
    expect(second).toBeGreaterThan(first);
    await expect(keys.unwrap(first, wrapped, 'c')).rejects.toMatchObject({ code: 'vault.key-destroyed' });
    await expect(keys.unwrap(second, wrapped, 'c')).rejects.toMatchObject({ code: 'vault.keyring-swapped' });
  });
});

describe.skipIf(missing !== null)('a PKCS#11 module', () => {
  it('does not show the key that it made', async () => {
    const keys = await moduleKeys();
    const generation = await keys.newGeneration();
    // CKR_ATTRIBUTE_SENSITIVE
    expect(await keys.refusesToShow(generation)).toBe(0x11);
  });

  it('keeps a vault: restart, rotation, erasure, and a backup that opens no more', async () => {
    const disk = new SimulatedDisk();
    const keys = await moduleKeys('L4-0007');
    const first = await openTestUnit(disk, { keys });
    const kept = await admit(first.vault, 'p-kept');
    await admit(first.vault, 'p-gone');
    const backup = disk.peek('vault/keyring') as Uint8Array;
    await first.vault.rotate(accessAs('unit', 'key-rotation'));
    await first.vault.erase(accessAs('data-protection', 'erasure'), 'p-gone');
    await first.vault.close();
    keys.close();

    const again = await moduleKeys('L4-0007');
    const { vault } = await openTestUnit(disk, { keys: again });
    expect((await vault.read(treating, 'p-kept', kept)).version).toBe(1);
    expect(await again.generations()).toHaveLength(1);
    disk.poke('vault/keyring', backup);
    await expect(openTestUnit(disk, { keys: again })).rejects.toMatchObject({ code: 'vault.key-destroyed' });
  });

  it('that has no such token is a refusal', async () => {
    if ('missing' in softHsm) return;
    const asked = { module: softHsm.module, ...names, token: 'other', unit: 'u' };
    await expect(Pkcs11Keys.open(asked)).rejects.toMatchObject({ code: 'vault.key-module' });
  });
});

it('a PKCS#11 module that is not there is a refusal', async () => {
  const asked = { module: '/nowhere/module.so', ...names, unit: 'u' };
  await expect(Pkcs11Keys.open(asked)).rejects.toMatchObject({ code: 'vault.key-module' });
});
