// The checks of the TUF specification 5.3–5.6 on bytes already fetched, by the trusted-metadata store of `tuf-js`: which step refused is
// told as a code of ours. No input or output here; what is trusted lives as long as one update cycle.
import {
  Metadata,
  MetadataKind,
  type MetaFile,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { isRefusal, type Refusal } from '../refusal.ts';
import { decodeMetadata } from './decode.ts';
import { refuseUpdate } from './refusals.ts';
import {
  BadVersionError,
  EqualVersionError,
  ExpiredMetadataError,
  judgeExpiryAt,
  LengthOrHashMismatchError,
  RepositoryError,
  TrustedMetadataStore,
  UnsignedMetadataError,
} from './tuf-js.ts';

export class TrustedMetadata {
  readonly #store: TrustedMetadataStore;
  #now = 0;

  /** `root` is trusted as it is, whether expired or not (TUF 5.2); it must be signed by its own threshold. */
  constructor(root: Uint8Array, now: number) {
    decodeMetadata('root', root);
    try {
      this.#store = new TrustedMetadataStore(Buffer.from(root));
    } catch (error) {
      throw asRefusal(error, 'root');
    }
    this.setNow(now);
  }

  /** TUF 5.1: the time against which expiry is judged in this cycle; on a device not that of the wall clock (`signed-time.ts`). */
  setNow(now: number): void {
    judgeExpiryAt(this.#store, now);
    this.#now = now;
  }
  get now(): number {
    return this.#now;
  }

  get root(): Metadata<Root> {
    return this.#store.root;
  }
  get timestamp(): Metadata<Timestamp> | undefined {
    return this.#store.timestamp;
  }
  get snapshot(): Metadata<Snapshot> | undefined {
    return this.#store.snapshot;
  }
  targets(role: string): Metadata<Targets> | undefined {
    return this.#store.getRole(role) as Metadata<Targets> | undefined;
  }

  /** TUF 5.3.4–5.3.7. Refuses `update.root-untrusted`, `update.threshold-unmet`, `update.rollback`, `update.root-skipped`. */
  updateRoot(bytes: Uint8Array): void {
    const { version } = decodeMetadata('root', bytes);
    const trusted = this.root.signed.version;
    try {
      this.#store.updateRoot(Buffer.from(bytes));
    } catch (error) {
      if (error instanceof BadVersionError)
        throw refuseUpdate(version <= trusted ? 'update.rollback' : 'update.root-skipped', {
          version,
          trusted,
        });
      if (error instanceof UnsignedMetadataError && isSelfSigned(bytes))
        throw refuseUpdate('update.root-untrusted', { version, trusted });
      throw asRefusal(error, 'root');
    }
  }

  /**
   * TUF 5.4.2–5.4.4. `same` when it is the version already trusted (5.4.3.1: no fault). Refuses `update.threshold-unmet`, `update.rollback`,
   * `update.freeze`.
   */
  updateTimestamp(bytes: Uint8Array): 'new' | 'same' {
    decodeMetadata('timestamp', bytes);
    try {
      this.#store.updateTimestamp(Buffer.from(bytes));
      return 'new';
    } catch (error) {
      if (error instanceof EqualVersionError) return 'same';
      throw asRefusal(error, 'timestamp');
    }
  }

  /**
   * TUF 5.5.2–5.5.6. `baseline` are bytes of an earlier cycle: they serve against rollback even when they are no longer current. Refuses
   * `update.mix-and-match` (hash, length or version is not what the timestamp says), `update.threshold-unmet`, `update.rollback`, `update.freeze`.
   */
  updateSnapshot(bytes: Uint8Array, { baseline = false } = {}): void {
    // 5.5.2 comes first: what is not the announced bytes is not read.
    if (!baseline) announcedBytes(this.timestamp?.signed.snapshotMeta, bytes, 'snapshot');
    const { version } = decodeMetadata('snapshot', bytes);
    try {
      this.#store.updateSnapshot(Buffer.from(bytes), baseline);
    } catch (error) {
      const announced = this.timestamp?.signed.snapshotMeta.version;
      if (error instanceof BadVersionError && version !== announced)
        throw refuseUpdate('update.mix-and-match', {
          role: 'snapshot',
          version,
          announced: announced ?? null,
        });
      throw asRefusal(error, 'snapshot');
    }
  }

  /**
   * TUF 5.6.2–5.6.5, for `targets` and delegated roles. Refuses `update.mix-and-match`, `update.threshold-unmet`, `update.freeze`.
   */
  updateTargets(bytes: Uint8Array, role: string, delegator: string): void {
    const meta = this.snapshot?.signed.meta ?? {};
    announcedBytes(Object.hasOwn(meta, `${role}.json`) ? meta[`${role}.json`] : undefined, bytes, role);
    decodeMetadata('targets', bytes);
    try {
      this.#store.updateDelegatedTargets(Buffer.from(bytes), role, delegator);
    } catch (error) {
      if (error instanceof BadVersionError) throw refuseUpdate('update.mix-and-match', { role }, error);
      throw asRefusal(error, role);
    }
  }

  /** Whether bytes of an earlier cycle are signed by the keys trusted now: false after their keys were rotated (TUF 5.3.11). */
  isSignedForNow(kind: 'timestamp' | 'snapshot', bytes: Uint8Array): boolean {
    try {
      decodeMetadata(kind, bytes);
      const json = JSON.parse(new TextDecoder().decode(bytes));
      const model =
        kind === 'timestamp'
          ? Metadata.fromJSON(MetadataKind.Timestamp, json)
          : Metadata.fromJSON(MetadataKind.Snapshot, json);
      this.root.verifyDelegate(kind, model);
      return true;
    } catch {
      return false;
    }
  }
}

/** Refuses `update.mix-and-match`; the hash is optional in TUF, the version is compared by the store. */
function announcedBytes(meta: MetaFile | undefined, bytes: Uint8Array, role: string): void {
  try {
    meta?.verify(Buffer.from(bytes));
  } catch (error) {
    throw asRefusal(error, role);
  }
}

function isSelfSigned(root: Uint8Array): boolean {
  try {
    new TrustedMetadataStore(Buffer.from(root));
    return true;
  } catch {
    return false;
  }
}

/** Every error of the models and of the store becomes a refusal; what is none of theirs comes from the input too (deep or strange JSON). */
function asRefusal(error: unknown, role: string): Refusal {
  if (isRefusal(error)) return error;
  if (error instanceof UnsignedMetadataError) return refuseUpdate('update.threshold-unmet', { role }, error);
  if (error instanceof LengthOrHashMismatchError)
    return refuseUpdate('update.mix-and-match', { role }, error);
  if (error instanceof ExpiredMetadataError) return refuseUpdate('update.freeze', { role }, error);
  if (error instanceof BadVersionError) return refuseUpdate('update.rollback', { role }, error);
  // E.g. a file that an earlier snapshot named is missing in this one (5.5.5).
  if (error instanceof RepositoryError) return refuseUpdate('update.rollback', { role }, error);
  return refuseUpdate('update.malformed', { role }, error);
}
