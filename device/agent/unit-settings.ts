// What the factory and whoever installs a unit write into its folder: which device it is, where it listens, whom it calls. No secret.
import { z } from 'zod';
import type { Disk } from '../disk/disk.ts';
import { replaceFile } from '../disk/disk.ts';
import { PlainId } from '../identity/names.ts';

export const SETTINGS_FILE = 'factory/unit.json';
const MOST_BYTES = 16 * 1024;
const Port = z.number().int().min(0).max(65_535);

export const UnitSettings = z.strictObject({
  version: z.literal(1),
  /** Serial number: the unit's name everywhere. */
  unit: PlainId,
  hardwareId: PlainId,
  /** The one port on which consoles and service laptops find the unit. */
  listen: z.strictObject({ host: z.string().min(1).max(255), port: Port }),
  /** Null: a unit without a workbench. */
  gateway: z.strictObject({ host: z.string().min(1).max(255), port: Port }).nullable(),
  /** Folder of the manufacturer's image repository (static files); null: no updates. */
  repository: z.url().max(2_000).nullable(),
  checkInSeconds: z.number().min(0.1).max(86_400).default(60),
  /** How long the person at the device has to postpone an update that is ready; not postponed is agreed. */
  updateGraceSeconds: z.number().min(0).max(86_400).default(900),
});
export type UnitSettings = z.infer<typeof UnitSettings>;

/** Throws when there are none or they are damaged: such a unit is sent back. */
export async function readSettings(disk: Disk): Promise<UnitSettings> {
  const bytes = await disk.read(SETTINGS_FILE, MOST_BYTES);
  if (!bytes) throw new Error(`there is no ${SETTINGS_FILE}: this folder is no unit`);
  return UnitSettings.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

export async function writeSettings(disk: Disk, settings: z.input<typeof UnitSettings>): Promise<void> {
  await disk.makeFolder('factory');
  const bytes = new TextEncoder().encode(`${JSON.stringify(UnitSettings.parse(settings), null, 2)}\n`);
  await replaceFile(disk, SETTINGS_FILE, bytes);
}
