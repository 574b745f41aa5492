// Attacks on the metadata of a repository: what is signed, when, and together with what.
import { applicationPath } from '../../updates/boot-record.ts';
import { newRoleKey } from '../../updates/repository/keys.ts';
import { makeTimestamp } from '../../updates/repository/metadata.ts';
import { FAMILY } from '../../updates/repository/try-out.ts';
import type { Attack } from '../attack.ts';
import {
  currentFiles,
  DAY,
  fileOf,
  forge,
  insist,
  NEW,
  onlineKeys,
  refused,
  scene,
  versionOf,
} from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'serve-other-bytes-under-a-published-name',
    has: 'the server of the files, no key',
    wants: 'software of their own on the unit',
    row: 'L5',
    refusal: 'update.bytes-differ',
    async run() {
      const { world, unit } = await scene();
      world.server.answer = (path) =>
        path.startsWith('image/targets/') ? new Uint8Array(NEW.bytes.length).fill(0x20) : undefined;
      await unit.client.check();
      const outcome = await refused(world, unit, () => unit.client.stage());
      insist(unit.disk.peek(applicationPath('B')) === null, 'the bytes stayed in the slot');
      return outcome;
    },
  },
  {
    id: 'sign-metadata-with-a-key-of-ones-own',
    has: 'the server of the files, a key that nobody trusts',
    wants: 'software of their own on the unit',
    row: 'L5',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const keys = { snapshot: [newRoleKey()], timestamp: [newRoleKey()] };
      await forge(world, keys, currentFiles(world), { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'put-an-older-timestamp-back',
    has: 'the network, and a copy of last week',
    wants: 'the unit not to learn of an update',
    row: 'L5',
    refusal: 'update.rollback',
    async run() {
      const { world, unit } = await scene();
      const older = fileOf(world, 'timestamp.json');
      await world.publish();
      await unit.client.check();
      world.server.files.set('image/metadata/timestamp.json', older);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'put-an-older-snapshot-back',
    has: 'the timestamp key',
    wants: 'the state of an earlier day',
    row: 'L5',
    refusal: 'update.rollback',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      const older = versionOf(world, 'snapshot') - 1;
      const now = world.clock.wall();
      const bytes = fileOf(world, `${older}.snapshot.json`);
      const how = { version: 90, issued: now, expires: now + DAY, keys: world.imageKeys.timestamp.keys };
      world.server.files.set(
        'image/metadata/timestamp.json',
        await makeTimestamp({ version: older, bytes }, how),
      );
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'put-older-targets-back',
    has: 'the snapshot and timestamp keys',
    wants: 'a list of software without the latest fix',
    row: 'L5',
    refusal: 'update.rollback',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      const version = versionOf(world, FAMILY) - 1;
      const files = {
        ...currentFiles(world),
        [FAMILY]: { version, bytes: fileOf(world, `${version}.${FAMILY}.json`) },
      };
      await forge(world, onlineKeys(world), files, { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'leave-a-role-out-of-the-snapshot',
    has: 'the snapshot and timestamp keys',
    wants: 'the delegated role forgotten, to roll it back afterwards',
    row: 'L5',
    refusal: 'update.rollback',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      const { targets } = currentFiles(world);
      await forge(world, onlineKeys(world), targets ? { targets } : {}, { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'freeze-the-unit-at-an-old-state',
    has: 'the network, and a copy of last week',
    wants: 'the unit to believe that nothing is new',
    row: 'L5',
    refusal: 'update.freeze',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      world.clock.advance(4 * DAY);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'mix-a-snapshot-of-another-day-in',
    has: 'the network, and files of two days, all rightly signed',
    wants: 'a combination that was never published',
    row: 'L5',
    refusal: 'update.mix-and-match',
    async run() {
      const { world, unit } = await scene();
      const current = () => fileOf(world, `${versionOf(world, 'snapshot')}.snapshot.json`);
      let other: Uint8Array;
      // Signatures differ in length by a byte or two; what is longer than announced is refused as endless already.
      do {
        other = current();
        await world.publish();
      } while (other.length > current().length);
      const version = versionOf(world, 'snapshot');
      world.server.answer = (path) =>
        path === `image/metadata/${version}.snapshot.json` ? other : undefined;
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'mix-targets-of-another-day-in',
    has: 'the network, and files of two days, all rightly signed',
    wants: 'a combination that was never published',
    row: 'L5',
    refusal: 'update.mix-and-match',
    async run() {
      const { world, unit } = await scene();
      const version = versionOf(world, FAMILY);
      const other = fileOf(world, `${version - 1}.${FAMILY}.json`);
      world.server.answer = (path) =>
        path === `image/metadata/${version}.${FAMILY}.json` ? other : undefined;
      return refused(world, unit, () => unit.client.check());
    },
  },
];
