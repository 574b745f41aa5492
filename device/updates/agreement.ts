// What both repositories must agree on before a byte is fetched: the manufacturer's says which software exists for which devices, the
// director's says which unit shall run which of it (Uptane 5.4.4.2). Either alone installs nothing.
import type { TargetFile } from '@tufjs/models';
import { z } from 'zod';
import { refuseUpdate } from './refusals.ts';
import type { FoundTarget } from './repository-client.ts';

/** Three numbers. */
export const SoftwareVersion = z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/);
export const HardwareId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const Counter = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** `custom` of a target in the manufacturer's repository. */
export const PublishedCustom = z.strictObject({
  hardwareIds: z.array(HardwareId).min(1).max(64),
  version: SoftwareVersion,
  /** The unit must already run this or a later version, e.g. because of a migration of data in between. */
  minimumVersion: SoftwareVersion.optional(),
  /** Anti-rollback: raised by the publisher when no earlier release may run any more. */
  releaseCounter: Counter,
  /** Key of the release in the workbench, e.g. `REL-12`. */
  releaseKey: z.string().min(1).max(64),
});
export type PublishedCustom = z.infer<typeof PublishedCustom>;

/** `custom` of a target in the director's repository. */
export const DirectedCustom = z.strictObject({
  unit: z.string().min(1).max(64),
  hardwareId: HardwareId,
  version: SoftwareVersion,
  releaseCounter: Counter,
  /** Raised by the director to have a unit try again what failed on it. */
  attempt: z.number().int().min(1).max(1000),
});
export type DirectedCustom = z.infer<typeof DirectedCustom>;

export interface UnitFacts {
  readonly id: string;
  readonly hardwareId: string;
  /** Version that runs now. */
  readonly version: string;
  /** The anti-rollback counter: no release with a lower one is installed or started. */
  readonly counter: number;
}

/** Software that this unit shall run, vouched for by both. */
export interface Update {
  readonly path: string;
  readonly length: number;
  readonly hashes: { readonly sha256?: string; readonly sha512?: string };
  readonly version: string;
  readonly releaseCounter: number;
  readonly releaseKey: string;
  readonly attempt: number;
  /** Role of the manufacturer's repository that vouches for it. */
  readonly publishedBy: string;
  /** Where its bytes are, below the repository's folder of targets. */
  readonly file: string;
}

/** What the director names for this unit, or null when it has nothing to do. Refuses `update.malformed`, `update.wrong-unit`. */
export function directedTarget(
  targets: Readonly<Record<string, TargetFile>>,
  unit: UnitFacts,
): { readonly path: string; readonly target: TargetFile; readonly custom: DirectedCustom } | null {
  const all = Object.entries(targets);
  if (all.length === 0) return null;
  if (all.length > 1) throw refuseUpdate('update.malformed', { role: 'director', targets: all.length });
  const [path, target] = all[0] as [string, TargetFile];
  const custom = DirectedCustom.safeParse(target.custom);
  if (!custom.success) throw refuseUpdate('update.malformed', { role: 'director', path });
  if (custom.data.unit !== unit.id)
    throw refuseUpdate('update.wrong-unit', { unit: unit.id, named: custom.data.unit });
  return { path, target, custom: custom.data };
}

/**
 * The update, when both agree and it may run on this unit. Refuses `update.not-published`, `update.disagreement`, `update.wrong-hardware`,
 * `update.counter-lower`, `update.version-too-old`, `update.malformed`.
 */
export function agree(
  directed: NonNullable<ReturnType<typeof directedTarget>>,
  found: FoundTarget | null,
  unit: UnitFacts,
): Update {
  const { path } = directed;
  if (!found) throw refuseUpdate('update.not-published', { path });
  const parsed = PublishedCustom.safeParse(found.target.custom);
  if (!parsed.success) throw refuseUpdate('update.malformed', { role: found.role, path });
  const published = parsed.data;
  if (found.target.length !== directed.target.length || !sameHashes(found.target, directed.target))
    throw refuseUpdate('update.disagreement', { path, about: 'bytes' });
  if (published.version !== directed.custom.version)
    throw refuseUpdate('update.disagreement', { path, about: 'version' });
  if (published.releaseCounter !== directed.custom.releaseCounter)
    throw refuseUpdate('update.disagreement', { path, about: 'counter' });
  if (!published.hardwareIds.includes(unit.hardwareId) || directed.custom.hardwareId !== unit.hardwareId)
    throw refuseUpdate('update.wrong-hardware', {
      path,
      unit: unit.hardwareId,
      directed: directed.custom.hardwareId,
    });
  if (published.releaseCounter < unit.counter)
    throw refuseUpdate('update.counter-lower', { counter: published.releaseCounter, unit: unit.counter });
  if (published.minimumVersion && compareVersions(unit.version, published.minimumVersion) < 0)
    throw refuseUpdate('update.version-too-old', { runs: unit.version, needs: published.minimumVersion });
  return {
    path,
    length: found.target.length,
    hashes: found.target.hashes,
    version: published.version,
    releaseCounter: published.releaseCounter,
    releaseKey: published.releaseKey,
    attempt: directed.custom.attempt,
    publishedBy: found.role,
    file: found.consistentSnapshot ? hashedName(path, found.target.hashes) : path,
  };
}

/** At least one strong hash in common and none that differs. */
function sameHashes(a: TargetFile, b: TargetFile): boolean {
  const common = (['sha256', 'sha512'] as const).filter((name) => a.hashes[name] && b.hashes[name]);
  return common.length > 0 && common.every((name) => a.hashes[name] === b.hashes[name]);
}

/** TUF 6.2: `folder/HASH.name`, of the first hash as tuf-js does it. */
export function hashedName(path: string, hashes: Readonly<Record<string, string>>): string {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}${Object.values(hashes)[0]}.${path.slice(cut)}`;
}

/** `compareVersions('1.10.0', '1.9.3') > 0` */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < 3; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
