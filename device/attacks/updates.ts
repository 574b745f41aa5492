// Attacks on updates: The Update Framework's own list (specification 1.5.2), the director's, and those on the two slots. The repositories,
// the metadata, the client, the disk's files and the boot are the real parts; only the disk itself is in memory.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metadata, MetadataKind, type Root } from '@tufjs/models';
import type { AuditEvent } from '../audit/event.ts';
import { systemClock } from '../clock.ts';
import { isRefusal } from '../refusal.ts';
import { applicationPath, otherSlot } from '../updates/boot-record.ts';
import { httpFetch } from '../updates/http-fetch.ts';
import { makeDirectorMetadata, makeDirectorRoot } from '../updates/repository/director.ts';
import { absentKey, newRoleKey, type RoleKey } from '../updates/repository/keys.ts';
import {
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  sha256,
  signed,
} from '../updates/repository/metadata.ts';
import {
  FAMILY,
  newUnit,
  signers,
  software,
  type TriedUnit,
  UNIT,
  unitOn,
  World,
} from '../updates/repository/try-out.ts';
import type { UpdateClientOptions } from '../updates/update-client.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const DAY = 86_400_000;
const OLD = software('1.0.0');
const NEW = software('1.1.0');
const EVIL = 'emit();\n';

/** A unit that runs 1.0.0 and is directed to 1.1.0. */
async function scene(more: Partial<UpdateClientOptions> = {}) {
  const world = await World.make();
  const unit = await newUnit(world, OLD, more);
  await world.publish(NEW);
  await world.direct('1.1.0');
  return { world, unit };
}

async function staged(more: Partial<UpdateClientOptions> = {}) {
  const { world, unit } = await scene(more);
  await unit.client.check();
  await unit.client.stage();
  return { world, unit };
}

async function updated() {
  const { world, unit } = await staged();
  await unit.client.activate();
  await unit.bootloader.boot();
  await unit.bootloader.settle(async () => true, 1000);
  return { world, unit };
}

/** Runs what must be refused; whatever is in the inactive slot afterwards, or runs at the next start, must be what was there before. */
async function refused(world: World, unit: TriedUnit, act: () => Promise<unknown>): Promise<AttackOutcome> {
  const before = unit.bootloader.record.slots[unit.bootloader.record.active]?.version;
  const marked = unit.audit.events.length;
  let refusal: string | null = null;
  try {
    await act();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    refusal = error.code;
  }
  if (refusal === null) throw new Error('nothing refused it');
  unit.disk.restart();
  const { content } = await unitOn(world, unit.disk, unit.audit).bootloader.boot();
  if (content.version !== before) throw new Error(`${content.version} was started`);
  return { refusal, audit: unit.audit.events.slice(marked) };
}

/** For what the unit survives by itself: `act`, then the code that the log gives for `what`. */
async function survived(unit: TriedUnit, what: string, act: () => Promise<unknown>): Promise<AttackOutcome> {
  const marked = unit.audit.events.length;
  await act();
  const audit: readonly AuditEvent[] = unit.audit.events.slice(marked);
  const refusal = audit.find((event) => event.what === what)?.code;
  if (!refusal) throw new Error(`the log does not say ${what}`);
  return { refusal, audit };
}

function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

async function startsVersion(world: World, unit: TriedUnit, version: string): Promise<void> {
  unit.disk.restart();
  const { content } = await unitOn(world, unit.disk, unit.audit).bootloader.boot();
  insist(content.version === version, `${content.version} was started`);
}

const versionOf = (world: World, role: string) => world.image.state.versions[role] ?? 0;
const fileOf = (world: World, name: string) => world.server.files.get(`image/metadata/${name}`) as Uint8Array;

/** What an attacker with keys of the online roles (and of others, where given) publishes: chains of metadata of any content. */
async function forge(
  world: World,
  keys: { snapshot: readonly RoleKey[]; timestamp: readonly RoleKey[] },
  files: Readonly<Record<string, { version: number; bytes: Uint8Array }>>,
  versions: { snapshot: number; timestamp: number },
): Promise<void> {
  const issued = world.clock.wall();
  const when = { issued, expires: issued + DAY };
  const snapshot = await makeSnapshot(files, { ...when, version: versions.snapshot, keys: keys.snapshot });
  const timestamp = await makeTimestamp(
    { version: versions.snapshot, bytes: snapshot },
    { ...when, version: versions.timestamp, keys: keys.timestamp },
  );
  const put = (name: string, bytes: Uint8Array) => world.server.files.set(`image/metadata/${name}`, bytes);
  for (const [role, { version, bytes }] of Object.entries(files)) put(`${version}.${role}.json`, bytes);
  put(`${versions.snapshot}.snapshot.json`, snapshot);
  put('timestamp.json', timestamp);
}

function currentFiles(world: World) {
  return Object.fromEntries(
    ['targets', FAMILY].map((role) => {
      const version = versionOf(world, role);
      return [role, { version, bytes: fileOf(world, `${version}.${role}.json`) }];
    }),
  );
}

const onlineKeys = (world: World) => ({
  snapshot: world.imageKeys.snapshot.keys,
  timestamp: world.imageKeys.timestamp.keys,
});

async function* endless(): AsyncGenerator<Uint8Array> {
  while (true) yield new Uint8Array(65_536);
}

async function evilRoot(world: World, keys: readonly RoleKey[], version: number): Promise<Uint8Array> {
  const own = { keys: [(keys[0] as RoleKey).key], threshold: 1 };
  const now = world.clock.wall();
  return makeRoot(
    { root: own, targets: own, snapshot: own, timestamp: own },
    { version, issued: now, expires: now + 9 * DAY, keys },
  );
}

/** A director's word with any content, signed by any key. */
async function directAs(world: World, key: RoleKey, text: string, path = `${FAMILY}/laser-9.0.0.mjs`) {
  const bytes = new TextEncoder().encode(text);
  const now = world.clock.wall();
  const target = { path, length: bytes.length, hashes: { sha256: sha256(bytes) } };
  const direction = { target, hardwareId: UNIT.hardwareId, version: '9.0.0', releaseCounter: 9 };
  const order = { unit: UNIT.id, version: 50, issued: now, expires: now + DAY, key, direction };
  world.server.put(await makeDirectorMetadata(order), `director/${UNIT.id}`);
  world.server.files.set(`image/targets/${FAMILY}/${sha256(bytes)}.laser-9.0.0.mjs`, bytes);
}

const attacks: readonly Attack[] = [
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
  {
    id: 'answer-with-software-without-end',
    has: 'the server of the files',
    wants: 'the disk of the unit full',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      world.server.answer = (path) => (path.startsWith('image/targets/') ? endless() : undefined);
      return refused(world, unit, () => unit.client.stage());
    },
  },
  {
    id: 'answer-with-metadata-without-end',
    has: 'the server of the files',
    wants: 'the memory of the unit full',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      world.server.answer = (path) => (path.endsWith('timestamp.json') ? endless() : undefined);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'offer-a-root-larger-than-any',
    has: 'the server of the files',
    wants: 'the memory of the unit full before a signature is looked at',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      world.server.files.set('image/metadata/2.root.json', Buffer.alloc(600_000, '{'));
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'answer-a-byte-at-a-time',
    has: 'the server of the files (a real one, on this machine)',
    wants: 'the unit waiting for ever, so that it never updates',
    row: 'L5',
    refusal: 'update.slow-retrieval',
    async run() {
      const server = createServer((_request, response) => {
        response.writeHead(200, { 'content-length': '10000' });
        const timer = setInterval(() => response.write('{'), 20);
        response.on('close', () => clearInterval(timer));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const fetch = httpFetch();
        const { port } = server.address() as AddressInfo;
        const { world, unit } = await scene({
          clock: systemClock,
          pace: { minimumBytesPerSecond: 2048, windowMs: 300 },
          fetch: (url, limits) => fetch(url.replace('//at/', `//127.0.0.1:${port}/`), limits),
        });
        return await refused(world, unit, () => unit.client.check());
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  },
  {
    id: 'cut-the-unit-off-its-updates',
    has: 'the network',
    wants: 'a unit that stops working, or that takes silence for good news',
    row: 'L5',
    refusal: 'update.unreachable',
    async run() {
      const fetch = httpFetch();
      const { world, unit } = await scene({
        clock: systemClock,
        // Nobody listens at port 1.
        fetch: (url, limits) => fetch(url.replace('//at/', '//127.0.0.1:1/'), limits),
      });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'withhold-a-file',
    has: 'the network',
    wants: 'half an update',
    row: 'L5',
    refusal: 'update.missing',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      for (const path of world.server.files.keys())
        if (path.startsWith('image/targets/')) world.server.files.delete(path);
      return refused(world, unit, () => unit.client.stage());
    },
  },
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

export const family: AttackFamily = { title: 'Updates', attacks };
