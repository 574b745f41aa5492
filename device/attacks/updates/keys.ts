// Attacks on keys, thresholds and the root.
import { Metadata, MetadataKind, type Root } from '@tufjs/models';
import { newRoleKey, type RoleKey } from '../../updates/repository/keys.ts';
import { makeRoot, makeTargets, signed } from '../../updates/repository/metadata.ts';
import { FAMILY, signers } from '../../updates/repository/try-out.ts';
import type { Attack } from '../attack.ts';
import {
  currentFiles,
  DAY,
  evilRoot,
  fileOf,
  forge,
  insist,
  onlineKeys,
  refused,
  scene,
  survived,
} from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'sign-targets-with-fewer-keys-than-asked-for',
    has: 'one of the two keys of the targets role, and the online keys',
    wants: 'another delegation',
    row: 'L5',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const now = world.clock.wall();
      const [stolen] = world.imageKeys.targets.keys;
      const how = { version: 90, issued: now, expires: now + DAY, keys: [stolen as RoleKey] };
      const evil = newRoleKey();
      const delegation = {
        name: FAMILY,
        keys: [evil.key],
        threshold: 1,
        paths: [`${FAMILY}/*`],
        terminating: true,
      };
      const files = {
        ...currentFiles(world),
        targets: { version: 90, bytes: await makeTargets([], how, [delegation]) },
      };
      await forge(world, onlineKeys(world), files, { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'make-a-root-with-fewer-keys-than-asked-for',
    has: 'one of the three offline keys of the root',
    wants: 'to be the manufacturer',
    row: 'L5',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const { root, targets } = world.imageKeys;
      const now = world.clock.wall();
      const publics = { keys: root.keys.map(({ key }) => key), threshold: 2 };
      const own = { keys: targets.keys.map(({ key }) => key), threshold: 1 };
      const bytes = await makeRoot(
        { root: publics, targets: own, snapshot: own, timestamp: own },
        { version: 2, issued: now, expires: now + DAY, keys: root.keys.slice(0, 1) },
      );
      world.server.files.set('image/metadata/2.root.json', bytes);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'count-one-root-key-twice',
    has: 'one of the three offline keys of the root',
    wants: 'the threshold of two met by one key under two names',
    row: 'L5',
    refusal: 'update.malformed',
    async run() {
      const { world, unit } = await scene();
      const [stolen] = world.imageKeys.root.keys;
      const bytes = await evilRoot(world, [stolen as RoleKey], 2);
      const root = JSON.parse(Buffer.from(bytes).toString());
      const id = (stolen as RoleKey).id;
      const other = 'f'.repeat(64);
      root.signed.keys[other] = root.signed.keys[id];
      root.signed.roles.root = { keyids: [id, other], threshold: 2 };
      const again = Metadata.fromJSON(MetadataKind.Root, root);
      const [signature] = JSON.parse(
        Buffer.from(await signed(new Metadata(again.signed as Root), [stolen as RoleKey])).toString(),
      ).signatures;
      const twice = {
        signed: again.signed.toJSON(),
        signatures: [signature, { ...signature, keyid: other }],
      };
      world.server.files.set('image/metadata/2.root.json', Buffer.from(JSON.stringify(twice)));
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'skip-a-rotation-of-the-root',
    has: 'the network, and all roots that were ever published',
    wants: 'the unit to jump over the root that revoked a key',
    row: 'L5',
    refusal: 'update.root-skipped',
    async run() {
      const { world, unit } = await scene();
      for (let rotations = 0; rotations < 2; rotations += 1) {
        world.image.rotate('timestamp', signers());
        await world.publish();
      }
      const third = fileOf(world, '3.root.json');
      world.server.answer = (path) => (path === 'image/metadata/2.root.json' ? third : undefined);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'sign-a-new-root-with-its-own-keys-only',
    has: 'the server of the files, keys of their own',
    wants: 'to be the manufacturer from now on',
    row: 'L5',
    refusal: 'update.root-untrusted',
    async run() {
      const { world, unit } = await scene();
      world.server.files.set('image/metadata/2.root.json', await evilRoot(world, [newRoleKey()], 2));
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'put-a-root-of-ones-own-on-the-disk',
    has: 'the disk of the unit in hand',
    wants: 'to be the manufacturer for this unit',
    row: 'L5',
    refusal: 'update.malformed',
    async run() {
      const { world, unit } = await scene();
      unit.disk.poke('updates/image/2.root.json', await evilRoot(world, [newRoleKey()], 2));
      return survived(unit, 'update.metadata-damaged', async () => {
        insist((await unit.client.check())?.version === '1.1.0', 'the true repository was not followed');
      });
    },
  },
  {
    id: 'sign-with-a-key-that-was-rotated-out',
    has: 'an old timestamp key, and the network',
    wants: 'a key that was taken away to work still',
    row: 'L5',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const old = onlineKeys(world);
      world.image.rotate('timestamp', signers());
      world.image.rotate('snapshot', signers());
      await world.publish();
      await unit.client.check();
      await forge(world, old, currentFiles(world), { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'number-metadata-so-high-that-nothing-follows',
    has: 'the online keys for a day',
    wants: 'units that refuse every later state (fast-forward), also after the keys were changed',
    row: 'L5',
    refusal: 'update.rollback',
    async run() {
      const { world, unit } = await scene();
      const high = Number.MAX_SAFE_INTEGER;
      await forge(world, onlineKeys(world), currentFiles(world), { snapshot: high, timestamp: high });
      await unit.client.check();
      await world.publish();
      const outcome = await refused(world, unit, () => unit.client.check());
      world.image.rotate('timestamp', signers());
      world.image.rotate('snapshot', signers());
      await world.publish();
      insist((await unit.client.check())?.version === '1.1.0', 'new keys did not heal it');
      return outcome;
    },
  },
];
