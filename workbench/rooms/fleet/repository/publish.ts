// Publishing: the manufacturer's offline keys vouch for a file, and the static repository that units fetch from gets it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { LIFETIMES } from '@ward/device/updates/repository/image-repository.ts';
import { writeFolder } from '@ward/device/updates/repository/write-folder.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import { findRecord } from '../../../kernel/records/read.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import { refuseFleet } from '../errors.ts';
import { noteUnits } from '../units.ts';
import { type KeysFolder, openKeysFolders, type RotatedRole, requireSignedByOne } from './keys-folder.ts';
import { requireRepository } from './repository-place.ts';

export const FAMILY = 'lumen-400';

/**
 * Puts new metadata into the static folder; timestamps run out within days, so this is done daily. Needs the keys for snapshot and timestamp alone; roles
 * whose keys are given too are signed anew with them, before they end.
 */
export async function refreshRepository(kernel: Kernel, folders: readonly string[]): Promise<void> {
  const folder = await requireRepository(kernel.db);
  const keys = await openKeysFolders(folders, FAMILY, folder);
  if (keys.signersOf('targets').length > 0) keys.repository.renew('targets');
  if (keys.signersOf('family').length > 0) keys.repository.renew(FAMILY);
  await publishTo(folder, keys, kernel.now());
}

/** Refuses `fleet.keys` when too few of the keys are at hand that have to sign. */
export async function publishTo(folder: string, keys: KeysFolder, now: Date): Promise<void> {
  requireKeys(keys);
  const files = await keys.repository.publish(now.getTime());
  const disk = new RealDisk(folder);
  await mkdir(folder, { recursive: true });
  // Nobody looks at a file before a timestamp or a root's number leads to it. What was published is known before that: after a crash a number is left
  // out, never used twice.
  const leads = (path: string) => /(^|\/)(timestamp|\d+\.root)\.json$/.test(path);
  await writeFolder(disk, new Map([...files].filter(([path]) => !leads(path))));
  await keys.keep(files);
  const { root, rootDocument } = keys;
  const again =
    root && rootDocument
      ? [[`metadata/${root.signed.version}.root.json`, Buffer.from(rootDocument)] as const]
      : [];
  await writeFolder(disk, new Map([...again, ...[...files].filter(([path]) => leads(path))]));
}

/** Refuses `fleet.keys`. */
function requireKeys({ repository: { missing } }: KeysFolder): void {
  if (missing.length === 0) return;
  throw refuseFleet('fleet.keys', `Too few keys are there for ${missing.join(', ')}.`, { remedy: MORE_KEYS });
}

const MORE_KEYS = 'Give the folders that hold them too: --keys FOLDER ANOTHER.';

export interface ImageRootOrder {
  readonly folders: readonly string[];
  /** Roles that get new keys. */
  readonly rotate: readonly RotatedRole[];
}

/**
 * The next root of the repository: holds a year from now and names new keys where they are asked for. Units follow it from the one before. Refuses
 * `fleet.keys`, `fleet.repository-differs`. Gives the files of keys that nobody needs any more.
 */
export async function renewImageRoot(
  kernel: Kernel,
  { folders, rotate }: ImageRootOrder,
): Promise<{ readonly version: number; readonly endsAt: Date; readonly replaced: readonly string[] }> {
  const folder = await requireRepository(kernel.db);
  const keys = await openKeysFolders(folders, FAMILY, folder);
  const root = keys.root as NonNullable<KeysFolder['root']>;
  keys.repository.renew('root');
  requireAllSigners(keys, rotate);
  requireSignedByOne(root, keys.signersOf('root'));
  const replaced: string[] = [];
  for (const role of rotate) replaced.push(...(await keys.rotate(role)));
  const now = kernel.now();
  await publishTo(folder, keys, now);
  const version = root.signed.version + 1;
  await kernel.records.write(SYSTEM, (work) =>
    work.commitLast([
      {
        type: 'note',
        action: 'fleet.image-root-made',
        productId: null,
        record: null,
        content: { version, rotated: [...rotate] },
      },
    ]),
  );
  return { version, endsAt: new Date(now.getTime() + LIFETIMES.root), replaced };
}

/** Before new keys are made: what would be missing then is said while nothing has happened. */
function requireAllSigners(keys: KeysFolder, rotate: readonly RotatedRole[]): void {
  const fresh = new Set<string>(rotate);
  const needed: RotatedRole[] = ['root', 'snapshot', 'timestamp'];
  if (fresh.has('family')) needed.push('targets');
  const missing = needed.filter((role) => (role === 'root' || !fresh.has(role)) && isMissing(keys, role));
  if (missing.length > 0)
    throw refuseFleet('fleet.keys', `Too few keys are there for ${missing.join(', ')}.`, {
      remedy: MORE_KEYS,
    });
}

const isMissing = ({ root, signersOf }: KeysFolder, role: RotatedRole): boolean =>
  signersOf(role).length < (root?.signed.roles[role]?.threshold ?? 1);

export interface Publication {
  readonly file: string;
  readonly update: string;
  readonly version: string;
  readonly hardwareIds: readonly string[];
  readonly releaseCounter: number;
  readonly keysFolders: readonly string[];
}

/**
 * Refuses `fleet.no-target` when the update does not name the file's SHA-256 (so what was verified and signed is what is published),
 * `fleet.target-known`, `fleet.keys`, `fleet.no-repository`.
 */
export async function publishTarget(
  kernel: Kernel,
  { file, update: key, version, hardwareIds, releaseCounter, keysFolders }: Publication,
): Promise<{ path: string; sha256: string; length: number }> {
  const folder = await requireRepository(kernel.db);
  const [length, sha256] = await measure(file);
  const update = await findRecord(kernel.db, key);
  if (update?.kind !== 'update' || update.productId === null)
    throw refuseFleet('fleet.no-target', `${key.slice(0, 40)} is no update.`, { at: key.slice(0, 40) });
  requireNamed(update, sha256, basename(file));
  const known = await kernel.db
    .selectFrom('fleet_target')
    .select('path')
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  if (known)
    throw refuseFleet('fleet.target-known', `It was published as ${known.path}.`, { at: known.path });
  const { id: releaseId, key: releaseKey } = await releaseOf(kernel, update);

  const keys = await openKeysFolders(keysFolders, FAMILY, folder);
  const entry = keys.repository.listTarget(
    FAMILY,
    `${version}/${basename(file)}`.replace(/[^A-Za-z0-9._/-]/g, '-'),
    { length, hashes: { sha256 } },
    { hardwareIds: [...hardwareIds], version, releaseCounter, releaseKey },
  );
  requireKeys(keys);
  const place = join(folder, 'targets', dirname(entry.path), `${sha256}.${basename(entry.path)}`);
  await mkdir(dirname(place), { recursive: true });
  await copyFile(file, place);
  await publishTo(folder, keys, kernel.now());
  await kernel.records.write(SYSTEM, async (work) => {
    await work.db
      .insertInto('fleet_target')
      .values({
        sha256,
        path: entry.path,
        length,
        version,
        release_counter: releaseCounter,
        hardware_ids: JSON.stringify(hardwareIds),
        update_id: update.id,
        release_id: releaseId,
        added_at: work.now,
        added_by: null,
      })
      .execute();
    await noteUnits(work, update.productId as string, 'fleet.target-published', {
      update: update.key,
      path: entry.path,
      sha256,
      version,
    });
  });
  return { path: entry.path, sha256, length };
}

function requireNamed(update: WardRecord, sha256: string, name: string): void {
  const artefacts = (update.body.artefacts ?? []) as unknown as readonly { readonly sha256: string }[];
  if (artefacts.some((artefact) => artefact.sha256 === sha256)) return;
  throw refuseFleet(
    'fleet.no-target',
    `${update.key} names no artefact with the SHA-256 ${sha256} of ${name}.`,
    {
      at: update.key,
      remedy:
        'Add it to the signed artefacts of the update and have the update verified; then publish the file.',
    },
  );
}

async function releaseOf({ db }: Kernel, update: WardRecord): Promise<{ id: string; key: string }> {
  const link = await db
    .selectFrom('link')
    .innerJoin('record', 'record.id', 'link.to_id')
    .select(['record.id', 'record.key'])
    .where('link.from_id', '=', update.id)
    .where('link.type', '=', 'brings')
    .where('link.ended_at', 'is', null)
    .executeTakeFirst();
  if (link) return link;
  throw refuseFleet('fleet.no-target', `${update.key} brings no release.`, {
    at: update.key,
    remedy: 'Link the update to the release that it brings.',
  });
}

async function measure(file: string): Promise<[length: number, sha256: string]> {
  try {
    const { size } = await stat(file);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(resolve(file))) hash.update(chunk as Buffer);
    return [size, hash.digest('hex')];
  } catch (error) {
    throw refuseFleet(
      'fleet.no-target',
      `The file cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      {
        at: file,
      },
    );
  }
}
