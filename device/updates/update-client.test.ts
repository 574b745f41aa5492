import { describe, expect, it } from 'vitest';
import { type AuditSink, MemoryAudit } from '../audit/event.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { Refusal } from '../refusal.ts';
import { applicationPath, softwareReport } from './boot-record.ts';
import { inPieces, newUnit, signers, software, type TriedUnit, unitOn, World } from './repository/try-out.ts';

const DAY = 86_400_000;

async function worldWithUpdate(more: Parameters<typeof newUnit>[2] = {}) {
  const world = await World.make();
  const unit = await newUnit(world, software('1.0.0'), more);
  await world.publish(software('1.1.0'));
  await world.direct('1.1.0');
  return { world, unit };
}

/** As the launcher does it: the programs start anew on the disk. */
async function restart(world: World, unit: TriedUnit) {
  unit.disk.restart();
  const next = unitOn(world, unit.disk, unit.audit);
  return { ...next, booted: await next.bootloader.boot() };
}

describe('the whole way of an update', () => {
  it('is checked, staged, switched, tried and confirmed', async () => {
    const { world, unit } = await worldWithUpdate();

    const offered = await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const next = await restart(world, unit);
    expect(softwareReport(next.bootloader.record).other).toMatchObject({ version: '1.1.0', state: 'trial' });
    const verdict = await next.bootloader.settle(async () => true, 1000);

    expect(offered).toMatchObject({ version: '1.1.0', publishedBy: 'lumen-400' });
    expect(next.booted).toMatchObject({ slot: 'B', trial: true });
    expect(verdict).toBe('confirmed');
    expect(new TextDecoder().decode(unit.disk.peek(applicationPath('B')) ?? undefined)).toContain('1.1.0');
    expect(unit.audit.events.map(({ what }) => what)).toEqual([
      ...['update.staging', 'update.staged', 'update.switching', 'update.switched'],
      ...['update.trial-started', 'update.confirmed'],
    ]);
    expect(await next.client.check()).toBeNull();
    expect(softwareReport(next.bootloader.record)).toMatchObject({
      ...{ slot: 'B', version: '1.1.0', releaseKey: 'REL-1.1.0' },
      other: { version: '1.0.0', state: 'confirmed' },
    });
  });

  it('is directed under a root that changed its keys twice, followed one by one and kept over a restart', async () => {
    const { world, unit } = await worldWithUpdate();
    await world.rotateDirector(signers(3, 2));
    await world.rotateDirector(signers(1, 1));
    await world.direct(null);
    expect(await unit.client.check()).toBeNull();

    const next = await restart(world, unit);
    world.server.files.delete('director/L4-0007/2.root.json');
    await world.direct('1.1.0');
    expect(await next.client.check()).toMatchObject({ version: '1.1.0' });
    await world.rotateDirector();
    await world.direct(null);
    expect(await next.client.check()).toBeNull();
  });

  it('goes from slot to slot over three versions', async () => {
    const { world, unit } = await worldWithUpdate();
    let now = unit;
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      if (version !== '1.1.0') {
        await world.publish(software(version));
        await world.direct(version);
      }
      await now.client.check();
      await now.client.stage();
      await now.client.activate();
      now = await restart(world, now);
      await now.bootloader.settle(async () => true, 1000);
    }

    expect((await restart(world, now)).booted).toMatchObject({ slot: 'B', content: { version: '1.3.0' } });
  });
});

describe('what is found', () => {
  it('lies in the folder of its family or one below, and no deeper', async () => {
    const { world, unit } = await worldWithUpdate();
    await world.publish({ ...software('1.2.0'), name: '1.2.0/laser.mjs' });
    await world.direct('1.2.0');

    expect(await unit.client.check()).toMatchObject({ path: 'lumen-400/1.2.0/laser.mjs' });
    await unit.client.stage();
    await expect(world.publish({ ...software('1.3.0'), name: 'a/b/laser.mjs' })).rejects.toThrow('deeper');
  });

  it('nothing, when the director has nothing to do or the unit runs it already', async () => {
    const { world, unit } = await worldWithUpdate();
    await world.direct(null);
    expect(await unit.client.check()).toBeNull();

    const first = software('1.0.0');
    await world.publish(first);
    await world.direct('1.0.0');
    expect(await unit.client.check()).toBeNull();
  });

  it('is withdrawn when it is no longer directed', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await world.direct(null);
    await unit.client.check();

    await expect(unit.client.activate()).rejects.toMatchObject({ code: 'update.nothing-staged' });
    expect(unit.audit.events.map(({ what }) => what)).toContain('update.withdrawn');
  });

  it('is not downloaded again when it is staged', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.check();
    world.server.asked.length = 0;
    await unit.client.stage();

    expect(world.server.asked).toEqual([]);
  });

  it('that failed is tried again when the director says so', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const next = await restart(world, unit);
    await next.bootloader.settle(async () => false, 1000);
    const back = await restart(world, next);
    await expect(back.client.check()).rejects.toMatchObject({ code: 'update.failed-before' });
    await world.direct(world.direction('1.1.0', { attempt: 2 }));

    expect(await back.client.check()).toMatchObject({ version: '1.1.0', attempt: 2 });
    await back.client.stage();
    await back.client.activate();
    expect((await restart(world, back)).booted).toMatchObject({ trial: true });
  });

  it('by two checks at once is found by both, one after the other', async () => {
    const { unit } = await worldWithUpdate();
    const [first, second] = await Promise.all([unit.client.check(), unit.client.check()]);

    expect(first).toEqual(second);
    await Promise.all([unit.client.stage(), unit.client.stage()]);
    expect(unit.audit.events.filter(({ what }) => what === 'update.staged').length).toBe(1);
  });
});

describe('a launcher in a process of its own', () => {
  it('settles the trial; what the application writes afterwards does not undo it', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const launcher = await restart(world, unit);
    const application = unitOn(world, unit.disk, unit.audit);
    await application.bootloader.load();
    await launcher.bootloader.settle(async () => true, 1000);
    await world.publish(software('1.2.0'));
    await world.direct('1.2.0');

    expect(await application.client.check()).toMatchObject({ version: '1.2.0' });
    await application.client.stage();
    expect((await restart(world, unit)).booted).toMatchObject({ slot: 'B', content: { version: '1.1.0' } });
  });
});

describe('postponing', () => {
  it('holds for a day by either clock, three times, and is forgotten with the update', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();

    expect(await unit.client.postpone('person:amira')).toMatchObject({ left: 2 });
    await expect(unit.client.activate()).rejects.toMatchObject({ code: 'update.postponed' });
    world.clock.setWall(world.clock.wall() - 30 * DAY);
    await unit.client.activate();
    expect(unit.audit.events.find(({ what }) => what === 'update.postponed')).toMatchObject({
      ...{ who: 'person:amira', on: '1.1.0', detail: { count: 1, left: 2 } },
    });
  });

  it('outlives a restart', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.postpone();
    const next = await restart(world, unit);

    await expect(next.client.activate()).rejects.toMatchObject({ code: 'update.postponed' });
    world.clock.advance(DAY);
    await next.client.activate();
  });
});

describe('a log that cannot be written', () => {
  class FullLog implements AuditSink {
    writable = true;
    readonly kept = new MemoryAudit();
    append(event: Parameters<MemoryAudit['append']>[0]) {
      if (!this.writable) throw new Refusal('audit.unwritable', { plain: 'The log is full.', row: 'L11' });
      return this.kept.append(event);
    }
  }

  it('stops updates from remote, not the start; the log is told what happened later', async () => {
    const { world, unit } = await worldWithUpdate();
    const audit = new FullLog();
    const withLog = unitOn(world, unit.disk, audit as unknown as MemoryAudit);
    await withLog.bootloader.boot();
    await withLog.client.check();
    audit.writable = false;
    await expect(withLog.client.stage()).rejects.toMatchObject({ code: 'audit.unwritable' });
    audit.writable = true;
    await withLog.client.stage();
    await withLog.client.activate();
    audit.writable = false;

    unit.disk.restart();
    const next = unitOn(world, unit.disk, audit as unknown as MemoryAudit);
    expect(await next.bootloader.boot()).toMatchObject({ trial: true });
    expect(await next.bootloader.settle(async () => true, 1000)).toBe('confirmed');
    audit.writable = true;
    unit.disk.restart();
    await unitOn(world, unit.disk, audit as unknown as MemoryAudit).bootloader.boot();

    expect(audit.kept.events.map(({ what }) => what).slice(-2)).toEqual([
      'update.trial-started',
      'update.confirmed',
    ]);
  });
});

describe('the start', () => {
  it.each([
    ['says no', async () => false],
    ['throws', async () => Promise.reject(new Error('broken'))],
    ['does not answer', () => new Promise<boolean>(() => undefined)],
  ])('a health check that %s goes back', async (_name, isHealthy) => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const next = await restart(world, unit);

    expect(await next.bootloader.settle(isHealthy, 30)).toBe('returned');
    const back = await restart(world, next);
    expect(back.booted).toMatchObject({ slot: 'A', trial: false, content: { version: '1.0.0' } });
    expect(await back.bootloader.settle(async () => false, 30)).toBe('no trial');
  });

  it('works on a full disk; a trial that cannot be counted is not begun', async () => {
    const { world, unit } = await worldWithUpdate();
    await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    unit.disk.limit(0);

    expect((await restart(world, unit)).booted).toMatchObject({ slot: 'A', trial: false });
    unit.disk.limit(Number.POSITIVE_INFINITY);
    expect((await restart(world, unit)).booted).toMatchObject({ slot: 'B', trial: true });
  });

  it('raises the counter only after the health check', async () => {
    const world = await World.make();
    const unit = await newUnit(world, software('1.0.0'));
    await world.publish(software('2.0.0', { releaseCounter: 4 }));
    await world.direct('2.0.0');
    await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const next = await restart(world, unit);

    expect(await next.bootloader.counter()).toBe(1);
    await next.bootloader.settle(async () => true, 1000);
    expect(await next.bootloader.counter()).toBe(4);
    unit.disk.poke('updates/counter', null);
    expect(await (await restart(world, unit)).bootloader.counter()).toBe(4);
  });

  it('of an empty disk refuses', async () => {
    const world = await World.make();
    const { bootloader } = unitOn(world, new SimulatedDisk(), new MemoryAudit());

    await expect(bootloader.boot()).rejects.toMatchObject({ code: 'update.no-good-slot' });
  });

  it('takes a record with another seal for none', async () => {
    const { world, unit } = await worldWithUpdate();
    const other = await newUnit(world, software('1.0.0', { text: 'other' }));
    const text = Buffer.from(other.disk.peek('updates/boot') as Uint8Array);
    text[3] = (text[3] as number) ^ 1;
    unit.disk.poke('updates/boot', text);

    expect((await restart(world, unit)).booted.content.version).toBe('1.0.0');
    expect(unit.audit.events.at(-1)).toMatchObject({ what: 'update.record-rebuilt' });
  });
});

describe('bytes that come in odd pieces', () => {
  it.each([1, 7, 64, 1000])('of %i bytes are put together', async (size) => {
    const { world, unit } = await worldWithUpdate({ bufferBytes: 16 });
    const one = software('1.2.0', { text: 'x'.repeat(333) });
    await world.publish(one);
    await world.direct('1.2.0');
    world.server.answer = (path) =>
      path.startsWith('image/targets/') ? inPieces(one.bytes, size) : undefined;
    await unit.client.check();
    await unit.client.stage();

    expect(Buffer.from(unit.disk.peek(applicationPath('B')) as Uint8Array).equals(one.bytes)).toBe(true);
  });
});
