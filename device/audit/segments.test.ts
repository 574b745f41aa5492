import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { rememberAnchor } from '../vault/anchor.ts';
import { rememberClosing } from './closing.ts';
import { decodeEntry } from './entry.ts';
import { auditEvent } from './event.ts';
import type { AuditLog, AuditLogOptions } from './log.ts';
import { openTestLog, wholeLog } from './testing.ts';
import { verifyAudit } from './verify.ts';

const DAY = 86_400_000;
const SMALL = { segmentBytes: 2_000, keepMs: 30 * DAY } as const;
const closedOn = (disk: SimulatedDisk) => disk.paths().filter((path) => path.startsWith('audit/log-'));

async function write(log: AuditLog, entries: number): Promise<void> {
  for (let at = 0; at < entries; at += 1) {
    await log.append(auditEvent({ what: 'a.done', outcome: 'done', on: `${log.head.sequence + 1}` }));
    if (at % 5 === 4) await log.checkpoint();
  }
}
async function unit(options: Partial<AuditLogOptions> = {}) {
  const disk = new SimulatedDisk();
  const clock = new HandClock();
  const { log, keys } = await openTestLog(disk, { ...SMALL, clock, ...options });
  await write(log, 60);
  const again = async (more: Partial<AuditLogOptions> = {}) =>
    (await openTestLog(disk, { ...SMALL, clock, ...options, ...more })).log;
  return { disk, clock, log, keys, again };
}
const entriesOf = async (log: AuditLog, from = 1) =>
  (await log.read(from, 10_000)).lines.flatMap((line) => decodeEntry(line) ?? []);
const damages = async (log: AuditLog) =>
  (await entriesOf(log)).filter(({ what }) => what === 'audit.damaged').map(({ code }) => code);

describe('a log in segments', () => {
  it('is one chain, whole for a verifier who has them all', async () => {
    const { disk, log, keys } = await unit();
    await log.close();

    expect(closedOn(disk).length).toBeGreaterThan(5);
    const verdict = await verifyAudit(wholeLog(disk), keys, { unit: 'L4-0007' });
    expect(verdict).toMatchObject({ whole: true, findings: [], entries: log.head.sequence });
    expect(verdict.signedTo).toBe(log.head.sequence - 1);
  });

  it('is read from any place, over the edges of its files', async () => {
    const { log } = await unit();
    for (const from of [1, 7, 20, log.head.sequence])
      expect((await entriesOf(log, from)).map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: log.head.sequence - from + 1 }, (_, at) => from + at),
      );
    expect((await log.read(9, 3)).lines).toHaveLength(3);
  });

  it('goes on after a restart, which reads the newest file and the edges of the others', async () => {
    const { disk, log, again } = await unit({ segmentBytes: 100_000 });
    await write(log, 1500);
    await log.close();
    const closed = closedOn(disk);
    expect(closed.length).toBeGreaterThan(3);
    let read = 0;
    const open = disk.open.bind(disk);
    disk.open = async (path, options) => {
      const file = await open(path, options);
      const slow = file.read.bind(file);
      file.read = async (position, length) => {
        const bytes = await slow(position, length);
        read += bytes.length;
        return bytes;
      };
      return file;
    };
    const next = await again();

    const size = (path: string) => disk.peek(path)?.length ?? 0;
    expect(read).toBeLessThan(2 * size('audit/log') + closed.length * 50_000);
    disk.open = open;
    expect(next.head.sequence).toBe(log.head.sequence + 1);
    expect(await damages(next)).toEqual([]);
    const started = (await entriesOf(next)).at(-1);
    expect(started).toMatchObject({ what: 'unit.started', detail: { clean: true, verified: true } });
  });

  it('carries what a part has to find into each file', async () => {
    const before = rememberAnchor();
    const { log, again } = await unit(before);
    const detail = { sequence: 7, head: 'ab', keyring: 2 };
    await log.append(auditEvent({ what: 'vault.written', outcome: 'done', detail }));
    await write(log, 60);
    await log.close();
    const after = rememberAnchor();
    await again(after);

    expect(after.anchor()).toEqual(detail);
  });

  it('carries which break was closed last, without closing it again', async () => {
    const before = rememberClosing();
    const { disk, log, again } = await unit(before);
    const detail = { break: 2, statement: 'a'.repeat(64) };
    await log.append(auditEvent({ what: 'audit.closed', outcome: 'done', detail }));
    await write(log, 60);
    await log.close();
    const after = rememberClosing();
    const next = await again(after);

    expect(Buffer.from(disk.peek('audit/log') ?? []).toString()).not.toContain('"what":"audit.closed"');
    expect(after.newest()).toEqual({ number: 2, statement: 'a'.repeat(64) });
    expect((await entriesOf(next)).filter(({ what }) => what === 'audit.closed')).toHaveLength(1);
  });

  it('keeps what nobody verified elsewhere, and what is not old', async () => {
    const { disk, clock, log } = await unit();
    const all = closedOn(disk).length;
    clock.advance(31 * DAY);
    await log.acknowledge({ sequence: 0, hash: 'no' });
    expect(closedOn(disk).length).toBe(all);
    const { disk: fresh, log: young } = await unit();
    await young.acknowledge(young.head);
    expect(closedOn(fresh).length).toBe(all);
  });

  it('removes what was verified elsewhere and is old; the rest is whole, and says where it begins', async () => {
    const { disk, clock, log, keys, again } = await unit();
    clock.advance(31 * DAY);
    const [known] = (await entriesOf(log, 30)).slice(0, 1);
    const hash = (await entriesOf(log, 31))[0]?.before as string;
    await log.acknowledge({ sequence: known?.sequence ?? 0, hash });

    const first = (await entriesOf(log))[0]?.sequence ?? 0;
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThanOrEqual(31);
    // What it knew before it does not call a lie.
    expect(await log.acknowledge({ sequence: 2, hash: 'f'.repeat(64) })).toBeNull();
    expect(await log.acknowledge({ sequence: 40, hash: 'f'.repeat(64) })).toBe('audit.forked');
    await log.close();
    const verdict = await verifyAudit(wholeLog(disk), keys, { unit: 'L4-0007' });
    expect(verdict.findings).toEqual([]);
    expect(verdict.reports.filter(({ what }) => what === 'audit.removed')).toHaveLength(1);
    const next = await again();
    expect((await entriesOf(next)).at(-1)).toMatchObject({
      what: 'unit.started',
      detail: { verified: true },
    });
    // Again after more was removed: the newest place counts.
    await write(next, 40);
    clock.advance(31 * DAY);
    await next.acknowledge(next.head);
    expect(closedOn(disk)).toEqual([]);
    await next.close();
    expect((await verifyAudit(wholeLog(disk), keys, { unit: 'L4-0007' })).findings).toEqual([]);
    expect(await damages(await again())).toEqual([]);
  });

  it('tells at its start of a file that is missing, cut or exchanged', async () => {
    const spoil = async (spoilt: (disk: SimulatedDisk, closed: string[]) => void) => {
      const { disk, log, keys, again } = await unit();
      await log.close();
      spoilt(disk, closedOn(disk));
      const whole = await verifyAudit(wholeLog(disk), keys, { unit: 'L4-0007' });
      return [...new Set([...(await damages(await again())), whole.whole ? 'whole' : 'not whole'])];
    };
    const cut = (bytes: Uint8Array | null, by: number) => (bytes as Uint8Array).subarray(0, -by);

    expect(await spoil((disk, closed) => disk.poke(closed[0] as string, null))).toEqual([
      'audit.deleted',
      'not whole',
    ]);
    expect(await spoil((disk, closed) => disk.poke(closed[2] as string, null))).toEqual([
      'audit.deleted',
      'not whole',
    ]);
    expect(await spoil((disk, closed) => disk.poke(closed.at(-1) as string, null))).toContain(
      'audit.deleted',
    );
    expect(
      await spoil((disk, closed) => disk.poke(closed[1] as string, cut(disk.peek(closed[1] as string), 30))),
    ).toContain('audit.malformed');
    expect(
      await spoil((disk, closed) =>
        disk.poke(closed[1] as string, disk.peek(closed[3] as string) as Uint8Array),
      ),
    ).toContain('not whole');
    expect(await spoil((disk) => disk.poke('audit/log', null))).toContain('audit.truncated');
  });

  it('puts off what does not fit on a full disk, and loses nothing', async () => {
    const disk = new SimulatedDisk();
    const { log, keys } = await openTestLog(disk, SMALL);
    await write(log, 4);
    const used = () => disk.paths().reduce((sum, path) => sum + (disk.peek(path)?.length ?? 0), 0);
    for (let at = 0; at < 8; at += 1)
      await log.append(auditEvent({ what: 'a.done', outcome: 'done', detail: { long: 'x'.repeat(200) } }));
    disk.limit(used() + 100);
    await log.checkpoint().catch(() => undefined);
    expect(closedOn(disk)).toEqual([]);
    disk.limit(Number.POSITIVE_INFINITY);
    await log.append(auditEvent({ what: 'b.done', outcome: 'done' }));
    await log.checkpoint();
    await log.checkpoint();
    expect(closedOn(disk)).toHaveLength(1);
    await log.close();
    expect((await verifyAudit(wholeLog(disk), keys, { unit: 'L4-0007' })).findings).toEqual([]);
  });
});
