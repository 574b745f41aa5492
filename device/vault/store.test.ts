import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { diskError } from '../disk/disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import type { Anchor } from './anchor.ts';
import { FileKeys } from './file-keys.ts';
import { decodeFrame, encodeFrame, encodeHead, frameLength, MOST_CONTENT_BYTES } from './frame.ts';
import { newKey, seal, unseal } from './seal.ts';
import { RecordStore, type StoreOptions } from './store.ts';

const bytes = (text: string) => Buffer.from(text);

const open = (disk: SimulatedDisk, more: Partial<StoreOptions> = {}) =>
  RecordStore.open({
    disk,
    unit: 'L4-0007',
    keys: new FileKeys(disk),
    clock: new HandClock(),
    anchor: null,
    ...more,
  });

describe('a store', () => {
  it('gives back each version, and a place that moves on', async () => {
    const store = await open(new SimulatedDisk());
    const first = await store.put('p-1', 'r-1', 'treatment', bytes('one'));
    const second = await store.put('p-1', 'r-1', 'treatment', bytes('two'));

    expect([first, second].map(({ sequence, version }) => [sequence, version])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect((await store.get('p-1', 'r-1', 1)).content).toEqual(bytes('one'));
    expect((await store.get('p-1', 'r-1')).content).toEqual(bytes('two'));
    expect(store.anchor).toMatchObject({ sequence: 2, head: second.head });
    await expect(store.get('p-1', 'r-2')).rejects.toMatchObject({ code: 'vault.no-such-record' });
    await expect(store.get('p-1', 'r-1', 3)).rejects.toMatchObject({ code: 'vault.no-such-record' });
  });

  it('encrypts the same content differently each time', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk);
    for (const record of ['r-1', 'r-2']) await store.put('p-1', record, 'treatment', bytes('same'));

    const data = disk.peek('vault/data') as Uint8Array;
    const length = frameLength(data) as number;
    const sealed = [data.subarray(0, length), data.subarray(length)].map(
      (frame) => decodeFrame(frame)?.sealed,
    );
    expect(sealed[0]).not.toEqual(sealed[1]);
  });

  it('refuses names that are none, and content that is too large', async () => {
    const store = await open(new SimulatedDisk());
    for (const [patient, record] of [
      ['', 'r'],
      ['#store', 'r'],
      ['__proto__', 'r'],
      ['p', 'a b'],
      ['p'.repeat(65), 'r'],
    ] as const)
      await expect(store.put(patient, record, 'treatment', bytes('x'))).rejects.toMatchObject({
        code: 'vault.malformed',
      });
    await store.put('p', 'r', 'treatment', Buffer.alloc(MOST_CONTENT_BYTES));
    await expect(
      store.put('p', 'r', 'treatment', Buffer.alloc(MOST_CONTENT_BYTES + 1)),
    ).rejects.toMatchObject({
      code: 'vault.oversized',
    });
    expect((await store.get('p', 'r')).content).toHaveLength(MOST_CONTENT_BYTES);
  });

  it('stops when a key has encrypted as often as it may, also over a restart', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk, { mostSeals: 3 });
    const put = (one: RecordStore, patient: string) => one.put(patient, 'r', 'treatment', bytes('x'));
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => put(store, 'p-1')));

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    const again = await open(disk, { mostSeals: 3 });
    await expect(put(again, 'p-1')).rejects.toMatchObject({ code: 'vault.key-used-up' });
    await put(again, 'p-2');
  });

  it('whose disk breaks refuses what it cannot do, and holds nothing of a refused write', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk);
    await store.put('p-1', 'r-1', 'treatment', bytes('one'));
    const file = await disk.open('vault/data');
    const size = file.size;
    let broken = false;
    disk.watch(({ what }) => {
      if (broken && what === 'sync vault/data') throw diskError('EIO', 'vault/data');
    });
    broken = true;
    await expect(store.put('p-1', 'r-2', 'treatment', bytes('two'))).rejects.toMatchObject({
      code: 'vault.unwritable',
    });
    expect(file.size).toBe(size);
    broken = false;
    await store.put('p-1', 'r-3', 'treatment', bytes('three'));
    const again = await open(disk);
    expect(again.list('p-1').map(({ record }) => record)).toEqual(['r-1', 'r-3']);
    disk.open = async () => {
      throw diskError('EIO', 'vault/data');
    };
    await expect(open(disk)).rejects.toMatchObject({ code: 'vault.unreadable' });
  });

  it('without an anchor still refuses a frame that was changed, and cuts one that is torn', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk);
    await store.put('p-1', 'r-1', 'treatment', bytes('one'));
    const data = disk.peek('vault/data') as Uint8Array;
    const changed = Buffer.from(data);
    changed[data.length - 1] = (changed[data.length - 1] as number) ^ 1;
    disk.poke('vault/data', changed);
    await expect(open(disk)).rejects.toMatchObject({ code: 'vault.changed' });
    disk.poke('vault/data', Buffer.concat([data, data.subarray(0, 40)]));
    expect((await open(disk)).opened).toMatchObject({ recoveredBytes: 40, frames: 1 });
  });

  it('at its anchor with another head is another store', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk);
    await store.put('p-1', 'r-1', 'treatment', bytes('one'));
    const anchor: Anchor = { ...store.anchor, head: '0'.repeat(64) };
    await expect(open(disk, { anchor })).rejects.toMatchObject({ code: 'vault.rolled-back' });
  });

  it('erases and restricts whom it knows only', async () => {
    const store = await open(new SimulatedDisk());
    await expect(store.erase('p-1')).rejects.toMatchObject({ code: 'vault.no-such-patient' });
    await expect(store.restrict('p-1', true)).rejects.toMatchObject({ code: 'vault.no-such-patient' });
  });

  it('survives rotation in the middle of reads and writes', async () => {
    const store = await open(new SimulatedDisk());
    for (const patient of ['p-1', 'p-2', 'p-3']) await store.put(patient, 'r', 'treatment', bytes(patient));
    const work = ['p-1', 'p-2', 'p-3'].flatMap((patient) => [
      store.get(patient, 'r'),
      store.put(patient, 'other', 'treatment', bytes('x')),
    ]);
    await Promise.all([store.rotate(), ...work, store.rotate()]);
    expect((await store.get('p-3', 'r')).content).toEqual(bytes('p-3'));
  });
});

describe('bytes', () => {
  it('of a frame come back, and anything else is none', () => {
    const head = { seq: 1, patient: 'p', record: 'r', version: 1, class: 'treatment' as const, at: 0 };
    const sealed = seal(newKey(), bytes('x'), bytes('a'));
    const frame = encodeFrame(newKey(), newKey(), encodeHead(head), sealed).bytes;
    expect(decodeFrame(frame)?.head).toEqual(head);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        frameLength(any);
        decodeFrame(any);
      }),
    );
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(frame);
        changed[at] = value;
        decodeFrame(changed);
      }),
    );
  });

  it('that are sealed open with their key and associated data only', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 30 }),
        fc.nat(),
        (plain, data, at) => {
          const key = newKey();
          const sealed = seal(key, plain, data);
          expect(Buffer.from(unseal(key, sealed, data) as Uint8Array)).toEqual(Buffer.from(plain));
          const changed = Buffer.from(sealed);
          const index = at % changed.length;
          changed[index] = (changed[index] as number) ^ 1;
          expect(unseal(key, changed, data)).toBeNull();
          expect(unseal(newKey(), sealed, data)).toBeNull();
          expect(unseal(key, sealed, Buffer.concat([data, bytes('x')]))).toBeNull();
        },
      ),
      { numRuns: 50 },
    );
  });

  it('in the files of a store may be anything: opening answers with a refusal or a store', async () => {
    const disk = new SimulatedDisk();
    const store = await open(disk);
    await store.put('p-1', 'r-1', 'treatment', bytes('one'));
    await store.put('p-2', 'r-1', 'treatment', bytes('two'));
    const { anchor } = store;
    const image = disk.image();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('vault/data', 'vault/keyring'),
        fc.nat(),
        fc.nat(255),
        async (path, place, value) => {
          disk.putBack(image);
          const content = Buffer.from(image.get(path) as Uint8Array);
          const at = place % content.length;
          fc.pre(content[at] !== value);
          content[at] = value;
          disk.poke(path, content);
          const outcome = await open(disk, { anchor }).catch((error) => error);
          expect(isRefusal(outcome)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (any) => {
        disk.putBack(image);
        disk.poke('vault/data', any);
        expect(isRefusal(await open(disk, { anchor }).catch((error) => error))).toBe(true);
        disk.poke('vault/keyring', any);
        expect(isRefusal(await open(disk, { anchor }).catch((error) => error))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
