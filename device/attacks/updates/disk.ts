// Attacks on the unit's disk: kept metadata, slots, boot record.
import { isRefusal } from '../../refusal.ts';
import { applicationPath } from '../../updates/boot-record.ts';
import { sha256 } from '../../updates/repository/metadata.ts';
import { FAMILY, newUnit, software, unitOn, World } from '../../updates/repository/try-out.ts';
import type { Attack } from '../attack.ts';
import { EVIL, insist, OLD, scene, staged, startsVersion, survived, updated } from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'leave-half-a-metadata-file-on-the-disk',
    has: 'the disk of the unit in hand',
    wants: 'an updater that fails for ever',
    row: 'L7',
    refusal: 'update.malformed',
    async run() {
      const { unit } = await scene();
      await unit.client.check();
      for (const file of ['timestamp.json', 'snapshot.json', 'targets.json', `${FAMILY}.json`]) {
        const whole = unit.disk.peek(`updates/image/${file}`) as Uint8Array;
        unit.disk.poke(`updates/image/${file}`, whole.slice(0, whole.length >> 1));
      }
      return survived(unit, 'update.metadata-damaged', async () => {
        insist((await unit.client.check())?.version === '1.1.0', 'it did not heal');
      });
    },
  },
  {
    id: 'change-staged-software-on-the-disk',
    has: 'the disk of the unit in hand, after the download was verified',
    wants: 'software of their own started',
    row: 'L7',
    refusal: 'update.slot-damaged',
    async run() {
      const { world, unit } = await staged();
      await unit.client.activate();
      unit.disk.poke(applicationPath('B'), new TextEncoder().encode(EVIL));
      return survived(unit, 'update.slot-failed', () => startsVersion(world, unit, '1.0.0'));
    },
  },
  {
    id: 'change-the-running-software-on-the-disk',
    has: 'the disk of the unit in hand',
    wants: 'software of their own started',
    row: 'L7',
    refusal: 'update.slot-damaged',
    async run() {
      const { world, unit } = await updated();
      unit.disk.poke(applicationPath('B'), new TextEncoder().encode(EVIL));
      return survived(unit, 'update.slot-failed', () => startsVersion(world, unit, '1.0.0'));
    },
  },
  {
    id: 'change-the-slot-that-is-fallen-back-to',
    has: 'the disk of the unit in hand',
    wants: 'a return to software of their own: the slot not in use changed, the one in use destroyed',
    row: 'L7',
    refusal: 'update.no-good-slot',
    async run() {
      const { world, unit } = await updated();
      const marked = unit.audit.events.length;
      unit.disk.poke(applicationPath('A'), new TextEncoder().encode(EVIL));
      unit.disk.poke(applicationPath('B'), null);
      const error = await unitOn(world, unit.disk, unit.audit)
        .bootloader.boot()
        .then(
          ({ content }) => new Error(`${content.version} was started`),
          (cause) => cause,
        );
      if (!isRefusal(error)) throw error;
      return { refusal: error.code, audit: unit.audit.events.slice(marked) };
    },
  },
  {
    id: 'put-an-old-boot-record-back',
    has: 'the disk of the unit in hand, and a copy from before the update',
    wants: 'the old release with its flaw started',
    row: 'L7',
    refusal: 'update.boot-record-damaged',
    async run() {
      const world = await World.make();
      const unit = await newUnit(world, OLD);
      const record = unit.disk.peek('updates/boot') as Uint8Array;
      await world.publish(software('1.1.0', { releaseCounter: 2 }));
      await world.direct('1.1.0');
      await unit.client.check();
      await unit.client.stage();
      await unit.client.activate();
      await unit.bootloader.boot();
      await unit.bootloader.settle(async () => true, 1000);
      unit.disk.poke('updates/boot', record);
      return survived(unit, 'update.record-rebuilt', () => startsVersion(world, unit, '1.1.0'));
    },
  },
  {
    id: 'write-a-boot-record-by-hand',
    has: 'the disk of the unit in hand',
    wants: 'software of their own, its hash in the record, taken for confirmed',
    row: 'L7',
    refusal: 'update.boot-record-damaged',
    async run() {
      const { world, unit } = await scene();
      const text = Buffer.from(unit.disk.peek('updates/boot') as Uint8Array).toString();
      const evil = new TextEncoder().encode(EVIL);
      const record = JSON.parse(text.slice(65));
      Object.assign(record.slots.A, { sha256: sha256(evil), length: evil.length, version: '6.6.6' });
      unit.disk.poke(applicationPath('B'), evil);
      record.slots.B = record.slots.A;
      record.active = 'B';
      unit.disk.poke('updates/boot', Buffer.from(`${text.slice(0, 65)}${JSON.stringify(record)}`));
      return survived(unit, 'update.record-rebuilt', () => startsVersion(world, unit, '1.0.0'));
    },
  },
];
