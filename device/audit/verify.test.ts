import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import type { CheckpointKey } from './checkpoint.ts';
import { decodeEntry, frame, type Head, hashOf, unframe } from './entry.ts';
import { auditEvent } from './event.ts';
import { openTestLog, testKeys } from './testing.ts';
import { type AuditBatch, nothingKnown, verifyAudit, verifyBatch } from './verify.ts';

/** A log of 1 start, 8 events, a checkpoint over them, 3 events more, and a checkpoint of all. */
let lines: readonly string[];
let batch: AuditBatch;
let keys: readonly CheckpointKey[];
const at = (sequence: number) => lines[sequence - 1] as string;
const head = (sequence: number): Head => ({ sequence, hash: hashOf(at(sequence)) });
const bytesOf = (some: readonly string[]) => Buffer.concat(some.map((line) => frame(line)));

beforeAll(async () => {
  const opened = await openTestLog(new SimulatedDisk());
  keys = opened.keys;
  const add = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, number) =>
        opened.log.append(auditEvent({ what: 'a.done', outcome: 'done', detail: { number } })),
      ),
    );
  await add(8);
  await opened.log.checkpoint();
  await add(3);
  await opened.log.checkpoint();
  batch = await opened.log.read(1, 100);
  lines = batch.lines;
});

/** Writes the chain anew from a line on, as somebody without the unit's key can. */
function rechain(some: readonly string[], from: number): string[] {
  const out = some.slice(0, from);
  for (const line of some.slice(from)) {
    const entry = JSON.parse(line);
    const before = out.at(-1);
    out.push(JSON.stringify({ ...entry, before: before === undefined ? entry.before : hashOf(before) }));
  }
  return out;
}

describe('a log that is verified off the device', () => {
  it('is whole as it was written, as bytes and as lines', async () => {
    for (const log of [lines, bytesOf(lines)])
      expect(await verifyAudit(log, keys)).toMatchObject({
        whole: true,
        unit: 'L4-0007',
        entries: 14,
        signedTo: 13,
        head: head(14),
      });
  });

  const without = (...gone: number[]) => lines.filter((_, index) => !gone.includes(index + 1));
  const changed = (sequence: number) =>
    lines.map((line, index) => (index + 1 === sequence ? line.replace('a.done', 'b.done') : line));
  const swapped = () => [...lines.slice(0, 3), at(5), at(4), ...lines.slice(5)];
  const cases: [string, string, () => readonly string[] | Uint8Array, number | null][] = [
    ['one entry is taken out', 'audit.deleted', () => without(4), 4],
    ['several entries are taken out', 'audit.deleted', () => without(4, 5, 6), 4],
    ['the beginning is taken out', 'audit.deleted', () => lines.slice(3), 1],
    ['an entry is changed', 'audit.changed', () => changed(4), 4],
    ['an entry is changed and the chain made to fit', 'audit.forked', () => rechain(changed(4), 4), 10],
    ['two entries change places', 'audit.reordered', swapped, 5],
    ['an entry stands there twice', 'audit.reordered', () => [...lines.slice(0, 4), ...lines.slice(3)], 4],
    [
      'an entry has a second version',
      'audit.forked',
      () => [...lines.slice(0, 4), ...changed(4).slice(3)],
      4,
    ],
    ['numbers skip in a chain that holds', 'audit.gap', () => renumbered(), 5],
    ['a line is no JSON', 'audit.malformed', () => [...lines.slice(0, 3), '{', ...lines.slice(3)], 4],
    ['its last line is torn', 'audit.torn', () => bytesOf(lines).subarray(0, -5), 14],
    ['a frame says another length', 'audit.malformed', () => badFrame(), null],
  ];
  const renumbered = () => {
    const later = lines.slice(4).map((line) => {
      const entry = JSON.parse(line);
      return JSON.stringify({ ...entry, sequence: entry.sequence + 10 });
    });
    return rechain([...lines.slice(0, 4), ...later], 4);
  };
  const badFrame = () => {
    const bytes = Buffer.from(bytesOf(lines));
    bytes.write('ffffffff', 0);
    return bytes;
  };
  it.each(cases)('%s: %s', async (_name, code, log, sequence) => {
    const verdict = await verifyAudit(log(), keys, { unit: 'L4-0007' });

    expect(verdict.whole).toBe(false);
    expect(verdict.code).toBe(code);
    if (sequence !== null) expect(verdict.findings[0]?.sequence).toBe(sequence);
  });

  it('ends too early for a checkpoint or a head from elsewhere', async () => {
    const cut = lines.slice(0, 11);
    expect(await verifyAudit(cut, keys)).toMatchObject({ whole: true });
    expect(await verifyAudit(cut, keys, { checkpoint: batch.checkpoint })).toMatchObject({
      code: 'audit.truncated',
    });
    expect(await verifyAudit(cut, keys, { earlier: [head(12)] })).toMatchObject({ code: 'audit.truncated' });
    expect(await verifyAudit(cut, keys, { earlier: [head(11)] })).toMatchObject({ whole: true });
  });

  it('tells another story than a head that was verified before', async () => {
    const earlier = [{ sequence: 12, hash: '0'.repeat(64) }];
    expect(await verifyAudit(lines, keys, { earlier })).toMatchObject({ code: 'audit.forked' });
  });

  it('is of another unit', async () => {
    const other = rechain(
      [
        at(1)
          .replace(/"before":"./, '"before":"x')
          .replace('"x', '"0'),
        ...lines.slice(1),
      ],
      1,
    );
    expect((await verifyAudit(['{', ...other], keys)).findings.map(({ code }) => code)).toContain(
      'audit.wrong-unit',
    );
    expect((await verifyAudit(lines, keys, { unit: 'L4-0008' })).code).toBe('audit.wrong-unit');
  });

  it('is signed by another key, or by none', async () => {
    const other = await testKeys();
    const all = await verifyAudit(lines, other.keys);
    expect(all.code).toBe('audit.bad-signature');
    expect(await verifyAudit(lines.slice(0, 5), keys)).toMatchObject({
      whole: false,
      code: 'audit.unsigned',
    });
  });

  it('may be anything: the verifier always answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        expect((await verifyAudit(bytes, keys)).whole).toBe(false);
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(255), async (place, value) => {
        const bytes = Buffer.from(bytesOf(lines));
        const index = place % bytes.length;
        fc.pre(bytes[index] !== value);
        bytes[index] = value;
        // Every changed byte is found: the last checkpoint signs all but itself, and itself is signed or framed.
        const verdict = await verifyAudit(bytes, keys, { unit: 'L4-0007', earlier: [head(14)] });
        expect(verdict.whole).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('has entries that are what they were written as', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const json = unframe(bytes);
        if (json !== null) decodeEntry(json);
      }),
    );
    for (const line of lines) expect(unframe(frame(line).subarray(0, -1))).toBe(line);
  });
});

describe('batches of a log', () => {
  const part = (from: number, to: number): AuditBatch => ({ ...batch, lines: lines.slice(from - 1, to) });

  it('continue each other, and the newest checkpoint signs as soon as it is reached', async () => {
    let known = nothingKnown('L4-0007');
    const signed: number[] = [];
    for (const [from, to] of [
      [1, 5],
      [6, 11],
      [12, 14],
      [15, 20],
    ] as const) {
      const verdict = await verifyBatch(part(from, to), known, keys);
      expect(verdict.findings).toEqual([]);
      known = verdict.known;
      signed.push(known.signedTo);
    }
    expect(signed).toEqual([0, 9, 13, 13]);
    expect(known.head).toEqual(head(14));
  });

  it.each<[string, string, (known: AuditBatch) => AuditBatch]>([
    ['of another unit', 'audit.wrong-unit', (good) => ({ ...good, unit: 'L4-0008' })],
    ['that begins too late', 'audit.deleted', (good) => ({ ...good, lines: good.lines.slice(1) })],
    [
      'of a log that ends before what is known',
      'audit.truncated',
      (good) => ({ ...good, lines: [], last: head(3) }),
    ],
    ['without the checkpoints that were there', 'audit.truncated', (good) => ({ ...good, checkpoint: null })],
    ['with too many lines', 'audit.oversized', (good) => ({ ...good, lines: Array(10_001).fill(at(12)) })],
    [
      'with a checkpoint that nobody signed',
      'audit.bad-signature',
      (good) => ({ ...good, checkpoint: 'a.b.c' }),
    ],
    [
      'with an older checkpoint',
      'audit.truncated',
      (good) => ({ ...good, checkpoint: JSON.parse(at(10)).detail.checkpoint, lines: [], last: head(11) }),
    ],
  ])('%s: %s', async (_name, code, spoil) => {
    const known = { unit: 'L4-0007', head: head(11), signedTo: 10 };
    const verdict = await verifyBatch(spoil(part(12, 14)), known, keys);

    expect(verdict.code).toBe(code);
    expect(verdict.known).toBe(known);
  });

  it('of a fork do not continue what is known', async () => {
    const known = { unit: 'L4-0007', head: { sequence: 11, hash: '0'.repeat(64) }, signedTo: 9 };
    expect((await verifyBatch(part(12, 14), known, keys)).code).toBe('audit.forked');
    const same = { unit: 'L4-0007', head: { sequence: 14, hash: '0'.repeat(64) }, signedTo: 9 };
    expect((await verifyBatch(part(15, 20), same, keys)).code).toBe('audit.forked');
  });
});
