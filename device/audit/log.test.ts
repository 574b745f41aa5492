import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { diskError } from '../disk/disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { decodeEntry } from './entry.ts';
import { auditEvent } from './event.ts';
import { AuditLog } from './log.ts';
import { openTestLog, testKeys } from './testing.ts';
import { verifyAudit } from './verify.ts';

const happened = (what: string) => auditEvent({ what, outcome: 'done' });
const whats = async (log: AuditLog) =>
  (await log.read(1, 1000)).lines.map((line) => decodeEntry(line)?.what ?? '?');

describe('an audit log', () => {
  it('gives each entry its number and is whole for a verifier with the public key', async () => {
    const disk = new SimulatedDisk();
    const { log, keys } = await openTestLog(disk);
    const places = await Promise.all(
      ['a.done', 'b.done', 'c.done'].map((what) => log.append(happened(what))),
    );
    await log.close();

    expect(places.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    const verdict = await verifyAudit(disk.peek('audit/log') as Uint8Array, keys, { unit: 'L4-0007' });
    expect(verdict).toMatchObject({ whole: true, code: null, entries: 6, signedTo: 5, unit: 'L4-0007' });
  });

  it('writes and syncs many appends of one moment together', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk);
    const before = disk.steps.length;
    await Promise.all(Array.from({ length: 100 }, () => log.append(happened('a.done'))));

    expect(disk.steps.slice(before).map(({ what }) => what.split(' ')[0])).toEqual(['write', 'sync']);
  });

  it('records a restart, and whether the run before was ended', async () => {
    const disk = new SimulatedDisk();
    await (await openTestLog(disk)).log.close();
    await openTestLog(disk);
    const { log } = await openTestLog(disk);

    const starts = (await log.read(1, 100)).lines
      .map((line) => decodeEntry(line))
      .filter((entry) => entry?.what === 'unit.started');
    expect(starts.map((entry) => entry?.detail.clean)).toEqual([null, true, false]);
    expect(starts.every((entry) => entry?.detail.verified === true)).toBe(true);
  });

  it('signs after so many entries, on demand and at its end, never twice for the same', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk, { checkpointEvery: 4 });
    for (let count = 0; count < 5; count += 1) await log.append(happened('a.done'));
    const first = await log.checkpoint();

    expect(await log.checkpoint()).toBe(first);
    expect(await whats(log)).toEqual([
      'unit.started',
      'a.done',
      'a.done',
      'a.done',
      'audit.checkpoint',
      'a.done',
      'a.done',
      'audit.checkpoint',
    ]);
  });

  it('cuts a torn tail and says how many bytes', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk);
    await log.append(happened('a.done'));
    const whole = disk.peek('audit/log') as Uint8Array;
    disk.poke('audit/log', Buffer.concat([whole, Buffer.from('000000ff {"sequence":3,')]));
    const again = await openTestLog(disk);

    const entries = (await again.log.read(3, 100)).lines.map((line) => decodeEntry(line));
    expect(entries[0]).toMatchObject({
      what: 'audit.recovered',
      sequence: 3,
      detail: { bytes: 23, after: 2 },
    });
    await again.log.close();
    const verdict = await verifyAudit(disk.peek('audit/log') as Uint8Array, again.keys);
    expect(verdict).toMatchObject({ whole: true });
    expect(verdict.reports.map(({ what }) => what)).toContain('audit.recovered');
  });

  it('knows that acknowledged entries are gone, and goes on after them', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk);
    await log.append(happened('a.done'));
    const early = disk.peek('audit/log') as Uint8Array;
    await log.append(happened('b.done'));
    await log.checkpoint();
    disk.poke('audit/log', early);
    const again = await openTestLog(disk);

    const found = (await again.log.read(1, 100)).lines.map((line) => decodeEntry(line));
    expect(found.find((entry) => entry?.what === 'audit.damaged')).toMatchObject({
      sequence: 5,
      code: 'audit.truncated',
      detail: { acknowledged: 4 },
    });
  });

  it('gives entries in parts, from any place', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk);
    for (let count = 0; count < 300; count += 1) await log.append(happened('a.done'));

    for (const from of [1, 2, 63, 64, 65, 66, 200, 302])
      expect(decodeEntry((await log.read(from, 1)).lines[0] as string)?.sequence).toBe(from);
    expect((await log.read(400, 10)).lines).toEqual([]);
    expect((await log.read(290, 5)).lines).toHaveLength(5);
  });

  it('says to whoever verified it before that it was put back', async () => {
    const disk = new SimulatedDisk();
    const { log } = await openTestLog(disk);
    await log.checkpoint();
    const copy = disk.image();
    await log.append(happened('a.done'));
    await log.checkpoint();
    const known = log.head;
    disk.putBack(copy);
    const again = (await openTestLog(disk)).log;

    expect(await again.acknowledge(known)).toBe('audit.truncated');
    for (let count = 0; count < 5; count += 1) await again.append(happened('b.done'));
    expect(await again.acknowledge(known)).toBe('audit.forked');
    expect(await again.acknowledge(again.head)).toBeNull();
  });
});

describe('a disk that is full or broken', () => {
  it('refuses with audit.unwritable, and tells afterwards how much was missed', async () => {
    const disk = new SimulatedDisk();
    const { log, keys } = await openTestLog(disk);
    disk.limit((disk.peek('audit/log') as Uint8Array).length + 100);
    const outcomes = await Promise.allSettled([
      log.append(happened('a.done')),
      log.append(happened('b.done')),
    ]);

    expect(
      outcomes.every((one) => one.status === 'rejected' && isRefusal(one.reason, 'audit.unwritable')),
    ).toBe(true);
    expect(log.writable).toBe(false);
    await expect(log.checkpoint()).rejects.toMatchObject({ code: 'audit.unwritable' });
    disk.limit(Number.POSITIVE_INFINITY);
    const { sequence } = await log.append(happened('c.done'));
    expect(log.writable).toBe(true);
    const [resumed] = (await log.read(sequence - 1, 1)).lines.map((line) => decodeEntry(line));
    expect(resumed).toMatchObject({ what: 'audit.resumed', detail: { missed: 2, reason: 'ENOSPC' } });
    await log.close();
    expect(await verifyAudit(disk.peek('audit/log') as Uint8Array, keys)).toMatchObject({ whole: true });
  });

  it('that is full at the start lets the unit start, and the start is written later', async () => {
    const disk = new SimulatedDisk();
    await (await openTestLog(disk)).log.close();
    disk.limit(1);
    const { log } = await openTestLog(disk);
    expect(log.writable).toBe(false);
    disk.limit(Number.POSITIVE_INFINITY);
    await log.append(happened('a.done'));

    expect((await whats(log)).slice(-2)).toEqual(['unit.started', 'a.done']);
  });

  it('whose sync fails holds nothing of what was refused', async () => {
    const inner = new SimulatedDisk();
    let broken = false;
    const disk = faulty(inner, () => {
      if (broken) throw diskError('EIO', 'audit/log');
    });
    const { log, keys } = await openTestLog(disk);
    broken = true;
    await expect(log.append(happened('lost.done'))).rejects.toMatchObject({ code: 'audit.unwritable' });
    broken = false;
    await log.append(happened('kept.done'));

    expect(await whats(log)).toEqual(['unit.started', 'audit.resumed', 'kept.done']);
    await log.close();
    expect(await verifyAudit(inner.peek('audit/log') as Uint8Array, keys)).toMatchObject({ whole: true });
  });

  it('that cannot be read at the start is a refusal', async () => {
    const disk = new SimulatedDisk();
    disk.open = async () => {
      throw diskError('EIO', 'audit/log');
    };
    await expect(openTestLog(disk)).rejects.toMatchObject({ code: 'audit.unwritable' });
  });

  it('has a bound of its own', async () => {
    const { log } = await openTestLog(new SimulatedDisk(), { mostBytes: 1000 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => log.append(happened('a.done'))),
    );
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

it('cuts an event that is too long and says so', async () => {
  const { log } = await openTestLog(new SimulatedDisk());
  const detail = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`key${at}`, 'é'.repeat(5000)]));
  await log.append(auditEvent({ what: 'a.done', outcome: 'done', who: 'x'.repeat(10_000), detail }));

  const [entry] = (await log.read(2, 1)).lines.map((line) => decodeEntry(line));
  expect(entry?.detail.cut).toBe(true);
  expect(entry?.who?.length).toBeLessThan(301);
});

it('does not open for keys that are not its own without saying so', async () => {
  const disk = new SimulatedDisk();
  const { log } = await openTestLog(disk);
  await log.checkpoint();
  const { keys, sign } = await testKeys();
  const again = await AuditLog.open({ disk, clock: new HandClock(), unit: 'L4-0007', boot: 'b', sign, keys });

  const codes = (await again.read(1, 100)).lines.map((line) => decodeEntry(line)?.code).filter(Boolean);
  expect(codes).toEqual(['audit.bad-signature']);
});

/** A disk on which each sync may fail. */
function faulty(inner: SimulatedDisk, atSync: () => void): Disk {
  const wrap = (file: DiskFile): DiskFile => ({
    get size() {
      return file.size;
    },
    read: (position, length) => file.read(position, length),
    write: (position, bytes) => file.write(position, bytes),
    truncate: (size) => file.truncate(size),
    sync: async () => {
      atSync();
      await file.sync();
    },
    close: () => file.close(),
  });
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'open')
        return async (...given: Parameters<Disk['open']>) => wrap(await target.open(...given));
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
