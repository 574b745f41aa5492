// A log with keys of its own on a disk: for tests, attacks and the report of power cuts.
import { checkpointSigner } from '../agent/audit-keys.ts';
import { type Clock, HandClock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import type { SimulatedDisk } from '../disk/simulated-disk.ts';
import { generateSoftwareKey } from '../identity/key.ts';
import type { CheckpointKey, SignCheckpoint } from './checkpoint.ts';
import { AuditLog, type AuditLogOptions } from './log.ts';

export interface TestKeys {
  readonly sign: SignCheckpoint;
  readonly keys: readonly CheckpointKey[];
}

export async function testKeys(): Promise<TestKeys> {
  const { key } = await generateSoftwareKey();
  return { sign: checkpointSigner(key), keys: [key.jwk] };
}

/** The bytes of all segments, oldest first, as somebody puts them together who takes a log off a unit. */
export function wholeLog(disk: SimulatedDisk): Uint8Array {
  const paths = disk.paths().filter((path) => /^audit\/log(-\d+)?$/.test(path));
  const ordered = [...paths.filter((path) => path !== 'audit/log').sort(), 'audit/log'];
  return Buffer.concat(ordered.map((path) => disk.peek(path) ?? new Uint8Array()));
}

let shared: Promise<TestKeys> | null = null;
let boots = 0;

/** Opens the log of unit `L4-0007` (or another) on the disk, always with the same keys unless others are given. */
export async function openTestLog(
  disk: Disk,
  options: Partial<AuditLogOptions> & { readonly clock?: Clock } = {},
): Promise<{ log: AuditLog; keys: readonly CheckpointKey[] }> {
  shared ??= testKeys();
  boots += 1;
  const { sign, keys } = await shared;
  const clock = new HandClock();
  const log = await AuditLog.open({
    disk,
    clock,
    unit: 'L4-0007',
    boot: `boot-${boots}`,
    sign,
    keys,
    ...options,
  });
  return { log, keys: options.keys ?? keys };
}
