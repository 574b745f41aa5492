// A damaged file of the vault: whatever byte was hit, each record is read as it was written or named as damaged; never another content, never silently gone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import type { Anchor } from './anchor.ts';
import { FileKeys } from './file-keys.ts';
import { frameLength } from './frame.ts';
import type { RecordName } from './salvage.ts';
import { RecordStore } from './store.ts';
import { accessAs, admit, openTestUnit, person, treating, treatment } from './testing.ts';
import { Vault } from './vault.ts';

const DATA = 'vault/data';

interface Kept extends RecordName {
  readonly content: string;
  readonly version: number;
}

/** Two patients, a corrected record, one who was erased; what was acknowledged of them, by number. */
async function scene() {
  const disk = new SimulatedDisk();
  const kept = new Map<number, Kept>();
  const open = (anchor: Anchor | null) =>
    RecordStore.open({
      ...{ disk, unit: 'L4-0007', keys: new FileKeys(disk), clock: new HandClock(), anchor },
      names: async () => kept,
    });
  const put = async (store: RecordStore, patient: string, record: string, content: string) => {
    const { sequence, version } = await store.put(patient, record, 'treatment', Buffer.from(content));
    kept.set(sequence, { patient, record, version, content });
  };
  const store = await open(null);
  await put(store, 'p-ada', 'r-1', 'Ada once');
  await put(store, 'p-gone', 'r-2', 'Gone');
  await put(store, 'p-bob', 'r-3', 'Bob');
  await put(store, 'p-ada', 'r-1', 'Ada corrected');
  await put(store, 'p-bob', 'r-4', 'Bob again');
  await store.erase('p-gone');
  const { anchor } = store;
  await store.close();
  return { disk, kept, open, put, anchor, image: disk.image() };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** In words what is wrong with what a store gives; empty when every record is as it was or named. */
async function wrongs(store: RecordStore, { kept }: Scene): Promise<string[]> {
  const wrong: string[] = [];
  const damaged = new Set(store.damaged.map(({ seq }) => seq));
  for (const [seq, { patient, record, version, content }] of kept) {
    const read = await store.get(patient, record, version).then(
      (found) => Buffer.from(found.content).toString(),
      (error) => (isRefusal(error) ? error : Promise.reject(error)),
    );
    if (patient === 'p-gone') {
      if (typeof read === 'string') wrong.push('the erased reads');
    } else if (typeof read === 'string') {
      if (read !== content) wrong.push(`${seq} reads "${read}"`);
      if (damaged.has(seq)) wrong.push(`${seq} is whole and named`);
    } else if (!damaged.has(seq)) wrong.push(`${seq} is gone silently: ${read.code}`);
    // The newest one is the newest one, or none.
    const newest = [...kept.values()]
      .filter((one) => one.patient === patient && one.record === record)
      .at(-1);
    const now = await store.get(patient, record).catch(() => null);
    if (now && Buffer.from(now.content).toString() !== newest?.content)
      wrong.push(`an older ${record} is the newest`);
  }
  for (const { seq, name } of store.damaged)
    if (name === null || name.patient !== kept.get(seq)?.patient) wrong.push(`${seq} has no name`);
  return wrong;
}

/** Opens what is on the disk, looks, writes on, and looks again after another start. */
async function lookTwice(at: Scene): Promise<string[]> {
  const store = await at.open(at.anchor);
  const wrong = await wrongs(store, at);
  const named = store.damaged.map(({ seq }) => seq);
  const before = new Map(at.kept);
  await at.put(store, 'p-ada', 'r-1', 'Ada after the damage');
  await at.put(store, 'p-new', 'r-9', 'New');
  wrong.push(...(await wrongs(store, at)).map((one) => `written on: ${one}`));
  const { anchor } = store;
  await store.close();
  const again = await at.open(anchor);
  wrong.push(...(await wrongs(again, at)).map((one) => `started again: ${one}`));
  if (JSON.stringify(again.damaged.map(({ seq }) => seq)) !== JSON.stringify(named))
    wrong.push(`named ${named} and then ${again.damaged.map(({ seq }) => seq)}`);
  await again.close();
  at.kept.clear();
  for (const [seq, one] of before) at.kept.set(seq, one);
  return wrong;
}

describe('a damaged file of records', () => {
  it('with any one byte changed gives every record as it was, or names it', {
    timeout: 120_000,
  }, async () => {
    const at = await scene();
    const data = at.image.get(DATA) as Uint8Array;
    const found: string[] = [];
    let damaged = 0;
    for (let place = 0; place < data.length; place += 1) {
      at.disk.putBack(at.image);
      const changed = Buffer.from(data);
      changed[place] = (changed[place] as number) ^ (1 << (place % 8));
      at.disk.poke(DATA, changed);
      const store = await at.open(at.anchor);
      damaged += store.damaged.length > 0 ? 1 : 0;
      // At most the one frame that was hit.
      if (store.damaged.length > 1) found.push(`${place}: ${store.damaged.length} damaged`);
      await store.close();
      at.disk.putBack(at.image);
      at.disk.poke(DATA, changed);
      found.push(...(await lookTwice(at)).map((one) => `byte ${place}: ${one}`));
    }
    expect(found.slice(0, 5)).toEqual([]);
    expect(damaged).toBeGreaterThan(data.length / 2);
  });

  it('with pieces cut out, moved, doubled, zeroed or cut off gives every record as it was, or names it', {
    timeout: 120_000,
  }, async () => {
    const at = await scene();
    const data = Buffer.from(at.image.get(DATA) as Uint8Array);
    const piece = fc
      .tuple(fc.nat(data.length), fc.nat(data.length))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const change = fc.record({
      how: fc.constantFrom('cut out', 'moved', 'doubled', 'zeroed', 'cut off'),
      piece,
      to: fc.nat(data.length),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let bytes: Buffer = data;
        for (const {
          how,
          piece: [from, until],
          to,
        } of changes) {
          const part = bytes.subarray(from, until);
          const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(until)]);
          if (how === 'cut out') bytes = rest;
          if (how === 'moved') bytes = Buffer.concat([rest.subarray(0, to), part, rest.subarray(to)]);
          if (how === 'doubled') bytes = Buffer.concat([bytes.subarray(0, to), part, bytes.subarray(to)]);
          if (how === 'zeroed')
            bytes = Buffer.concat([
              bytes.subarray(0, from),
              Buffer.alloc(part.length),
              bytes.subarray(until),
            ]);
          if (how === 'cut off') bytes = bytes.subarray(0, to);
        }
        at.disk.putBack(at.image);
        at.disk.poke(DATA, bytes);
        expect(await lookTwice(at)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('with a frame in the middle broken does not lose the frames after it', async () => {
    const at = await scene();
    const data = Buffer.from(at.image.get(DATA) as Uint8Array);
    const first = frameLength(data) as number;
    data.fill(0xff, first + 8, first + 60);
    at.disk.putBack(at.image);
    at.disk.poke(DATA, data);
    const store = await at.open(at.anchor);
    // It was of the patient who is erased: nothing of anybody is damaged.
    expect(store.damaged).toEqual([]);
    expect(Buffer.from((await store.get('p-bob', 'r-4')).content).toString()).toBe('Bob again');
    expect(store.opened.fault).not.toBeNull();
  });

  it('whose keys are changed is not opened at all', { timeout: 120_000 }, async () => {
    const at = await scene();
    const keyring = at.image.get('vault/keyring') as Uint8Array;
    await fc.assert(
      fc.asyncProperty(fc.nat(keyring.length - 1), fc.integer({ min: 1, max: 255 }), async (place, bits) => {
        at.disk.putBack(at.image);
        const changed = Buffer.from(keyring);
        changed[place] = (changed[place] as number) ^ bits;
        at.disk.poke('vault/keyring', changed);
        expect(isRefusal(await at.open(at.anchor).catch((error) => error))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a vault with damaged records', () => {
  async function damagedUnit() {
    const disk = new SimulatedDisk();
    const unit = await openTestUnit(disk);
    const ofAda = await admit(unit.vault, 'p-ada');
    const ofBob = await admit(unit.vault, 'p-bob');
    await unit.vault.close();
    await unit.log.close();
    const data = Buffer.from(disk.peek(DATA) as Uint8Array);
    const first = frameLength(data) as number;
    // Ada's treatment: the second frame.
    data[first + 150] = (data[first + 150] as number) ^ 1;
    disk.poke(DATA, data);
    return { ...(await openTestUnit(disk)), ofAda, ofBob };
  }
  const remote = { channel: 'remote' } as const;

  it('opens, names them in the audit log without content, and says what is wrong', async () => {
    const { vault, events, ofAda } = await damagedUnit();
    expect(vault.health).toEqual({ state: 'damaged', damagedRecords: 1, code: 'vault.changed' });
    expect((await events()).filter(({ what }) => what.startsWith('vault.damage'))).toMatchObject([
      {
        what: 'vault.damaged',
        outcome: 'failed',
        on: 'patient:p-ada',
        detail: { record: ofAda, version: 1 },
      },
      { what: 'vault.damage-found', code: 'vault.changed', detail: { records: 1 } },
    ]);
  });

  it('gives nothing of that patient out to the network, and everything of the others', async () => {
    const { vault, ofAda, ofBob } = await damagedUnit();
    const emergency = accessAs('clinician', 'break-glass', {
      ...remote,
      reason: 'Unconscious after a fall, alone',
    });
    for (const job of [
      () => vault.read({ ...treating, ...remote }, 'p-ada', 'patient'),
      () => vault.list({ ...treating, ...remote }, 'p-ada'),
      () => vault.openInEmergency(emergency, 'p-ada', 5),
      () => vault.exportPatient(accessAs('data-protection', 'access-request', remote), 'p-ada'),
    ])
      await expect(job()).rejects.toMatchObject({ code: 'vault.damaged' });
    expect((await vault.read({ ...treating, ...remote }, 'p-bob', ofBob)).fields).toMatchObject({
      note: 'of p-bob',
    });
    // At the device the rest of Ada's is seen, and the damaged one is called that.
    expect((await vault.read(treating, 'p-ada', 'patient')).fields).toMatchObject({ family: 'Sample' });
    await expect(vault.read(treating, 'p-ada', ofAda)).rejects.toMatchObject({ code: 'vault.changed' });
  });

  it('goes on keeping records, of that patient too', async () => {
    const { vault } = await damagedUnit();
    expect(() => vault.demandWritable(treating, 'p-ada')).not.toThrow();
    const { record } = await vault.write(treating, 'p-ada', treatment({ note: 'after' }));
    expect((await vault.read(treating, 'p-ada', record)).fields).toMatchObject({ note: 'after' });
    await vault.write(treating, 'p-ada', person());
  });

  it('whose store cannot be opened refuses everything as the opening was refused', async () => {
    const { log, events } = await openTestUnit(new SimulatedDisk());
    const disk = new SimulatedDisk();
    const unit = await openTestUnit(disk);
    await admit(unit.vault, 'p-ada');
    await unit.vault.close();
    disk.poke('vault/keyring', null);
    const refusal = await openTestUnit(disk).catch((error) => error);
    expect(isRefusal(refusal, 'vault.keyring-missing')).toBe(true);
    const kept = { audit: log, unit: 'L4-0007', clock: new HandClock(), newId: () => 'r' };
    const vault = Vault.closed(refusal, kept);

    expect(vault.health).toEqual({ state: 'closed', damagedRecords: 0, code: 'vault.keyring-missing' });
    expect(() => vault.demandWritable(treating, 'p-ada')).toThrow('vault.keyring-missing');
    await expect(vault.read(treating, 'p-ada', 'patient')).rejects.toThrow('vault.keyring-missing');
    await expect(vault.write(treating, 'p-ada', treatment())).rejects.toThrow('vault.keyring-missing');
    expect((await events()).filter(({ code }) => code === 'vault.keyring-missing')).toHaveLength(2);
    await vault.close();
  });
});
