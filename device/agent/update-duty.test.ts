import { describe, expect, it } from 'vitest';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { newUnit, SEAL, software, UNIT, World } from '../updates/repository/try-out.ts';
import type { DeviceApplication } from './application.ts';
import { DirectorShelf } from './director-shelf.ts';
import { UnitSettings } from './unit-settings.ts';
import { UpdateDuty } from './update-duty.ts';

const GRACE_MS = 60_000;

/** A unit that runs 1.0.0, with 1.1.0 published and said by the director. */
async function unitWithUpdate({ roots = true } = {}) {
  const world = await World.make();
  const { disk, audit, bootloader } = await newUnit(world, software('1.0.0'));
  await world.publish(software('1.1.0'));
  const said = await world.direct('1.1.0');
  const shelf = new DirectorShelf(disk);
  const told = { staged: [] as (string | null)[], due: 0, standby: true };
  if (roots) {
    const asDisk: Disk = disk;
    await asDisk.makeFolder('factory');
    await replaceFile(disk, 'factory/image-root.json', world.imageRoot);
    const documents = Object.fromEntries(
      [...said].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    );
    shelf.put({ ...documents, '1.root.json': Buffer.from(world.directorRoot).toString() });
  }
  const duty = new UpdateDuty({
    settings: UnitSettings.parse({
      ...{ version: 1, unit: UNIT.id, hardwareId: UNIT.hardwareId, listen: { host: '127.0.0.1', port: 0 } },
      ...{ gateway: null, repository: 'http://at/image', updateGraceSeconds: GRACE_MS / 1000 },
    }),
    ...{
      disk,
      clock: world.clock,
      time: TrustedTime.inMemory(world.clock),
      audit,
      seal: SEAL,
      bootloader,
      shelf,
      network: world.server.fetch,
    },
    application: {
      mayInstall: () => told.standby,
      updateStaged: (version) => void told.staged.push(version),
      updateDue: () => {
        told.due += 1;
      },
    } as Partial<DeviceApplication> as DeviceApplication,
  });
  return { world, duty, told, bootloader, disk, shelf };
}

describe("the agent's round of updates", () => {
  it('stages what the director says and tells the person at the device', async () => {
    const { duty, told } = await unitWithUpdate();
    expect(duty.report()).toBeNull();
    await duty.round();
    expect(told.staged).toEqual(['1.1.0']);
    expect(duty.report()).toMatchObject({ version: '1.1.0', step: 'staged', code: null });
  });

  it('lets those who ask while one is under way wait for the same next one', async () => {
    const { duty, told } = await unitWithUpdate();
    const first = duty.round();
    await Promise.resolve();
    const later = [duty.round(), duty.round(true), duty.round()];
    expect(later[0]).not.toBe(first);
    expect(new Set(later).size).toBe(1);
    await Promise.all([first, ...later]);
    expect(told.staged).toEqual(['1.1.0']);
  });

  it('gives the person time, then says that it may be installed, in standby only', async () => {
    const { duty, told, world } = await unitWithUpdate();
    await duty.round();
    world.clock.advance(GRACE_MS - 1);
    await duty.round();
    expect(told.due).toBe(0);
    world.clock.advance(1);
    told.standby = false;
    await duty.round();
    expect(told.due).toBe(0);
    told.standby = true;
    await duty.round();
    expect(told.due).toBe(1);
  });

  it('waits for a day when the person postpones it', async () => {
    const { duty, told, world } = await unitWithUpdate();
    await duty.round();
    expect(await duty.postpone()).toMatchObject({ left: 2 });
    world.clock.advance(GRACE_MS * 2);
    await duty.round();
    expect(told.due).toBe(0);
    expect(duty.report()).toMatchObject({ step: 'postponed' });
    await expect(duty.activate()).rejects.toMatchObject({ code: 'update.postponed' });
  });

  it('waits no longer because the clock was set back', async () => {
    const { duty, told, world } = await unitWithUpdate();
    await duty.round();
    await duty.postpone();
    world.clock.setWall(world.clock.wall() - 300 * 86_400_000);
    world.clock.advance(25 * 3_600_000);
    await duty.round();
    expect(told.due).toBe(1);
  });

  it('downloads nothing while somebody is treated, and goes on after it', async () => {
    const { duty, told } = await unitWithUpdate();
    told.standby = false;
    await duty.round();
    expect(duty.report()).toMatchObject({ step: 'offered', code: 'update.not-in-standby' });
    told.standby = true;
    await duty.round();
    expect(duty.report()).toMatchObject({ step: 'staged' });
  });

  it('reports what it refuses, so that nobody waits for it', async () => {
    const { duty, world, shelf } = await unitWithUpdate();
    await world.publish(software('2.0.0', { hardwareIds: ['lumen-500'] }));
    const said = await world.direct('2.0.0');
    shelf.put({
      ...Object.fromEntries([...said].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
      '1.root.json': Buffer.from(world.directorRoot).toString(),
    });
    await duty.round();
    expect(duty.report()).toMatchObject({ version: '2.0.0', step: 'failed', code: 'update.wrong-hardware' });
  });

  it('has the next boot try what was staged', async () => {
    const { duty, bootloader } = await unitWithUpdate();
    await duty.round();
    await duty.activate();
    expect(bootloader.record.trial).toMatchObject({ slot: 'B' });
  });

  it('does nothing before it knows whom to believe', async () => {
    const { duty } = await unitWithUpdate({ roots: false });
    await duty.round();
    expect(duty.report()).toBeNull();
    await expect(duty.activate()).rejects.toMatchObject({ code: 'agent.no-updates' });
  });

  it('says the number of the word that it believes, not of an older one that came since', async () => {
    const { duty, shelf, world } = await unitWithUpdate();
    await duty.round();
    const old = await world.direct('1.1.0');
    const newer = await world.direct('1.1.0');
    const texts = (files: ReadonlyMap<string, Uint8Array>) =>
      Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
    shelf.put(texts(newer));
    await duty.round(true);
    const believed = await shelf.version();
    shelf.put(texts(old));
    expect(await shelf.version()).toBe(believed);
    expect(believed).toBeGreaterThan(2);
  });

  it('keeps the first root of the director, whatever comes later', async () => {
    const { duty, shelf } = await unitWithUpdate();
    await duty.round();
    const first = await shelf.root();
    shelf.put({ '1.root.json': '{"another":"root"}' });
    expect(await shelf.root()).toEqual(first);
    expect(await shelf.version()).toBe(1);
  });
});
