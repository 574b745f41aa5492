// Signed messages: compact JWS (RFC 7515) by ES256 with an explicit type (RFC 8725 §3.11), read in bounded steps. Nothing of the content is
// looked at before the signature holds.
import { type KeyObject, verify } from 'node:crypto';
import { base64url } from 'jose';

/** Makes the 64 bytes of an ES256 signature (RFC 7518 §3.4); the key may live in a security module. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

export async function signMessage(typ: string, claims: object, sign: Sign): Promise<string> {
  const header = base64url.encode(JSON.stringify({ alg: 'ES256', typ }));
  const content = `${header}.${base64url.encode(JSON.stringify(claims))}`;
  return `${content}.${base64url.encode(await sign(utf8.encode(content)))}`;
}

export type SignedFault = 'too-large' | 'malformed' | 'wrong-algorithm' | 'wrong-type' | 'wrong-signature';
export type SignedReading =
  | { readonly kind: 'read'; readonly claims: unknown }
  | { readonly kind: SignedFault; readonly why: string };

const fault = (kind: SignedFault, why: string): SignedReading => ({ kind, why });

export interface SignedExpectation {
  readonly typ: string;
  /** A P-256 public key. */
  readonly key: KeyObject;
  readonly mostCharacters: number;
}

/** The last of the signature's 86 letters has four bits to spare: they are nought (RFC 4648 §3.5), so that a message has one spelling. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/;
const HEADER_MEMBERS = ['alg', 'typ'];

/** In order: size, shape, header, algorithm, type, signature, content. Each fault is one condition. */
export function readSigned(message: unknown, expected: SignedExpectation): SignedReading {
  if (typeof message !== 'string') return fault('malformed', 'not text');
  if (message.length > expected.mostCharacters) return fault('too-large', `${message.length} characters`);

  const parts = message.split('.', 4);
  const header = parts.length === 3 ? readJson(parts[0] as string) : null;
  if (!isPlainObject(header)) return fault('malformed', 'not a compact JWS');
  if (header.alg !== 'ES256') return fault('wrong-algorithm', String(header.alg).slice(0, 20));
  if (header.typ !== expected.typ) return fault('wrong-type', String(header.typ).slice(0, 40));
  if (Object.keys(header).some((member) => !HEADER_MEMBERS.includes(member)))
    return fault('malformed', 'a header that is not known');
  if (!COMPACT.test(message)) return fault('malformed', 'not a compact JWS');

  const [encodedHeader, encodedClaims, signature] = parts as [string, string, string];
  if (!holds(`${encodedHeader}.${encodedClaims}`, signature, expected.key))
    return fault('wrong-signature', 'not by this key');
  const claims = readJson(encodedClaims);
  return isPlainObject(claims) ? { kind: 'read', claims } : fault('malformed', 'content is no JSON object');
}

/** Not by jose: its way over WebCrypto and other threads takes five times as long, and ten times in one of a hundred. */
const holds = (content: string, signature: string, key: KeyObject): boolean =>
  verify('sha256', utf8.encode(content), { key, dsaEncoding: 'ieee-p1363' }, base64url.decode(signature));

const MOST_DEPTH = 8;
const NEVER_A_NAME = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON of bounded depth without names that reach into a prototype; undefined when it is not that. */
export function readJson(encoded: string): unknown {
  try {
    return readJsonText(strictUtf8.decode(base64url.decode(encoded)));
  } catch {
    return undefined;
  }
}

export function readJsonText(text: string, mostDepth = MOST_DEPTH): unknown {
  if (nesting(text) > mostDepth) return undefined;
  let named = true;
  try {
    const value = JSON.parse(text, (name, inner) => {
      if (NEVER_A_NAME.has(name)) named = false;
      return inner;
    });
    return named ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The deepest nesting of brackets outside of strings, without parsing: what is deep is never handed to a parser. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
