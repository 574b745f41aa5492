// The director's repository (Uptane 5.3.2): for each unit a small set of metadata that says what it shall run, signed by the workbench's
// online key. That key is vouched for by a root of the director's own, whose keys are offline like the manufacturer's.
import type { Key } from '@tufjs/models';
import { DirectedCustom } from '../agreement.ts';
import type { Files, Signers } from './image-repository.ts';
import { atHand, type RoleKey } from './keys.ts';
import { makeRoot, makeSnapshot, makeTargets, makeTimestamp, type TargetEntry } from './metadata.ts';

export interface DirectorRoot {
  readonly version: number;
  readonly issued: number;
  readonly expires: number;
  /** Those at hand sign. */
  readonly root: Signers;
  /** Signers of the root before this one, when they were others. */
  readonly before?: Pick<Signers, 'keys'>;
  /** The workbench's key for timestamp, snapshot and targets. */
  readonly online: Key;
}

/** The root of all units' director metadata: `N.root.json`, to be given beside each unit's files. */
export function makeDirectorRoot({ root, before, online, ...when }: DirectorRoot): Promise<Uint8Array> {
  const one = { keys: [online], threshold: 1 };
  const all = atHand([...(before?.keys ?? []), ...root.keys]);
  const keys = [...new Map(all.map((key) => [key.id, key])).values()];
  const publics = { keys: root.keys.map(({ key }) => key), threshold: root.threshold };
  return makeRoot({ root: publics, timestamp: one, snapshot: one, targets: one }, { ...when, keys });
}

/** What a unit shall run: length and hashes as the manufacturer published them. */
export interface Direction {
  readonly target: Pick<TargetEntry, 'path' | 'length' | 'hashes'>;
  readonly hardwareId: string;
  readonly version: string;
  readonly releaseCounter: number;
  /** From 1; raised to have a unit try again what failed on it. */
  readonly attempt?: number;
}

export interface DirectorMetadata {
  readonly unit: string;
  /** One number for the three files; must be higher than any that this unit was ever given. */
  readonly version: number;
  readonly issued: number;
  readonly expires: number;
  readonly key: RoleKey;
  /** Null: nothing to do; what was staged is withdrawn. */
  readonly direction: Direction | null;
}

/** The three files of one unit; copy (or answer) `timestamp.json` last. Pure but for the signatures. */
export async function makeDirectorMetadata(order: DirectorMetadata): Promise<Files> {
  const { unit, version, issued, expires, key, direction } = order;
  const signing = { unit, version, issued, expires, keys: [key] };
  const targets = await makeTargets(direction ? [entryOf(unit, direction)] : [], signing);
  const snapshot = await makeSnapshot({ targets: { version, bytes: targets } }, signing);
  const timestamp = await makeTimestamp({ version, bytes: snapshot }, signing);
  return new Map([
    [`${version}.targets.json`, targets],
    [`${version}.snapshot.json`, snapshot],
    ['timestamp.json', timestamp],
  ]);
}

function entryOf(unit: string, direction: Direction): TargetEntry {
  const { target, hardwareId, version, releaseCounter, attempt = 1 } = direction;
  const custom = DirectedCustom.parse({ unit, hardwareId, version, releaseCounter, attempt });
  return { path: target.path, length: target.length, hashes: target.hashes, custom };
}
