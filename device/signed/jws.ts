// Signed messages: compact JWS (RFC 7515) by ES256 with an explicit type (RFC 8725 3.11), written and read here only. Nothing of the content is
// looked at before the signature holds.
import { type KeyObject, verify } from 'node:crypto';
import { base64url } from 'jose';
import { readShallowJson } from './json.ts';

/** Makes the 64 bytes of an ES256 signature (RFC 7518 3.4); the key may live in a security module. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

export interface JwsHeader {
  readonly typ: string;
  readonly kid?: string;
  /** DER in base64, the signer first (RFC 7515 4.1.6). */
  readonly x5c?: readonly string[];
}

const utf8 = new TextEncoder();

export async function signJws(header: JwsHeader, claims: object, sign: Sign): Promise<string> {
  const encode = (value: object) => base64url.encode(JSON.stringify(value));
  const content = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`;
  return `${content}.${base64url.encode(await sign(utf8.encode(content)))}`;
}

export type JwsFault = 'too-large' | 'malformed' | 'wrong-algorithm' | 'wrong-type';
type Fault<Kind extends string> = Kind extends string ? { readonly kind: Kind; readonly why: string } : never;
const fault = <Kind extends JwsFault | 'wrong-signature'>(kind: Kind, why: string) => ({ kind, why });

export type ProvenJws =
  | { readonly kind: 'read'; readonly claims: Readonly<Record<string, unknown>> }
  | Fault<'wrong-signature' | 'malformed'>;

/** Its header is what somebody says; its claims are reached by `prove` only. */
export interface UnprovenJws {
  readonly kind: 'unproven';
  readonly header: Readonly<Record<string, unknown>>;
  /** By a P-256 public key. */
  prove(key: KeyObject): ProvenJws;
}

export interface JwsExpectation {
  readonly typ: string;
  readonly mostCharacters: number;
  /** Members of the header besides `alg` and `typ`, each of which may be absent. */
  readonly members?: readonly string[];
}

/** The last of the signature's 86 letters has four bits to spare: they are nought (RFC 4648 3.5), so that a message has one spelling. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/;

/** In order: size, shape, header, algorithm, type. Each fault is one condition. */
export function openJws(message: unknown, expected: JwsExpectation): UnprovenJws | Fault<JwsFault> {
  if (typeof message !== 'string') return fault('malformed', 'not text');
  if (message.length > expected.mostCharacters) return fault('too-large', `${message.length} characters`);
  const parts = message.split('.', 4);
  const header = parts.length === 3 ? readJson(parts[0] as string) : null;
  if (!isPlainObject(header)) return fault('malformed', 'not a compact JWS');
  if (header.alg !== 'ES256') return fault('wrong-algorithm', shown(header.alg));
  if (header.typ !== expected.typ) return fault('wrong-type', shown(header.typ));
  const members = ['alg', 'typ', ...(expected.members ?? [])];
  if (Object.keys(header).some((member) => !members.includes(member)))
    return fault('malformed', 'a header that is not known');
  if (!COMPACT.test(message)) return fault('malformed', 'not a compact JWS');
  const [encodedHeader, encodedClaims, signature] = parts as [string, string, string];
  return {
    kind: 'unproven',
    header,
    prove(key) {
      if (!holds(`${encodedHeader}.${encodedClaims}`, signature, key))
        return fault('wrong-signature', 'not by this key');
      const claims = readJson(encodedClaims);
      return isPlainObject(claims)
        ? { kind: 'read', claims }
        : fault('malformed', 'content is no JSON object');
    },
  };
}

/** A message whose signer is known beforehand. */
export function readJws(
  message: unknown,
  { key, ...expected }: JwsExpectation & { readonly key: KeyObject },
): ProvenJws | Fault<JwsFault> {
  const opened = openJws(message, expected);
  return opened.kind === 'unproven' ? opened.prove(key) : opened;
}

/** Not by jose: its way over WebCrypto and other threads takes five times as long, and ten times in one of a hundred. */
const holds = (content: string, signature: string, key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' &&
  verify('sha256', utf8.encode(content), { key, dsaEncoding: 'ieee-p1363' }, base64url.decode(signature));

/** What somebody says in place of a name; an object may have members that make it throw when it is made text. */
const shown = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 40) : typeof value);

function readJson(encoded: string): unknown {
  try {
    return readShallowJson(base64url.decode(encoded));
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
