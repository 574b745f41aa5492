// The unit's identity on its disk: the key that was made here, its certificate, the anchors, and the next certificate while it is not proven.
// Private key files are read by this file alone. One state file is replaced whole, so that each power cut leaves the old identity or the new.
import { z } from 'zod';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { isRefusal } from '../refusal.ts';
import type { Enrolled } from './enrolment.ts';
import { generateSoftwareKey, type SigningKey, softwareKeyFrom } from './key.ts';
import { IssuerId, PlainId } from './names.ts';
import type { Anchors } from './peer.ts';
import { refuseIdentity } from './refusals.ts';

const FOLDER = 'identity';
const STATE = `${FOLDER}/state.json`;
const MOST_STATE_BYTES = 64 * 1024;
const MOST_KEY_BYTES = 512;

const Thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const Held = z.strictObject({ key: Thumbprint, chain: z.array(z.base64()).min(2).max(3) });
const State = z.strictObject({
  version: z.literal(1),
  unit: PlainId,
  current: Held,
  /** Renewed, but no channel was opened with it yet. */
  next: Held.nullable(),
  roots: z.array(z.base64()).min(1).max(3),
  issuers: z.array(IssuerId).max(20),
});
type State = z.infer<typeof State>;

/** Where keys come from: files of the unit, or a PKCS#11 module whose keys have no bytes. */
export interface KeyKeeper {
  /** A new key, durable when it resolves. */
  make(): Promise<SigningKey>;
  /** Null when there is no such key. Throws when it is damaged. */
  find(thumbprint: string): Promise<SigningKey | null>;
  /** Removes every key but these. */
  keepOnly(thumbprints: readonly string[]): Promise<void>;
}

/** PKCS #8 files of the owner alone (mode 0600 by the disk), named by the thumbprint of their public half. */
export class FileKeyKeeper implements KeyKeeper {
  readonly #disk: Disk;
  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async make(): Promise<SigningKey> {
    const { key, pkcs8 } = await generateSoftwareKey();
    await this.#disk.makeFolder(`${FOLDER}/keys`);
    await replaceFile(this.#disk, keyPath(key.thumbprint), pkcs8);
    return key;
  }

  async find(thumbprint: string): Promise<SigningKey | null> {
    const pkcs8 = await this.#disk.read(keyPath(thumbprint), MOST_KEY_BYTES);
    if (!pkcs8) return null;
    const key = softwareKeyFrom(pkcs8);
    if (key.thumbprint !== thumbprint) throw new TypeError('the key file holds another key');
    return key;
  }

  async keepOnly(thumbprints: readonly string[]): Promise<void> {
    const keep = new Set(thumbprints.map((thumbprint) => `${thumbprint}.p8`));
    const extra = (await this.#disk.list(`${FOLDER}/keys`)).filter((name) => !keep.has(name));
    for (const name of extra) await this.#disk.remove(`${FOLDER}/keys/${name}`);
    if (extra.length > 0) await this.#disk.syncFolder(`${FOLDER}/keys`);
  }
}

const keyPath = (thumbprint: string) => `${FOLDER}/keys/${thumbprint}.p8`;

export interface Identity {
  readonly unit: string;
  readonly key: SigningKey;
  /** Holder, issuing CA: DER. */
  readonly chain: readonly Uint8Array[];
  readonly anchors: Anchors;
}

export class IdentityStore {
  readonly #disk: Disk;
  readonly #keys: KeyKeeper;
  #state: State | null;

  private constructor(disk: Disk, keys: KeyKeeper, state: State | null) {
    this.#disk = disk;
    this.#keys = keys;
    this.#state = state;
  }

  /**
   * Refuses `identity.store-damaged`, recorded: an unreadable identity is never taken for none, or somebody could enrol the unit anew.
   */
  static async open(
    disk: Disk,
    { keys = new FileKeyKeeper(disk), audit }: { readonly keys?: KeyKeeper; readonly audit?: AuditSink } = {},
  ): Promise<IdentityStore> {
    try {
      return await IdentityStore.#open(disk, keys);
    } catch (error) {
      if (isRefusal(error))
        await audit?.append(
          auditEvent({
            what: 'identity.refused',
            outcome: 'refused',
            code: error.code,
            detail: error.detail,
          }),
        );
      throw error;
    }
  }

  static async #open(disk: Disk, keys: KeyKeeper): Promise<IdentityStore> {
    const bytes = await readOrRefuse(disk);
    let state: State | null = null;
    try {
      if (bytes) state = State.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
      const store = new IdentityStore(disk, keys, state);
      if (state) {
        await store.current();
        await keys.keepOnly([state.current.key, ...(state.next ? [state.next.key] : [])]);
      }
      return store;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError || error instanceof z.ZodError)
        throw refuseIdentity('identity.store-damaged', {}, error);
      throw error;
    }
  }

  get enrolled(): boolean {
    return this.#state !== null;
  }

  /** A key for an enrolment, made here. It is kept from the moment that a certificate for it is. */
  makeKey(): Promise<SigningKey> {
    return this.#keys.make();
  }

  /** Refuses `identity.not-enrolled`, `identity.store-damaged`. */
  current(): Promise<Identity> {
    if (!this.#state) throw refuseIdentity('identity.not-enrolled');
    return this.#identity(this.#state, this.#state.current);
  }

  /** The renewed identity that is not proven yet, or null. */
  async next(): Promise<Identity | null> {
    return this.#state?.next ? this.#identity(this.#state, this.#state.next) : null;
  }

  /** Keeps what `acceptEnrolment` gave. Refuses `identity.already-enrolled`: a unit changes hands by a reset at the device only. */
  async enrol({ chain, anchors, peer }: Enrolled): Promise<Identity> {
    if (this.#state) throw refuseIdentity('identity.already-enrolled', { unit: this.#state.unit });
    await this.#write({
      version: 1,
      unit: peer.id,
      current: { key: peer.thumbprint, chain: chain.map(toBase64) },
      next: null,
      roots: anchors.roots.map(toBase64),
      issuers: [...anchors.issuers],
    });
    return this.current();
  }

  /** Keeps a renewed certificate of the unit's key (`acceptRenewal`) beside the current one. */
  async keepNext(chain: readonly Uint8Array[]): Promise<void> {
    if (!this.#state) throw refuseIdentity('identity.not-enrolled');
    const { key } = this.#state.current;
    await this.#write({ ...this.#state, next: { key, chain: chain.map(toBase64) } });
  }

  /** The next certificate opened a channel: it becomes the current one. Nothing happens when there is none. */
  async promote(): Promise<void> {
    if (!this.#state?.next) return;
    const { next } = this.#state;
    await this.#write({ ...this.#state, current: next, next: null });
  }

  /** A reset at the device: the unit is nobody until it is enrolled anew. The state goes first, then the keys. */
  async forget(): Promise<void> {
    await this.#disk.remove(STATE);
    await this.#disk.syncFolder(FOLDER);
    this.#state = null;
    await this.#keys.keepOnly([]);
  }

  async #write(state: State): Promise<void> {
    await this.#disk.makeFolder(FOLDER);
    await replaceFile(this.#disk, STATE, new TextEncoder().encode(JSON.stringify(state)));
    this.#state = state;
  }

  async #identity(state: State, held: State['current']): Promise<Identity> {
    const key = await this.#keys.find(held.key);
    if (!key) throw refuseIdentity('identity.store-damaged', { key: held.key });
    const anchors = { roots: state.roots.map(fromBase64), issuers: state.issuers };
    return { unit: state.unit, key, chain: held.chain.map(fromBase64), anchors };
  }
}

async function readOrRefuse(disk: Disk): Promise<Uint8Array | null> {
  try {
    return await disk.read(STATE, MOST_STATE_BYTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EFBIG')
      throw refuseIdentity('identity.store-damaged', {}, error);
    throw error;
  }
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
