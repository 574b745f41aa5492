// One repository as a unit follows it: the update cycle of the TUF specification 5.3–5.6, what was trusted kept on the disk so that a crash
// at any step leaves the old file or the new one. The unit follows two: the manufacturer's (image) and the director's.
import type { TargetFile, Targets } from '@tufjs/models';
import type { Clock } from '../clock.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { decodeMetadata, MOST_BYTES, type RoleKind } from './decode.ts';
import { DEFAULT_PACE, type Fetch, fetchWhole, type Pace } from './fetch.ts';
import { refuseUpdate } from './refusals.ts';
import { believedTime, type KnownTime, TimeFile } from './signed-time.ts';
import { TrustedMetadata } from './trusted-metadata.ts';

/** TUF 5.3.3 leaves the limit to the client; what is left is followed in the next cycle. */
const MOST_ROOTS = 64;
/** TUF 5.6.7.1: most roles visited in search of a target. */
const MOST_DELEGATIONS = 32;
/** For one metadata file. */
const METADATA_DEADLINE_MS = 30_000;

export interface RepositoryClientOptions {
  /** Folder of the metadata, e.g. `https://updates.example/lumen/metadata`. */
  readonly url: string;
  /** The root that the unit was made with; every later one is reached from it, signature by signature, in each cycle. */
  readonly root: Uint8Array;
  readonly disk: Disk;
  /** Where on the disk, e.g. `updates/image`. */
  readonly folder: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** What the unit knows of the time otherwise. */
  readonly time: Pick<TrustedTime, 'now'>;
  readonly pace?: Pace;
  /** The unit that every online role must name (director); null where metadata are for all. */
  readonly unit: string | null;
  /** Told of files on the disk that were not as they had been written, and are fetched anew. */
  readonly damaged: (file: string) => Promise<void>;
  /** What the other repository's timestamps say of the time. */
  readonly otherTime?: () => KnownTime;
}

export interface FoundTarget {
  readonly target: TargetFile;
  /** The role that vouches for it, e.g. `lumen-400`. */
  readonly role: string;
  readonly consistentSnapshot: boolean;
}

export class RepositoryClient {
  readonly #options: RepositoryClientOptions;
  readonly #time: TimeFile;
  /** A cycle whose root was followed. */
  #begun: TrustedMetadata | null = null;
  #trusted: TrustedMetadata | null = null;
  #keepsBaseline = false;

  constructor(options: RepositoryClientOptions) {
    this.#options = options;
    this.#time = new TimeFile(options.disk, `${options.folder}/time.json`);
  }

  get time(): KnownTime {
    return this.#time.known;
  }

  /**
   * Begins a cycle: follows the root (TUF 5.3) and forgets what keys said of the time that were rotated since. Where two repositories judge each
   * other's time, both begin before either goes on; otherwise a stolen key's false time would keep the root from being followed that takes it away.
   */
  async begin(): Promise<void> {
    const { disk, folder } = this.#options;
    this.#trusted = null;
    this.#begun = null;
    await disk.makeFolder(folder);
    await this.#time.load();
    const trusted = await this.#loadRoots();
    await this.#followRoots(trusted);
    this.#time.underKeys(keysOf(trusted));
    this.#begun = trusted;
  }

  /**
   * Follows the repository to its latest state. When it refuses, nothing of what was refused is kept; what was verified before that is, as
   * TUF wants it. Costs a fetch of one root that is not there and one timestamp when nothing is new.
   */
  async refresh(): Promise<void> {
    if (!this.#begun) await this.begin();
    const trusted = this.#begun as TrustedMetadata;
    this.#begun = null;
    trusted.setNow(this.#now());
    try {
      const keptSnapshot = await this.#readKept('snapshot.json', 'snapshot');
      await this.#updateTimestamp(trusted, keptSnapshot);
      await this.#updateSnapshot(trusted, keptSnapshot);
      await this.#updateTargets(trusted, 'targets', 'root');
    } catch (error) {
      const version = trusted.timestamp?.signed.version;
      if (isRefusal(error, 'update.freeze') && version) await this.#time.rememberExpired(version);
      throw error;
    }
    this.#trusted = trusted;
  }

  /** The top-level targets of the last `refresh`. */
  get targets(): Readonly<Record<string, TargetFile>> {
    return this.#fresh().targets('targets')?.signed.targets ?? {};
  }
  get delegates(): boolean {
    return this.#fresh().targets('targets')?.signed.delegations !== undefined;
  }

  /**
   * Searches the delegations in preorder (TUF 5.6.7): the first role that lists the path vouches for it, a terminating delegation ends the
   * search. Null when no role that may vouch for the path lists it.
   */
  async findTarget(path: string): Promise<FoundTarget | null> {
    const trusted = this.#fresh();
    const visited = new Set<string>();
    let ahead = [{ role: 'targets', delegator: 'root' }];
    while (ahead.length > 0 && visited.size <= MOST_DELEGATIONS) {
      const { role, delegator } = ahead.shift() as { role: string; delegator: string };
      if (visited.has(role)) continue;
      const targets = await this.#updateTargets(trusted, role, delegator);
      visited.add(role);
      if (Object.hasOwn(targets.targets, path))
        return {
          target: targets.targets[path] as TargetFile,
          role,
          consistentSnapshot: trusted.root.signed.consistentSnapshot,
        };
      const children: typeof ahead = [];
      for (const { role: child, terminating } of targets.delegations?.rolesForTarget(path) ?? []) {
        children.push({ role: child, delegator: role });
        if (!terminating) continue;
        ahead = [];
        break;
      }
      ahead = [...children, ...ahead];
    }
    return null;
  }

  #fresh(): TrustedMetadata {
    if (!this.#trusted) throw new Error('refresh before reading');
    return this.#trusted;
  }

  #now(): number {
    const other = this.#options.otherTime?.();
    return believedTime(this.#options.time.now(), this.#time.known, ...(other ? [other] : []));
  }

  /** From the root that the unit was made with along the roots kept on the disk: a root put there by another hand breaks the chain. */
  async #loadRoots(): Promise<TrustedMetadata> {
    const trusted = new TrustedMetadata(this.#options.root, this.#now());
    while (true) {
      const file = `${trusted.root.signed.version + 1}.root.json`;
      const bytes = await this.#readKept(file, 'root');
      if (!bytes) return trusted;
      try {
        trusted.updateRoot(bytes);
      } catch {
        await this.#options.damaged(file);
        return trusted;
      }
    }
  }

  /** TUF 5.3. */
  async #followRoots(trusted: TrustedMetadata): Promise<void> {
    for (let count = 0; count < MOST_ROOTS; count += 1) {
      const file = `${trusted.root.signed.version + 1}.root.json`;
      let bytes: Uint8Array;
      try {
        bytes = await this.#fetchFile(file, MOST_BYTES.root);
      } catch (error) {
        if (isRefusal(error, 'update.missing')) return;
        throw error;
      }
      trusted.updateRoot(bytes);
      await this.#keep(file, bytes);
    }
  }

  /** TUF 5.4. */
  async #updateTimestamp(trusted: TrustedMetadata, keptSnapshot: Uint8Array | null): Promise<void> {
    const kept = await this.#readKept('timestamp.json', 'timestamp');
    // TUF 5.3.11: after a rotation of either key both are forgotten; judged by the signatures, so that a crash in between changes nothing.
    const signed =
      kept !== null &&
      trusted.isSignedForNow('timestamp', kept) &&
      (keptSnapshot === null || trusted.isSignedForNow('snapshot', keptSnapshot));
    this.#keepsBaseline = signed;
    if (signed) {
      try {
        trusted.updateTimestamp(kept);
      } catch (error) {
        // An expired one still guards against rollback (5.4.3).
        if (!isRefusal(error, 'update.freeze')) await this.#options.damaged('timestamp.json');
      }
    }
    const bytes = await this.#fetchFile('timestamp.json', MOST_BYTES.timestamp);
    let fresh: 'new' | 'same';
    try {
      fresh = trusted.updateTimestamp(bytes);
    } catch (error) {
      // Another unit's must not be remembered as this one's expired version.
      if (isRefusal(error, 'update.freeze')) this.#checkUnit('timestamp', bytes);
      throw error;
    }
    if (fresh === 'new') {
      this.#checkUnit('timestamp', bytes);
      await this.#time.learnIssued(issuedIn('timestamp', bytes));
      trusted.setNow(this.#now());
      await this.#keep('timestamp.json', bytes);
    }
    const timestamp = trusted.timestamp;
    if (!timestamp || timestamp.signed.isExpired(new Date(trusted.now)))
      throw refuseUpdate('update.freeze', { role: 'timestamp' });
    // Once judged expired, expired for good: a clock that is set back afterwards revives nothing.
    if (timestamp.signed.version <= this.#time.known.expiredVersion)
      throw refuseUpdate('update.freeze', { role: 'timestamp', version: timestamp.signed.version });
  }

  /** TUF 5.5. */
  async #updateSnapshot(trusted: TrustedMetadata, kept: Uint8Array | null): Promise<void> {
    const meta = trusted.timestamp?.signed.snapshotMeta;
    // Only beside a timestamp that was kept: after a rotation of either key both are forgotten.
    if (kept && this.#keepsBaseline) {
      try {
        trusted.updateSnapshot(kept, { baseline: true });
        meta?.verify(Buffer.from(kept));
        return;
      } catch {
        // Not the current one, or expired: it has served as the baseline.
      }
    }
    const consistent = trusted.root.signed.consistentSnapshot;
    const bytes = await this.#fetchFile(
      consistent ? `${meta?.version}.snapshot.json` : 'snapshot.json',
      Math.min(meta?.length ?? MOST_BYTES.snapshot, MOST_BYTES.snapshot),
    );
    trusted.updateSnapshot(bytes);
    this.#checkUnit('snapshot', bytes);
    await this.#keep('snapshot.json', bytes);
  }

  /** TUF 5.6.1–5.6.6, for `targets` and each delegated role on the way. */
  async #updateTargets(trusted: TrustedMetadata, role: string, delegator: string): Promise<Targets> {
    const known = trusted.targets(role);
    if (known) return known.signed;
    const kept = await this.#readKept(`${role}.json`, 'targets');
    if (kept) {
      try {
        trusted.updateTargets(kept, role, delegator);
        return trusted.targets(role)?.signed as Targets;
      } catch {
        // Not the current one.
      }
    }
    const table = trusted.snapshot?.signed.meta ?? {};
    const meta = Object.hasOwn(table, `${role}.json`) ? table[`${role}.json`] : undefined;
    if (!meta) throw refuseUpdate('update.mix-and-match', { role, why: 'not in the snapshot' });
    const consistent = trusted.root.signed.consistentSnapshot;
    const bytes = await this.#fetchFile(
      consistent ? `${meta.version}.${role}.json` : `${role}.json`,
      Math.min(meta.length ?? MOST_BYTES.targets, MOST_BYTES.targets),
    );
    trusted.updateTargets(bytes, role, delegator);
    this.#checkUnit('targets', bytes);
    await this.#keep(`${role}.json`, bytes);
    return trusted.targets(role)?.signed as Targets;
  }

  /** Before it is kept: metadata of another unit must not raise this unit's versions. */
  #checkUnit(kind: RoleKind, bytes: Uint8Array): void {
    const { unit } = this.#options;
    if (unit === null) return;
    const named = decodeMetadata(kind, bytes).signed.unit;
    if (named !== unit)
      throw refuseUpdate('update.wrong-unit', {
        role: kind,
        unit,
        named: typeof named === 'string' ? named.slice(0, 64) : null,
      });
  }

  #fetchFile(file: string, maxBytes: number): Promise<Uint8Array> {
    const { fetch, url, clock, pace = DEFAULT_PACE } = this.#options;
    return fetchWhole(fetch, `${url}/${file}`, { maxBytes, deadline: METADATA_DEADLINE_MS }, clock, pace);
  }

  /** Null when there is none; one that is not metadata any more (half written, changed by a hand) is told and fetched anew. */
  async #readKept(file: string, kind: RoleKind): Promise<Uint8Array | null> {
    try {
      const bytes = await this.#options.disk.read(`${this.#options.folder}/${file}`, MOST_BYTES[kind]);
      if (bytes) decodeMetadata(kind, bytes);
      return bytes;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EFBIG' && code !== 'EIO' && !isRefusal(error)) throw error;
      await this.#options.damaged(file);
      return null;
    }
  }

  #keep(file: string, bytes: Uint8Array): Promise<void> {
    return replaceFile(this.#options.disk, `${this.#options.folder}/${file}`, bytes);
  }
}

const keysOf = (trusted: TrustedMetadata) =>
  [...(trusted.root.signed.roles.timestamp?.keyIDs ?? [])].sort().join(' ');

/** When it was signed, as our repository makers write it; 0 in metadata made by others. Never after its own expiry. */
function issuedIn(kind: RoleKind, bytes: Uint8Array): number {
  const { signed, expires } = decodeMetadata(kind, bytes);
  const issued = typeof signed.issued === 'string' ? Date.parse(signed.issued) : 0;
  return Number.isFinite(issued) && issued > 0 && issued < expires ? issued : 0;
}
