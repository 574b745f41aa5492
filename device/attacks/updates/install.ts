// Attacks on installing: trial, return, standby, postponing.
import { applicationPath, otherSlot } from '../../updates/boot-record.ts';
import type { Attack } from '../attack.ts';
import { DAY, EVIL, NEW, refused, scene, staged, startsVersion, survived } from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'ship-a-version-that-does-not-work',
    has: 'the means of a release (a mistake, or a bad hand at the manufacturer)',
    wants: 'a laser that does not work any more',
    row: 'L7',
    refusal: 'update.health-failed',
    async run() {
      const { world, unit } = await staged();
      await unit.client.activate();
      await unit.bootloader.boot();
      return survived(unit, 'update.returned', async () => {
        await unit.bootloader.settle(async () => false, 1000);
        await startsVersion(world, unit, '1.0.0');
      });
    },
  },
  {
    id: 'ship-a-version-that-never-comes-up',
    has: 'the means of a release (a mistake, or a bad hand at the manufacturer)',
    wants: 'a laser that starts over and over',
    row: 'L7',
    refusal: 'update.crash-loop',
    async run() {
      const { world, unit } = await staged();
      await unit.client.activate();
      return survived(unit, 'update.returned', async () => {
        for (let boots = 0; boots < 3; boots += 1) await startsVersion(world, unit, '1.1.0');
        await startsVersion(world, unit, '1.0.0');
      });
    },
  },
  {
    id: 'direct-again-what-failed',
    has: 'the network: the same instruction, again and again',
    wants: 'a unit that is never at rest',
    row: 'L7',
    refusal: 'update.failed-before',
    async run() {
      const { world, unit } = await staged();
      await unit.client.activate();
      await unit.bootloader.boot();
      await unit.bootloader.settle(async () => false, 1000);
      await world.direct('1.1.0');
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'start-an-update-during-a-treatment',
    has: 'the director key',
    wants: 'a laser that restarts while it is used',
    row: 'L7',
    refusal: 'update.not-in-standby',
    async run() {
      let standby = true;
      const { world, unit } = await staged({ mayInstall: () => standby });
      standby = false;
      return refused(world, unit, () => unit.client.activate());
    },
  },
  {
    id: 'load-an-update-during-a-treatment',
    has: 'the director key',
    wants: 'a laser that is busy with a download while it is used',
    row: 'L7',
    refusal: 'update.not-in-standby',
    async run() {
      let buffers = 0;
      const { world, unit } = await scene({ mayInstall: () => ++buffers < 3, bufferBytes: 8 });
      await unit.client.check();
      return refused(world, unit, () => unit.client.stage());
    },
  },
  {
    id: 'start-an-update-that-was-postponed',
    has: 'the director key',
    wants: 'to go over the head of the person at the device',
    row: 'L7',
    refusal: 'update.postponed',
    async run() {
      const { world, unit } = await staged();
      await unit.client.postpone();
      return refused(world, unit, () => unit.client.activate());
    },
  },
  {
    id: 'postpone-a-security-update-for-ever',
    has: 'access to the device',
    wants: 'the flaw kept open',
    row: 'L7',
    refusal: 'update.postponed-too-long',
    async run() {
      const { world, unit } = await staged();
      for (let times = 0; times < 3; times += 1) {
        await unit.client.postpone();
        world.clock.advance(DAY);
      }
      const outcome = await refused(world, unit, () => unit.client.postpone());
      await unit.bootloader.load();
      await unit.client.activate();
      return outcome;
    },
  },
  {
    id: 'start-a-slot-that-holds-nothing-verified',
    has: 'the disk of the unit in hand',
    wants: 'a file that was never staged taken for an update',
    row: 'L7',
    refusal: 'update.nothing-staged',
    async run() {
      const { world, unit } = await scene();
      const { active } = unit.bootloader.record;
      unit.disk.poke(applicationPath(otherSlot(active)), new TextEncoder().encode(EVIL));
      return refused(world, unit, () => unit.client.activate());
    },
  },
  {
    id: 'fill-the-disk-before-an-update',
    has: 'a way to make the unit write (logs, exports)',
    wants: 'a half-written update, or a unit that does not start',
    row: 'L7',
    refusal: 'update.disk-full',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      unit.disk.poke('exports/large', new Uint8Array(4096));
      const used = unit.disk.paths().reduce((sum, path) => sum + (unit.disk.peek(path)?.length ?? 0), 0);
      unit.disk.limit(used + NEW.bytes.length - 1);
      const outcome = await refused(world, unit, () => unit.client.stage());
      return outcome;
    },
  },
];
