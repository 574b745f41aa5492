// Attacks on what a unit is told to run, and by whom.
import { makeDirectorRoot } from '../../updates/repository/director.ts';
import { absentKey, newRoleKey, type RoleKey } from '../../updates/repository/keys.ts';
import { makeSnapshot, makeTargets, makeTimestamp, sha256 } from '../../updates/repository/metadata.ts';
import { FAMILY, newUnit, signers, software, UNIT, World } from '../../updates/repository/try-out.ts';
import type { Attack } from '../attack.ts';
import {
  currentFiles,
  DAY,
  directAs,
  EVIL,
  forge,
  insist,
  NEW,
  OLD,
  onlineKeys,
  refused,
  scene,
} from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'add-software-that-nobody-asked-for',
    has: 'the director key',
    wants: 'a second piece of software installed along with the right one (extraneous dependencies)',
    row: 'L6',
    refusal: 'update.malformed',
    async run() {
      const { world, unit } = await scene();
      const now = world.clock.wall();
      const how = { unit: UNIT.id, version: 50, issued: now, expires: now + DAY, keys: [world.online] };
      const { target } = world.direction('1.1.0');
      const custom = {
        unit: UNIT.id,
        hardwareId: UNIT.hardwareId,
        version: '1.1.0',
        releaseCounter: 1,
        attempt: 1,
      };
      const extra = {
        path: `${FAMILY}/miner.mjs`,
        length: 8,
        hashes: { sha256: sha256(Buffer.from(EVIL)) },
        custom,
      };
      const targets = await makeTargets([{ ...target, custom }, extra], how);
      const snapshot = await makeSnapshot({ targets: { version: 50, bytes: targets } }, how);
      const timestamp = await makeTimestamp({ version: 50, bytes: snapshot }, how);
      const files = { '50.targets.json': targets, '50.snapshot.json': snapshot, 'timestamp.json': timestamp };
      world.server.put(new Map(Object.entries(files)), `director/${UNIT.id}`);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'give-software-of-another-device',
    has: 'the director key',
    wants: 'a laser that runs the software of another model',
    row: 'L5',
    refusal: 'update.wrong-hardware',
    async run() {
      const { world, unit } = await scene();
      await world.publish(software('3.0.0', { hardwareIds: ['lumen-200-rev-a'] }));
      await world.direct('3.0.0');
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'direct-a-unit-to-software-of-ones-own',
    has: 'the director key and the server, no key of the manufacturer',
    wants: 'software of their own on one unit',
    row: 'L6',
    refusal: 'update.not-published',
    async run() {
      const { world, unit } = await scene();
      await directAs(world, world.online, EVIL);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'direct-a-published-name-to-other-bytes',
    has: 'the director key and the server, no key of the manufacturer',
    wants: 'software of their own under a good name',
    row: 'L6',
    refusal: 'update.disagreement',
    async run() {
      const { world, unit } = await scene();
      await directAs(world, world.online, EVIL, `${FAMILY}/laser-1.1.0.mjs`);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'publish-without-the-director',
    has: 'every key of the manufacturer’s repository below the root',
    wants: 'software of their own on every unit',
    row: 'L6',
    refusal: 'update.not-directed',
    async run() {
      const { world, unit } = await scene();
      await world.direct(null);
      await world.publish(software('6.6.6', { text: EVIL, releaseCounter: 9 }));
      return refused(world, unit, async () => {
        await unit.client.check();
        await unit.client.stage();
      });
    },
  },
  {
    id: 'replace-what-was-published-and-directed',
    has: 'the keys of the family, snapshot and timestamp',
    wants: 'other bytes under the name that the director gave',
    row: 'L6',
    refusal: 'update.disagreement',
    async run() {
      const { world, unit } = await scene();
      const now = world.clock.wall();
      const bytes = new TextEncoder().encode(EVIL);
      const entry = {
        path: `${FAMILY}/${NEW.name}`,
        length: bytes.length,
        hashes: { sha256: sha256(bytes) },
        custom: NEW.custom,
      };
      const keys = world.imageKeys.families[FAMILY]?.keys ?? [];
      const family = await makeTargets([entry], { version: 90, issued: now, expires: now + DAY, keys });
      const files = { ...currentFiles(world), [FAMILY]: { version: 90, bytes: family } };
      await forge(world, onlineKeys(world), files, { snapshot: 90, timestamp: 90 });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'direct-with-a-key-the-root-does-not-name',
    has: 'a key of their own, and the server',
    wants: 'to command units',
    row: 'L6',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      await directAs(world, newRoleKey(), EVIL);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'direct-with-a-key-that-was-rotated-out',
    has: "the director's online key of before a theft was noticed, and the network",
    wants: 'to command units still',
    row: 'L6',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const stolen = world.online;
      await world.rotateDirector();
      await world.direct(null);
      await unit.client.check();
      await directAs(world, stolen, EVIL);
      const outcome = await refused(world, unit, () => unit.client.check());
      world.directorVersions.set(UNIT.id, 50);
      await world.direct('1.1.0');
      insist((await unit.client.check())?.version === '1.1.0', 'the new key is not believed');
      return outcome;
    },
  },
  {
    id: 'skip-a-root-of-the-director',
    has: 'the network, and all roots that the director ever had',
    wants: 'the unit to jump over the root that took a key away',
    row: 'L6',
    refusal: 'update.root-skipped',
    async run() {
      const { world, unit } = await scene();
      await world.rotateDirector(world.directorKeys, null);
      const third = await world.rotateDirector(world.directorKeys, null);
      world.server.files.set(`director/${UNIT.id}/2.root.json`, third);
      await world.direct('1.1.0');
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'make-a-root-of-the-director-with-one-key',
    has: "one of the director's three offline keys, and Ward",
    wants: 'a root that names a key of their own',
    row: 'L6',
    refusal: 'update.threshold-unmet',
    async run() {
      const { world, unit } = await scene();
      const [stolen] = world.directorKeys.keys;
      const now = world.clock.wall();
      const mine = newRoleKey();
      const publics = world.directorKeys.keys.map(({ key }) => absentKey(key));
      const bytes = await makeDirectorRoot({
        ...{ version: 2, issued: now, expires: now + DAY, online: mine.key },
        ...{ root: { keys: publics, threshold: 2 }, before: { keys: [stolen as RoleKey] } },
      });
      world.server.files.set(`director/${UNIT.id}/2.root.json`, bytes);
      await directAs(world, mine, EVIL);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'make-a-root-of-the-director-with-keys-of-ones-own',
    has: 'Ward, and keys of their own under the threshold that they choose',
    wants: 'to be the director from now on',
    row: 'L6',
    refusal: 'update.root-untrusted',
    async run() {
      const { world, unit } = await scene();
      world.directorKeys = signers(1, 1);
      await world.rotateDirector();
      await directAs(world, world.online, EVIL);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'give-a-unit-the-instruction-of-another',
    has: 'the network, and the files of another unit',
    wants: 'a unit that updates when it should not',
    row: 'L6',
    refusal: 'update.wrong-unit',
    async run() {
      const { world, unit } = await scene();
      await world.direct(world.direction('1.1.0'), 'L4-0008');
      await world.direct(world.direction('1.1.0'), 'L4-0008');
      world.server.answer = (path) =>
        path.startsWith(`director/${UNIT.id}/`)
          ? world.server.files.get(path.replace(UNIT.id, 'L4-0008'))
          : undefined;
      const outcome = await refused(world, unit, () => unit.client.check());
      world.server.answer = () => undefined;
      insist((await unit.client.check())?.version === '1.1.0', 'its own instruction is refused now');
      return outcome;
    },
  },
  {
    id: 'install-an-older-release-with-a-true-signature',
    has: 'the director key, and an old release with a known flaw',
    wants: 'the flaw back on the unit',
    row: 'L6',
    refusal: 'update.counter-lower',
    async run() {
      const world = await World.make();
      const unit = await newUnit(world, software('2.0.0', { releaseCounter: 5 }));
      await world.publish(software('1.9.0', { releaseCounter: 4 }));
      await world.direct('1.9.0');
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'jump-over-a-version-that-must-come-between',
    has: 'the director key',
    wants: 'data that the new version cannot read',
    row: 'L6',
    refusal: 'update.version-too-old',
    async run() {
      const { world, unit } = await scene();
      await world.publish(software('2.0.0', { minimumVersion: '1.1.0' }));
      await world.direct('2.0.0');
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'sign-software-outside-the-delegated-paths',
    has: 'the key of another device family, the online keys and the director key',
    wants: 'software for this family',
    row: 'L5',
    refusal: 'update.not-published',
    async run() {
      const world = await World.make({ families: [FAMILY, 'lumen-200'] });
      const unit = await newUnit(world, OLD);
      const now = world.clock.wall();
      const bytes = new TextEncoder().encode(EVIL);
      const custom = { ...NEW.custom, version: '9.0.0', releaseCounter: 9 };
      const entry = {
        path: `${FAMILY}/laser-9.0.0.mjs`,
        length: bytes.length,
        hashes: { sha256: sha256(bytes) },
        custom,
      };
      const keys = world.imageKeys.families['lumen-200']?.keys ?? [];
      const evil = await makeTargets([entry], { version: 90, issued: now, expires: now + DAY, keys });
      const files = { ...currentFiles(world), 'lumen-200': { version: 90, bytes: evil } };
      await forge(world, onlineKeys(world), files, { snapshot: 90, timestamp: 90 });
      await directAs(world, world.online, EVIL);
      return refused(world, unit, () => unit.client.check());
    },
  },
];
