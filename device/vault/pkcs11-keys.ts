// Key-encryption keys in a PKCS#11 module: made there, never extractable, used there by AES-256-GCM. A generation is an object whose id is
// its number; destroying it is `C_DestroyObject`, after which only the module's maker could say whether anything is left.
import { randomBytes } from 'node:crypto';
import type { KeyProvider } from './key-provider.ts';
import { type KeyHandle, type ModuleOptions, Pkcs11Session } from './pkcs11.ts';
import { refuseVault } from './refusals.ts';
import { NONCE_BYTES, TAG_BYTES } from './seal.ts';

export class Pkcs11Keys implements KeyProvider {
  readonly #session: Pkcs11Session;
  readonly #label: string;
  #known = new Map<number, KeyHandle>();

  private constructor(session: Pkcs11Session, unit: string) {
    this.#session = session;
    this.#label = `ward-kek ${unit}`;
  }

  /** Logs in to the token. Refuses with `vault.key-module`. */
  static async open(options: ModuleOptions & { readonly unit: string }): Promise<Pkcs11Keys> {
    return new Pkcs11Keys(await Pkcs11Session.open(options), options.unit);
  }

  async generations(): Promise<readonly number[]> {
    this.#known = new Map(
      this.#session.findKeys(this.#label).flatMap(({ key, id }) => {
        return id.length === 4 ? [[Buffer.from(id).readUInt32BE(), key] as const] : [];
      }),
    );
    return [...this.#known.keys()].sort((a, b) => a - b);
  }

  async newGeneration(): Promise<number> {
    const generation = Math.max(0, ...(await this.generations())) + 1;
    const id = Buffer.alloc(4);
    id.writeUInt32BE(generation);
    this.#known.set(generation, this.#session.generateKey(this.#label, id));
    return generation;
  }

  async destroyGeneration(generation: number): Promise<void> {
    await this.generations();
    const key = this.#known.get(generation);
    if (key === undefined) return;
    this.#session.destroyKey(key);
    this.#known.delete(generation);
  }

  async wrap(generation: number, key: Uint8Array, context: string): Promise<Uint8Array> {
    // Random nonce, SP 800-38D 8.2.2: a generation wraps one key for each patient, far fewer than 2^32.
    const nonce = randomBytes(NONCE_BYTES);
    const handle = await this.#key(generation);
    return Buffer.concat([nonce, this.#session.encrypt(handle, nonce, Buffer.from(context), key)]);
  }

  async unwrap(generation: number, wrapped: Uint8Array, context: string): Promise<Uint8Array> {
    const handle = await this.#key(generation);
    const nonce = Buffer.from(wrapped.subarray(0, NONCE_BYTES));
    const key =
      wrapped.length <= NONCE_BYTES + TAG_BYTES
        ? null
        : this.#session.decrypt(handle, nonce, Buffer.from(context), wrapped.subarray(NONCE_BYTES));
    if (key === null || key.length !== 32) throw refuseVault('vault.keyring-swapped', { generation });
    return key;
  }

  /** The code with which the module refuses to show a key; null would be a module that shows it. */
  async refusesToShow(generation: number): Promise<number | null> {
    return this.#session.refusesValue(await this.#key(generation));
  }

  close(): void {
    this.#session.close();
  }

  async #key(generation: number): Promise<KeyHandle> {
    if (!this.#known.has(generation)) await this.generations();
    const key = this.#known.get(generation);
    if (key === undefined) throw refuseVault('vault.key-destroyed', { generation });
    return key;
  }
}
