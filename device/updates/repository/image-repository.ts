// The manufacturer's repository: root with a threshold of offline keys, targets that only delegate, a role per device family, snapshot and
// timestamp. It gives files to be copied to any static server; nothing of it runs there.
import type { Key } from '@tufjs/models';
import { hashedName, PublishedCustom } from '../agreement.ts';
import { atHand, type RoleKey } from './keys.ts';
import {
  type Delegation,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  type RolesOfRoot,
  sha256,
  type TargetEntry,
} from './metadata.ts';

const DAY = 86_400_000;
/** How long what is signed holds: the less a role is used, the longer. Our own choice; an offline unit catches up whenever it comes back. */
export const LIFETIMES = {
  root: 365 * DAY,
  targets: 90 * DAY,
  snapshot: 14 * DAY,
  timestamp: 3 * DAY,
} as const;

export interface Signers {
  readonly keys: readonly RoleKey[];
  readonly threshold: number;
}

/** Who signs; `families` by the name of the role, e.g. `lumen-400`, which may vouch for its own folder only, two levels deep. */
export interface ImageKeys {
  readonly root: Signers;
  readonly targets: Signers;
  readonly snapshot: Signers;
  readonly timestamp: Signers;
  readonly families: Readonly<Record<string, Signers>>;
}

/** What the publisher keeps between two publications; no secret. */
export interface ImageState {
  readonly versions: Readonly<Record<string, number>>;
  readonly entries: Readonly<Record<string, readonly TargetEntry[]>>;
  /** SHA-256 of the latest file of each targets role: what lies on a server is gone on from only when it is this. */
  readonly hashes?: Readonly<Record<string, string>>;
}

/** Path below the repository's folder → bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

export class ImageRepository {
  #keys: ImageKeys;
  readonly #versions: Record<string, number>;
  readonly #entries: Record<string, TargetEntry[]>;
  /** Roles whose file has to be made anew. */
  readonly #changed = new Set<string>();
  readonly #files = new Map<string, Uint8Array>();
  /** Latest file of each targets role, for the snapshot. */
  readonly #current = new Map<string, { version: number; bytes: Uint8Array }>();
  /** Signers of the root before a rotation that is not published yet. */
  #rootBefore: Signers | null = null;

  /** `current`: the latest file of each targets role, where it need not be signed anew. */
  constructor(
    keys: ImageKeys,
    state: ImageState = { versions: {}, entries: {} },
    current: ReadonlyMap<string, Uint8Array> = new Map(),
  ) {
    this.#keys = keys;
    this.#versions = { ...state.versions };
    this.#entries = Object.fromEntries(
      Object.keys(keys.families).map((family) => [family, [...(state.entries[family] ?? [])]]),
    );
    if (this.#version('root') === 0) this.#changed.add('root');
    for (const role of ['targets', ...Object.keys(keys.families)]) {
      const bytes = current.get(role);
      if (bytes) this.#current.set(role, { version: this.#version(role), bytes });
      else this.#changed.add(role);
    }
  }

  get state(): ImageState {
    const hashes = Object.fromEntries([...this.#current].map(([role, { bytes }]) => [role, sha256(bytes)]));
    return { versions: { ...this.#versions }, entries: structuredClone(this.#entries), hashes };
  }

  /** Adds software of a family under `FAMILY/NAME` or `FAMILY/FOLDER/NAME`; a path is never given twice, since units may have it. */
  addTarget(family: string, name: string, bytes: Uint8Array, custom: PublishedCustom): TargetEntry {
    const hashes = { sha256: sha256(bytes) };
    const entry = this.listTarget(family, name, { length: bytes.length, hashes }, custom);
    this.#files.set(`targets/${hashedName(entry.path, hashes)}`, bytes);
    return entry;
  }

  /** As `addTarget`, for bytes that are put into the folder by somebody else (large ones). */
  listTarget(
    family: string,
    name: string,
    file: Pick<TargetEntry, 'length' | 'hashes'>,
    custom: PublishedCustom,
  ): TargetEntry {
    const entries = this.#entries[family];
    if (!entries) throw new Error(`no family ${family}`);
    const path = `${family}/${name}`;
    // A pattern covers one level (TUF 4.5), and the delegation two.
    if (name.split('/').length > 2) throw new Error(`${path} is deeper than its family vouches for`);
    if (entries.some((entry) => entry.path === path)) throw new Error(`${path} is published already`);
    const entry = { path, ...file, custom: PublishedCustom.parse(custom) };
    entries.push(entry);
    this.#changed.add(family);
    return entry;
  }

  /** Has a role signed anew with the next publication though nothing in it changed, before it ends. */
  renew(role: string): void {
    this.#changed.add(role);
  }

  /** New keys for a role, or the old ones with another threshold. The next publication holds what follows from it. */
  rotate(role: 'root' | 'targets' | 'snapshot' | 'timestamp', signers: Signers): void {
    if (role === 'root') this.#rootBefore ??= this.#keys.root;
    this.#keys = { ...this.#keys, [role]: signers };
    this.#changed.add('root');
    if (role === 'targets') this.#changed.add('targets');
  }
  rotateFamily(family: string, signers: Signers): void {
    this.#keys = { ...this.#keys, families: { ...this.#keys.families, [family]: signers } };
    this.#changed.add('targets').add(family);
  }

  /** Roles that the next publication signs and for which fewer keys are at hand than units ask for. */
  get missing(): readonly string[] {
    const { root, targets, snapshot, timestamp, families } = this.#keys;
    const all: [role: string, signers: Signers][] = [
      ['root', root],
      ...(this.#rootBefore ? [['root', this.#rootBefore] as [string, Signers]] : []),
      ['targets', targets],
      ...Object.entries(families),
    ];
    const signing = all.filter(([role]) => this.#changed.has(role));
    signing.push(['snapshot', snapshot], ['timestamp', timestamp]);
    return signing.filter(([, { keys, threshold }]) => atHand(keys).length < threshold).map(([role]) => role);
  }

  /**
   * The files that are new: each role that changed, and always snapshot and timestamp. Order of copying: as given, timestamp last. Those keys sign that
   * are at hand; throws when they are too few (`missing`).
   */
  async publish(now: number): Promise<Files> {
    if (this.missing.length > 0) throw new Error(`too few keys at hand for ${this.missing.join(', ')}`);
    const signing = (role: string, signers: Signers, lifetime: number) => {
      const version = this.#version(role) + 1;
      this.#versions[role] = version;
      return { version, issued: now, expires: now + lifetime, keys: atHand(signers.keys) };
    };
    if (this.#changed.has('root')) {
      const { version, ...rest } = signing('root', this.#keys.root, LIFETIMES.root);
      const keys = distinct([...atHand(this.#rootBefore?.keys ?? []), ...rest.keys]);
      this.#files.set(
        `metadata/${version}.root.json`,
        await makeRoot(this.#roles(), { version, ...rest, keys }),
      );
      this.#rootBefore = null;
    }
    for (const [family, signers] of Object.entries(this.#keys.families)) {
      if (!this.#changed.has(family)) continue;
      const how = signing(family, signers, LIFETIMES.targets);
      this.#put(family, how.version, await makeTargets(this.#entries[family] ?? [], how));
    }
    if (this.#changed.has('targets')) {
      const how = signing('targets', this.#keys.targets, LIFETIMES.targets);
      this.#put('targets', how.version, await makeTargets([], how, this.#delegations()));
    }
    const snapshot = signing('snapshot', this.#keys.snapshot, LIFETIMES.snapshot);
    const bytes = await makeSnapshot(Object.fromEntries(this.#current), snapshot);
    this.#files.set(`metadata/${snapshot.version}.snapshot.json`, bytes);
    const timestamp = signing('timestamp', this.#keys.timestamp, LIFETIMES.timestamp);
    this.#files.set(
      'metadata/timestamp.json',
      await makeTimestamp({ version: snapshot.version, bytes }, timestamp),
    );
    this.#changed.clear();
    const files = new Map(this.#files);
    this.#files.clear();
    return files;
  }

  #put(role: string, version: number, bytes: Uint8Array): void {
    this.#current.set(role, { version, bytes });
    this.#files.set(`metadata/${version}.${role}.json`, bytes);
  }

  #version(role: string): number {
    return this.#versions[role] ?? 0;
  }

  #roles(): RolesOfRoot {
    const publics = ({ keys, threshold }: Signers) => ({ keys: keys.map(({ key }) => key), threshold });
    const { root, targets, snapshot, timestamp } = this.#keys;
    return {
      root: publics(root),
      targets: publics(targets),
      snapshot: publics(snapshot),
      timestamp: publics(timestamp),
    };
  }

  #delegations(): Delegation[] {
    return Object.entries(this.#keys.families).map(([name, { keys, threshold }]) => ({
      ...{ name, threshold, paths: [`${name}/*`, `${name}/*/*`], terminating: true },
      keys: keys.map(({ key }): Key => key),
    }));
  }
}

function distinct(keys: readonly RoleKey[]): RoleKey[] {
  return [...new Map(keys.map((key) => [key.id, key])).values()];
}
