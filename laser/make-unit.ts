// A unit as it leaves the factory: its folder with settings, the key of its seals, the roots of its updates and the first software in slot A.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { makeUnitSeal } from '@ward/device/agent/unit-seal.ts';
import {
  readSettings,
  SETTINGS_FILE,
  type UnitSettings,
  writeSettings,
} from '@ward/device/agent/unit-settings.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { replaceFile } from '@ward/device/disk/disk.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { Bootloader } from '@ward/device/updates/bootloader.ts';
import { counterFile } from '@ward/device/updates/rollback-counter.ts';

/** Family in the image repository, and hardware id of the units. */
export const FAMILY = 'lumen-400';

export interface Factory {
  readonly folder: string;
  readonly settings: UnitSettings;
  readonly application: { readonly file: string; readonly version: string };
  /** First root of the image repository; null when nothing was published yet. */
  readonly imageRoot: Uint8Array | null;
  /** First root of the director; null: the one that comes with the first check-in is kept. */
  readonly directorRoot: Uint8Array | null;
}

/** Makes the unit when its folder has none. Settings and roots that came later are taken in each time. True when it was made. */
export async function makeUnit({
  folder,
  settings,
  application,
  imageRoot,
  directorRoot,
}: Factory): Promise<boolean> {
  const disk = new RealDisk(folder);
  await disk.makeFolder('.');
  const isNew = (await disk.read(SETTINGS_FILE, 64 * 1024)) === null;
  for (const [name, root] of [
    ['image-root', imageRoot],
    ['director-root', directorRoot],
  ] as const) {
    await disk.makeFolder('factory');
    const path = `factory/${name}.json`;
    if (root && (await disk.read(path, 1 << 20)) === null) await replaceFile(disk, path, root);
  }
  if (!isNew) {
    const kept = await readSettings(disk);
    await writeSettings(disk, { ...settings, unit: kept.unit, listen: kept.listen });
    return false;
  }
  const seal = await makeUnitSeal(disk);
  const bytes = await readFile(application.file);
  const bootloader = new Bootloader({
    ...{ disk, seal, counter: counterFile(disk, seal), audit: new MemoryAudit() },
  });
  await bootloader.provision(createReadStream(application.file), {
    length: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...{ version: application.version, releaseCounter: 0, releaseKey: 'factory' },
  });
  // Last: what has no settings is made anew.
  await writeSettings(disk, settings);
  return true;
}
