// Publishing: the manufacturer's offline keys vouch for a file, and the static repository that units fetch from gets it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { writeFolder } from '@ward/device/updates/repository/write-folder.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import { findRecord } from '../../../kernel/records/read.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import { refuseFleet } from '../errors.ts';
import { noteUnits } from '../units.ts';
import { type KeysFolder, openKeysFolder } from './keys-folder.ts';
import { requireRepository } from './repository-place.ts';

export const FAMILY = 'lumen-400';

/** Puts new metadata into the static folder; timestamps run out within days, so this is done daily. */
export async function refreshRepository(kernel: Kernel, keysFolder: string): Promise<void> {
  const keys = await openKeysFolder(keysFolder, FAMILY);
  await publishTo(await requireRepository(kernel.db), keys, kernel.now());
}

export async function publishTo(folder: string, keys: KeysFolder, now: Date): Promise<void> {
  const files = await keys.repository.publish(now.getTime());
  // First remembered, then published: after a crash between them a number is left out, never used twice.
  await keys.keep();
  await mkdir(folder, { recursive: true });
  await writeFolder(new RealDisk(folder), files);
}

export interface Publication {
  readonly file: string;
  readonly update: string;
  readonly version: string;
  readonly hardwareIds: readonly string[];
  readonly releaseCounter: number;
  readonly keysFolder: string;
}

/**
 * Refuses `fleet.no-target` when the update does not name the file's SHA-256 (so what was verified and signed is what is published),
 * `fleet.target-known`, `fleet.keys`, `fleet.no-repository`.
 */
export async function publishTarget(
  kernel: Kernel,
  { file, update: key, version, hardwareIds, releaseCounter, keysFolder }: Publication,
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

  const keys = await openKeysFolder(keysFolder, FAMILY);
  const entry = keys.repository.listTarget(
    FAMILY,
    `${version}/${basename(file)}`.replace(/[^A-Za-z0-9._/-]/g, '-'),
    { length, hashes: { sha256 } },
    { hardwareIds: [...hardwareIds], version, releaseCounter, releaseKey },
  );
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
