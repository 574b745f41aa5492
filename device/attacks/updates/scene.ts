// Where updates are attacked: a unit and its two repositories, and what an attacker with some of their keys can publish. The repositories, the
// metadata, the client, the disk's files and the boot are the real parts; only the disk itself is in memory.
import type { AuditEvent } from '../../audit/event.ts';
import { isRefusal } from '../../refusal.ts';
import { makeDirectorMetadata } from '../../updates/repository/director.ts';
import type { RoleKey } from '../../updates/repository/keys.ts';
import { makeRoot, makeSnapshot, makeTimestamp, sha256 } from '../../updates/repository/metadata.ts';
import {
  FAMILY,
  newUnit,
  software,
  type TriedUnit,
  UNIT,
  unitOn,
  World,
} from '../../updates/repository/try-out.ts';
import type { UpdateClientOptions } from '../../updates/update-client.ts';
import type { AttackOutcome } from '../attack.ts';

export const DAY = 86_400_000;
export const OLD = software('1.0.0');
export const NEW = software('1.1.0');
export const EVIL = 'emit();\n';

/** A unit that runs 1.0.0 and is directed to 1.1.0. */
export async function scene(more: Partial<UpdateClientOptions> = {}) {
  const world = await World.make();
  const unit = await newUnit(world, OLD, more);
  await world.publish(NEW);
  await world.direct('1.1.0');
  return { world, unit };
}

export async function staged(more: Partial<UpdateClientOptions> = {}) {
  const { world, unit } = await scene(more);
  await unit.client.check();
  await unit.client.stage();
  return { world, unit };
}

export async function updated() {
  const { world, unit } = await staged();
  await unit.client.activate();
  await unit.bootloader.boot();
  await unit.bootloader.settle(async () => true, 1000);
  return { world, unit };
}

/** Runs what must be refused; whatever is in the inactive slot afterwards, or runs at the next start, must be what was there before. */
export async function refused(
  world: World,
  unit: TriedUnit,
  act: () => Promise<unknown>,
): Promise<AttackOutcome> {
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
export async function survived(
  unit: TriedUnit,
  what: string,
  act: () => Promise<unknown>,
): Promise<AttackOutcome> {
  const marked = unit.audit.events.length;
  await act();
  const audit: readonly AuditEvent[] = unit.audit.events.slice(marked);
  const refusal = audit.find((event) => event.what === what)?.code;
  if (!refusal) throw new Error(`the log does not say ${what}`);
  return { refusal, audit };
}

export function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

export async function startsVersion(world: World, unit: TriedUnit, version: string): Promise<void> {
  unit.disk.restart();
  const { content } = await unitOn(world, unit.disk, unit.audit).bootloader.boot();
  insist(content.version === version, `${content.version} was started`);
}

export const versionOf = (world: World, role: string) => world.image.state.versions[role] ?? 0;
export const fileOf = (world: World, name: string) =>
  world.server.files.get(`image/metadata/${name}`) as Uint8Array;

/** What an attacker with keys of the online roles (and of others, where given) publishes: chains of metadata of any content. */
export async function forge(
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

export function currentFiles(world: World) {
  return Object.fromEntries(
    ['targets', FAMILY].map((role) => {
      const version = versionOf(world, role);
      return [role, { version, bytes: fileOf(world, `${version}.${role}.json`) }];
    }),
  );
}

export const onlineKeys = (world: World) => ({
  snapshot: world.imageKeys.snapshot.keys,
  timestamp: world.imageKeys.timestamp.keys,
});

export async function* endless(): AsyncGenerator<Uint8Array> {
  while (true) yield new Uint8Array(65_536);
}

export async function evilRoot(world: World, keys: readonly RoleKey[], version: number): Promise<Uint8Array> {
  const own = { keys: [(keys[0] as RoleKey).key], threshold: 1 };
  const now = world.clock.wall();
  return makeRoot(
    { root: own, targets: own, snapshot: own, timestamp: own },
    { version, issued: now, expires: now + 9 * DAY, keys },
  );
}

/** A director's word with any content, signed by any key. */
export async function directAs(world: World, key: RoleKey, text: string, path = `${FAMILY}/laser-9.0.0.mjs`) {
  const bytes = new TextEncoder().encode(text);
  const now = world.clock.wall();
  const target = { path, length: bytes.length, hashes: { sha256: sha256(bytes) } };
  const direction = { target, hardwareId: UNIT.hardwareId, version: '9.0.0', releaseCounter: 9 };
  const order = { unit: UNIT.id, version: 50, issued: now, expires: now + DAY, key, direction };
  world.server.put(await makeDirectorMetadata(order), `director/${UNIT.id}`);
  world.server.files.set(`image/targets/${FAMILY}/${sha256(bytes)}.laser-9.0.0.mjs`, bytes);
}
