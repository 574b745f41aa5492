// Attacks on the time that a unit believes.
import { Metadata, MetadataKind } from '@tufjs/models';
import { TrustedTime } from '../../identity/trusted-time.ts';
import { makeDirectorMetadata, makeDirectorRoot } from '../../updates/repository/director.ts';
import { newRoleKey } from '../../updates/repository/keys.ts';
import { makeTimestamp, signed } from '../../updates/repository/metadata.ts';
import { newUnit, signers, UNIT, unitOn, World } from '../../updates/repository/try-out.ts';
import type { Attack } from '../attack.ts';
import { DAY, fileOf, insist, NEW, OLD, refused, scene, versionOf } from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'write-an-expiry-that-is-no-date',
    has: 'the timestamp key',
    wants: 'metadata that never expire',
    row: 'L5',
    refusal: 'update.malformed',
    async run() {
      const { world, unit } = await scene();
      const timestamp = Metadata.fromJSON(
        MetadataKind.Timestamp,
        JSON.parse(Buffer.from(fileOf(world, 'timestamp.json')).toString()),
      );
      Object.assign(timestamp.signed, { expires: 'never', version: 90 });
      world.server.files.set(
        'image/metadata/timestamp.json',
        await signed(timestamp, world.imageKeys.timestamp.keys),
      );
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'set-the-clock-back-to-revive-expired-metadata',
    has: 'the clock of the unit, and the network',
    wants: 'an old state taken for today’s',
    row: 'L5',
    refusal: 'update.freeze',
    async run() {
      const { world, unit } = await scene();
      const then = world.clock.wall();
      world.clock.advance(4 * DAY);
      await unit.client.check().catch(() => undefined);
      world.clock.setWall(then);
      const again = unitOn(world, unit.disk, unit.audit);
      await again.bootloader.load();
      return refused(world, unit, () => again.client.check());
    },
  },
  {
    id: 'set-the-clock-back-behind-what-the-maker-signed',
    has: 'the clock of the unit, and a mirror of all that was published last month',
    wants:
      'old software directed and vouched for, in a unit that has been told today’s date by the maker otherwise',
    row: 'L5',
    refusal: 'update.freeze',
    async run() {
      const world = await World.make();
      const time = TrustedTime.inMemory(world.clock);
      const unit = await newUnit(world, OLD, { time });
      await world.publish(NEW);
      await world.direct('1.1.0');
      // As with each list of revocations; the repositories said nothing of it.
      await time.learn(world.clock.wall() + 30 * DAY);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'set-the-clock-forward',
    has: 'the clock of the unit',
    wants: 'a unit that cannot be updated any more, or does not work',
    row: 'L5',
    refusal: 'update.freeze',
    async run() {
      const { world, unit } = await scene();
      const now = world.clock.wall();
      world.clock.setWall(now + 3650 * DAY);
      const outcome = await refused(world, unit, () => unit.client.check());
      world.clock.setWall(now + DAY);
      await world.publish();
      await world.direct('1.1.0');
      insist((await unit.client.check())?.version === '1.1.0', 'it did not heal with the next metadata');
      return outcome;
    },
  },
  {
    id: 'sign-a-time-far-in-the-future',
    has: 'the timestamp key of the manufacturer for a day',
    wants: 'units that take everything for expired, for ever',
    row: 'L5',
    refusal: 'update.freeze',
    async run() {
      const { world, unit } = await scene();
      const later = world.clock.wall() + 36_500 * DAY;
      const version = versionOf(world, 'snapshot');
      const bytes = fileOf(world, `${version}.snapshot.json`);
      const how = { version: 90, issued: later, expires: later + DAY, keys: world.imageKeys.timestamp.keys };
      world.server.files.set('image/metadata/timestamp.json', await makeTimestamp({ version, bytes }, how));
      const outcome = await refused(world, unit, () => unit.client.check());
      await refused(world, unit, () => unit.client.check());
      world.image.rotate('timestamp', signers());
      await world.publish();
      await world.direct('1.1.0');
      insist((await unit.client.check())?.version === '1.1.0', 'a new key did not heal it');
      return outcome;
    },
  },
  {
    id: 'direct-a-time-far-in-the-future',
    has: 'the director key for a day',
    wants: 'units that take everything for expired, for ever',
    row: 'L6',
    refusal: 'update.freeze',
    async run() {
      const { world, unit } = await scene();
      const later = world.clock.wall() + 36_500 * DAY;
      const order = { unit: UNIT.id, version: 90, issued: later, expires: later + DAY, key: world.online };
      world.server.put(await makeDirectorMetadata({ ...order, direction: null }), `director/${UNIT.id}`);
      const outcome = await refused(world, unit, () => unit.client.check());
      world.online = newRoleKey();
      const now = world.clock.wall();
      const root = await makeDirectorRoot({
        ...{
          version: 2,
          issued: now,
          expires: now + DAY,
          root: world.directorKeys,
          online: world.online.key,
        },
      });
      world.server.files.set(`director/${UNIT.id}/2.root.json`, root);
      await world.direct('1.1.0');
      await world.publish();
      insist((await unit.client.check())?.version === '1.1.0', 'a new key did not heal it');
      return outcome;
    },
  },
];
