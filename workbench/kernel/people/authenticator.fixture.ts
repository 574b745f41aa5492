// For tests: an authenticator in software, with every knob that an attacker would turn.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

export interface Knobs {
  readonly origin?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  readonly verified?: boolean;
  readonly counter?: number;
}

export class SoftAuthenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly id = randomBytes(32);
  counter = 0;

  make(options: { readonly challenge: string; readonly rp: { readonly id: string } }, knobs: Knobs = {}) {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    // RFC 9053 7.1: EC2 key, ES256, P-256
    const cose = map([
      [1, number(2)],
      [3, number(-7)],
      [-1, number(1)],
      [-2, bytes(Buffer.from(x, 'base64url'))],
      [-3, bytes(Buffer.from(y, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, cose]);
    const authData = this.#authData(options.rp.id, 0x40, knobs, attested);
    const attestationObject = map([
      ['fmt', text('none')],
      ['attStmt', map([])],
      ['authData', bytes(authData)],
    ]);
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: 'public-key',
      response: {
        clientDataJSON: base64url(clientData('webauthn.create', options.challenge, knobs)),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      },
      clientExtensionResults: {},
    };
  }

  answer(options: { readonly challenge: string; readonly rpId: string }, knobs: Knobs = {}) {
    this.counter += 1;
    const authData = this.#authData(options.rpId, 0, { counter: this.counter, ...knobs });
    const client = clientData('webauthn.get', options.challenge, knobs);
    const signature = sign('sha256', Buffer.concat([authData, sha256(client)]), this.#keys.privateKey);
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: 'public-key',
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(authData),
        signature: base64url(signature),
      },
      clientExtensionResults: {},
    };
  }

  /** WebAuthn Level 3, 6.1: hash of the RP id, flags, counter, and what was attested. */
  #authData(rpId: string, flags: number, knobs: Knobs, attested = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | 0x01 | (knobs.verified === false ? 0 : 0x04), 0);
    head.writeUInt32BE(knobs.counter ?? 0, 1);
    return Buffer.concat([sha256(knobs.rpId ?? rpId), head, attested]);
  }
}

function clientData(type: string, challenge: string, knobs: Knobs): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: knobs.type ?? type,
      challenge: knobs.challenge ?? challenge,
      origin: knobs.origin ?? 'http://ward.test',
      crossOrigin: false,
    }),
  );
}

// RFC 8949, as far as it is needed.
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const number = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value));
const bytes = (value: Buffer) => Buffer.concat([head(2, value.length), value]);
const text = (value: string) => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const map = (entries: readonly (readonly [number | string, Buffer])[]) =>
  Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, value]) => [typeof key === 'string' ? text(key) : number(key), value]),
  ]);
