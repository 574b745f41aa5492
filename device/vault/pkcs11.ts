// The few calls of a PKCS#11 module (OASIS PKCS #11 Cryptographic Token Interface 2.40) that a key provider needs, by its C interface.
// Structures are laid out for 64-bit Unix: CK_ULONG and pointers have 8 bytes, nothing is packed.
import { refuseVault } from './refusals.ts';

const CKR_OK = 0;
const CKR_ALREADY_INITIALIZED = 0x191;
const CKR_USER_ALREADY_LOGGED_IN = 0x100;
const CKF_SESSION = 0x4 | 0x2; // serial, read and write
const CKU_USER = 1;
const CKM_AES_KEY_GEN = 0x1080;
const CKM_AES_GCM = 0x1087;
const CKA = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  value: 0x11,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  encrypt: 0x104,
  decrypt: 0x105,
  valueLength: 0x161,
  extractable: 0x162,
} as const;
const CKO_SECRET_KEY = 4;
const CKK_AES = 0x1f;
const WORD = 8;
const TAG_BITS = 128;

type Call = (...args: unknown[]) => number;
interface Koffi {
  load(path: string): { func(definition: string): Call };
  address(value: Uint8Array): bigint;
  sizeof(type: string): number;
}

const SIGNATURES = [
  'ulong C_Initialize(void *args)',
  'ulong C_GetSlotList(uchar present, _Out_ uint8_t *slots, _Inout_ uint8_t *count)',
  'ulong C_GetTokenInfo(ulong slot, _Out_ uint8_t *info)',
  'ulong C_OpenSession(ulong slot, ulong flags, void *application, void *notify, _Out_ uint8_t *session)',
  'ulong C_CloseSession(ulong session)',
  'ulong C_Login(ulong session, ulong user, uint8_t *pin, ulong length)',
  'ulong C_GenerateKey(ulong session, uint8_t *mechanism, uint8_t *attributes, ulong count, _Out_ uint8_t *key)',
  'ulong C_FindObjectsInit(ulong session, uint8_t *attributes, ulong count)',
  'ulong C_FindObjects(ulong session, _Out_ uint8_t *objects, ulong most, _Out_ uint8_t *count)',
  'ulong C_FindObjectsFinal(ulong session)',
  'ulong C_GetAttributeValue(ulong session, ulong object, _Inout_ uint8_t *attributes, ulong count)',
  'ulong C_DestroyObject(ulong session, ulong object)',
  'ulong C_EncryptInit(ulong session, uint8_t *mechanism, ulong key)',
  'ulong C_Encrypt(ulong session, uint8_t *data, ulong length, _Out_ uint8_t *out, _Inout_ uint8_t *outLength)',
  'ulong C_DecryptInit(ulong session, uint8_t *mechanism, ulong key)',
  'ulong C_Decrypt(ulong session, uint8_t *data, ulong length, _Out_ uint8_t *out, _Inout_ uint8_t *outLength)',
] as const;
type Name = (typeof SIGNATURES)[number] extends `ulong ${infer Rest}`
  ? Rest extends `${infer Function}(${string}`
    ? Function
    : never
  : never;

export interface ModuleOptions {
  /** Path of the module, e.g. `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
}

/** Handle of an object in the module. */
export type KeyHandle = number;

export class Pkcs11Session {
  readonly #koffi: Koffi;
  readonly #calls: ReadonlyMap<string, Call>;
  #session = 0;
  /** What the next call points to: kept alive until the module has returned. */
  readonly #held: Uint8Array[] = [];

  private constructor(koffi: Koffi, calls: ReadonlyMap<string, Call>) {
    this.#koffi = koffi;
    this.#calls = calls;
  }

  /** Loads the module, finds the token and logs in. Refuses with `vault.key-module`. */
  static async open({ module, token, pin }: ModuleOptions): Promise<Pkcs11Session> {
    let session: Pkcs11Session;
    try {
      const koffi = (await import('koffi')).default as unknown as Koffi;
      if (koffi.sizeof('ulong') !== WORD) throw new Error('64-bit Unix only');
      const library = koffi.load(module);
      const calls = SIGNATURES.map((signature) => [nameOf(signature), library.func(signature)] as const);
      session = new Pkcs11Session(koffi, new Map(calls));
    } catch (error) {
      throw refuseVault('vault.key-module', { step: 'load' }, error);
    }
    session.#call('C_Initialize', [null], [CKR_ALREADY_INITIALIZED]);
    const slot = session.#slotOf(token);
    const handle = Buffer.alloc(WORD);
    session.#call('C_OpenSession', [slot, CKF_SESSION, null, null, handle]);
    session.#session = numberAt(handle);
    const bytes = Buffer.from(pin);
    session.#call('C_Login', [session.#session, CKU_USER, bytes, bytes.length], [CKR_USER_ALREADY_LOGGED_IN]);
    return session;
  }

  /** A new AES key of 256 bits that stays in the token and is never shown. */
  generateKey(label: string, id: Uint8Array): KeyHandle {
    const template = this.#attributes([
      [CKA.class, word(CKO_SECRET_KEY)],
      [CKA.keyType, word(CKK_AES)],
      [CKA.valueLength, word(32)],
      [CKA.label, Buffer.from(label)],
      [CKA.id, id],
      [CKA.token, YES],
      [CKA.private, YES],
      [CKA.sensitive, YES],
      [CKA.extractable, NO],
      [CKA.encrypt, YES],
      [CKA.decrypt, YES],
    ]);
    const mechanism = this.#mechanism(CKM_AES_KEY_GEN, null);
    const key = Buffer.alloc(WORD);
    this.#call('C_GenerateKey', [this.#session, mechanism, template.bytes, template.count, key]);
    return numberAt(key);
  }

  /** Keys with this label, and their ids. */
  findKeys(label: string): readonly { readonly key: KeyHandle; readonly id: Uint8Array }[] {
    const template = this.#attributes([
      [CKA.class, word(CKO_SECRET_KEY)],
      [CKA.label, Buffer.from(label)],
    ]);
    this.#call('C_FindObjectsInit', [this.#session, template.bytes, template.count]);
    const found: KeyHandle[] = [];
    try {
      const handles = Buffer.alloc(WORD * 64);
      const count = Buffer.alloc(WORD);
      do {
        this.#call('C_FindObjects', [this.#session, handles, 64, count]);
        for (let at = 0; at < numberAt(count); at += 1) found.push(numberAt(handles, at * WORD));
      } while (numberAt(count) > 0);
    } finally {
      this.#call('C_FindObjectsFinal', [this.#session]);
    }
    return found.map((key) => ({ key, id: this.#attribute(key, CKA.id) }));
  }

  /** The value of a key, which the module must refuse to give: the error code of `C_GetAttributeValue`, or null when it gave it. */
  refusesValue(key: KeyHandle): number | null {
    const value = Buffer.alloc(32);
    const template = this.#attributes([[CKA.value, value]]);
    return this.#code('C_GetAttributeValue', [this.#session, key, template.bytes, 1]) || null;
  }

  destroyKey(key: KeyHandle): void {
    this.#call('C_DestroyObject', [this.#session, key]);
  }

  /** AES-256-GCM in the module: ciphertext and tag. */
  encrypt(key: KeyHandle, nonce: Uint8Array, associated: Uint8Array, plain: Uint8Array): Uint8Array {
    const mechanism = this.#gcm(nonce, associated);
    this.#call('C_EncryptInit', [this.#session, mechanism, key]);
    return this.#pass('C_Encrypt', plain, plain.length + TAG_BITS / 8);
  }

  /** Null when it was not encrypted by this key for these associated data. */
  decrypt(key: KeyHandle, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | null {
    const mechanism = this.#gcm(nonce, associated);
    this.#call('C_DecryptInit', [this.#session, mechanism, key]);
    const out = Buffer.alloc(sealed.length);
    const length = word(out.length);
    const code = this.#code('C_Decrypt', [this.#session, Buffer.from(sealed), sealed.length, out, length]);
    return code === CKR_OK ? out.subarray(0, numberAt(length)) : null;
  }

  close(): void {
    this.#call('C_CloseSession', [this.#session]);
  }

  #slotOf(token: string): number {
    const count = Buffer.alloc(WORD);
    this.#call('C_GetSlotList', [1, null, count]);
    const slots = Buffer.alloc(WORD * Math.max(1, numberAt(count)));
    this.#call('C_GetSlotList', [1, slots, count]);
    for (let at = 0; at < numberAt(count); at += 1) {
      const info = Buffer.alloc(512);
      const slot = numberAt(slots, at * WORD);
      this.#call('C_GetTokenInfo', [slot, info]);
      // The label is padded with blanks to 32 bytes.
      if (info.toString('utf8', 0, 32).trimEnd() === token) return slot;
    }
    throw refuseVault('vault.key-module', { step: 'token' });
  }

  #attribute(key: KeyHandle, type: number): Uint8Array {
    const value = Buffer.alloc(64);
    const template = this.#attributes([[type, value]]);
    this.#call('C_GetAttributeValue', [this.#session, key, template.bytes, 1]);
    return value.subarray(0, numberAt(template.bytes, 2 * WORD));
  }

  #pass(name: 'C_Encrypt', data: Uint8Array, most: number): Uint8Array {
    const out = Buffer.alloc(most);
    const length = word(most);
    this.#call(name, [this.#session, Buffer.from(data), data.length, out, length]);
    return out.subarray(0, numberAt(length));
  }

  /** CK_ATTRIBUTE: type, pointer, length. */
  #attributes(list: readonly (readonly [number, Uint8Array])[]) {
    const bytes = Buffer.concat(
      list.map(([type, value]) => Buffer.concat([word(type), this.#pointer(value), word(value.length)])),
    );
    return { bytes, count: list.length };
  }

  /** CK_MECHANISM: number, pointer, length. */
  #mechanism(type: number, parameter: Uint8Array | null): Buffer {
    const pointer = parameter === null ? word(0) : this.#pointer(parameter);
    return Buffer.concat([word(type), pointer, word(parameter?.length ?? 0)]);
  }

  /** CK_GCM_PARAMS: nonce, its length in bytes and in bits, associated data, their length, bits of the tag. */
  #gcm(nonce: Uint8Array, associated: Uint8Array): Buffer {
    const parameter = Buffer.concat([
      this.#pointer(nonce),
      word(nonce.length),
      word(nonce.length * 8),
      this.#pointer(associated),
      word(associated.length),
      word(TAG_BITS),
    ]);
    return this.#mechanism(CKM_AES_GCM, parameter);
  }

  #pointer(value: Uint8Array): Buffer {
    const bytes = Buffer.alloc(WORD);
    bytes.writeBigUInt64LE(BigInt(this.#koffi.address(value)));
    this.#held.push(value);
    return bytes;
  }

  #code(name: Name, args: unknown[]): number {
    try {
      return Number((this.#calls.get(name) as Call)(...args));
    } finally {
      this.#held.length = 0;
    }
  }

  #call(name: Name, args: unknown[], also: readonly number[] = []): void {
    const code = this.#code(name, args);
    if (code !== CKR_OK && !also.includes(code))
      throw refuseVault('vault.key-module', { step: name, code: `0x${code.toString(16)}` });
  }
}

const YES = Buffer.from([1]);
const NO = Buffer.from([0]);

const nameOf = (signature: string) => signature.slice('ulong '.length, signature.indexOf('('));

function word(value: number): Buffer {
  const bytes = Buffer.alloc(WORD);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const numberAt = (bytes: Buffer, at = 0): number => Number(bytes.readBigUInt64LE(at));
