// Metadata files of a repository, each made and signed by one pure function. They add two members that TUF leaves to its users: `issued`,
// the time of signing, and in a director's files `unit`.
import { createHash } from 'node:crypto';
import {
  type Key,
  Metadata,
  MetadataKind,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import type { RoleKey } from './keys.ts';

export const SPEC_VERSION = '1.0.31';

export type RootMetadata = Metadata<Root>;

/** What its publisher kept, to go on from it; a unit judges by `trusted-metadata.ts`. */
export const readRoot = (document: string): RootMetadata =>
  Metadata.fromJSON(MetadataKind.Root, JSON.parse(document));
export const readTargets = (document: string): Metadata<Targets> =>
  Metadata.fromJSON(MetadataKind.Targets, JSON.parse(document));

export interface Signing {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
  readonly keys: readonly RoleKey[];
  /** Director only. */
  readonly unit?: string;
}

export interface RoleOfRoot {
  readonly keys: readonly Key[];
  readonly threshold: number;
}
export type RolesOfRoot = Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', RoleOfRoot>>;

export interface TargetEntry {
  readonly path: string;
  readonly length: number;
  readonly hashes: Readonly<Record<string, string>>;
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface Delegation {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly threshold: number;
  readonly paths: readonly string[];
  readonly terminating: boolean;
}

const instant = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
const common = ({ version, issued, expires, unit }: Signing) => ({
  ...{ version, specVersion: SPEC_VERSION, expires: instant(expires) },
  unrecognizedFields: { issued: instant(issued), ...(unit === undefined ? {} : { unit }) },
});

export function makeRoot(roles: RolesOfRoot, signing: Signing, { consistentSnapshot = true } = {}) {
  const root = new Root({ ...common(signing), consistentSnapshot });
  for (const [name, { keys, threshold }] of Object.entries(roles)) {
    for (const key of keys) root.addKey(key, name);
    const role = root.roles[name];
    if (role) Object.assign(role, { threshold });
  }
  return signed(new Metadata(root), signing.keys);
}

export function makeTargets(
  entries: readonly TargetEntry[],
  signing: Signing,
  delegations: readonly Delegation[] = [],
) {
  const targets = new Targets(common(signing));
  for (const { path, length, hashes, custom } of entries)
    targets.addTarget(
      new TargetFile({
        ...{ path, length, hashes: { ...hashes } },
        unrecognizedFields: custom ? { custom: JSON.parse(JSON.stringify(custom)) } : {},
      }),
    );
  if (delegations.length === 0) return signed(new Metadata(targets), signing.keys);
  const json = {
    ...targets.toJSON(),
    delegations: {
      keys: Object.fromEntries(
        delegations.flatMap(({ keys }) => keys.map((key) => [key.keyID, key.toJSON()])),
      ),
      roles: delegations.map(({ name, keys, threshold, paths, terminating }) => ({
        ...{ name, threshold, paths: [...paths], terminating },
        keyids: keys.map(({ keyID }) => keyID),
      })),
    },
  };
  return signed(new Metadata(Targets.fromJSON(json)), signing.keys);
}

/** `files`: name of each targets role → its version and bytes. */
export function makeSnapshot(
  files: Readonly<Record<string, { readonly version: number; readonly bytes: Uint8Array }>>,
  signing: Signing,
) {
  const meta = Object.fromEntries(
    Object.entries(files).map(([role, { version, bytes }]) => [`${role}.json`, metaFile(version, bytes)]),
  );
  return signed(new Metadata(new Snapshot({ ...common(signing), meta })), signing.keys);
}

export function makeTimestamp(
  snapshot: { readonly version: number; readonly bytes: Uint8Array },
  signing: Signing,
) {
  const snapshotMeta = metaFile(snapshot.version, snapshot.bytes);
  return signed(new Metadata(new Timestamp({ ...common(signing), snapshotMeta })), signing.keys);
}

export function metaFile(version: number, bytes: Uint8Array): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Signs with each key in turn; what is signed are the canonical bytes that the model gives. */
export async function signed(
  metadata: Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>,
  keys: readonly RoleKey[],
): Promise<Uint8Array> {
  let canonical: Uint8Array = new Uint8Array();
  for (const key of keys) {
    const { id } = key;
    metadata.sign((bytes) => {
      canonical = bytes;
      return new Signature({ keyID: id, sig: '' });
    });
    const sig = Buffer.from(await key.sign(canonical)).toString('hex');
    metadata.signatures[id] = new Signature({ keyID: id, sig });
  }
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}
