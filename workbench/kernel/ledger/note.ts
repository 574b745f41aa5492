// Signed notes (C2SP signed-note v1, the format of transparency-log checkpoints): text plus Ed25519 signature lines.

import type { KeyObject } from 'node:crypto';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';

const ED25519 = 0x01; // C2SP signed-note, signature type 0x01
// DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410 section 4), before the 32 key bytes.
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface NoteSigner {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** `name+keyid+base64`, what a verifier is given. */
  readonly verifierKey: string;
}

export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

function keyIdOf(name: string, rawPublicKey: Buffer): Buffer {
  return createHash('sha256')
    .update(name)
    .update(Buffer.from([0x0a, ED25519]))
    .update(rawPublicKey)
    .digest()
    .subarray(0, 4);
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

/** A new Ed25519 key as PKCS#8 PEM text. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** `name` may hold no blank and no plus sign (C2SP signed-note). Throws a plain Error for a key that is not Ed25519. */
export function noteSigner(name: string, privateKeyPem: string): NoteSigner {
  if (/[\s+]/.test(name) || name === '') throw new Error(`not a key name: ${name}`);
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('the ledger key must be Ed25519');
  const raw = rawPublicKey(createPublicKey(privateKey));
  const id = keyIdOf(name, raw);
  const encoded = Buffer.concat([Buffer.from([ED25519]), raw]).toString('base64');
  return { name, privateKey, verifierKey: `${name}+${id.toString('hex')}+${encoded}` };
}

/** Reads `name+keyid+base64`; null when it is not one or the id does not fit the key. */
export function noteVerifier(verifierKey: string): NoteVerifier | null {
  const found = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(verifierKey.trim());
  if (!found) return null;
  const [, name = '', keyId = '', encoded = ''] = found;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 33 || bytes[0] !== ED25519) return null;
  const raw = bytes.subarray(1);
  if (keyIdOf(name, raw).toString('hex') !== keyId) return null;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return { name, keyId, publicKey };
}

/** Text must end in a newline; gives text, an empty line and one signature line. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n')) throw new Error('a note ends in a newline');
  const raw = rawPublicKey(createPublicKey(signer.privateKey));
  const signature = Buffer.concat([
    keyIdOf(signer.name, raw),
    sign(null, Buffer.from(text), signer.privateKey),
  ]);
  return `${text}\n— ${signer.name} ${signature.toString('base64')}\n`;
}

/** The note's text when a signature of this verifier stands under it and is right, else null. */
export function openNote(note: string, verifier: NoteVerifier): string | null {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, split + 1);
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const found = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line);
    if (!found || found[1] !== verifier.name) continue;
    const bytes = Buffer.from(found[2] as string, 'base64');
    // The same bytes in another spelling of base64 would be a second valid note: refused.
    if (bytes.toString('base64') !== found[2] || bytes.length !== 68) continue;
    if (bytes.subarray(0, 4).toString('hex') !== verifier.keyId) continue;
    if (verify(null, Buffer.from(text), verifier.publicKey, bytes.subarray(4))) return text;
  }
  return null;
}
