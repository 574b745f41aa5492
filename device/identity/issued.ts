// Messages that an issuer signs and that reach a unit by whatever way: compact JWS (RFC 7515) by ES256 with an explicit type (RFC 8725 3.11) and the
// issuer's chain in `x5c`. Nothing of the content is looked at before chain and signature hold.
import { createPublicKey } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import { z } from 'zod';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { SigningKey } from './key.ts';
import type { IssuerId } from './names.ts';
import { type Anchors, type Peer, readPeer } from './peer.ts';
import type { Revocations } from './revocations.ts';

/** Who signs tokens and lists: a certificate of role issuer and its key. */
export interface Issuer {
  readonly key: SigningKey;
  /** Holder, issuing CA: DER. */
  readonly chain: readonly Uint8Array[];
}

export async function signIssued(issuer: Issuer, typ: string, claims: object): Promise<string> {
  const x5c = issuer.chain.map((der) => Buffer.from(der).toString('base64'));
  return signCompact(issuer.key, { alg: 'ES256', typ, x5c }, claims);
}

/** A compact JWS by a key that may live in a module. */
export async function signCompact(key: SigningKey, header: object, claims: object): Promise<string> {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${Buffer.from(await key.sign(Buffer.from(content))).toString('base64url')}`;
}

export type IssuedFault = 'malformed' | 'wrong-algorithm' | 'wrong-type' | 'untrusted' | 'revoked' | 'forged';
export type IssuedReading<T> =
  | { readonly kind: 'read'; readonly claims: T; readonly issuer: Peer & { readonly id: IssuerId } }
  | { readonly kind: IssuedFault; readonly why: string; readonly cause?: Refusal };

export interface IssuedQuestion<T> {
  readonly typ: string;
  readonly schema: z.ZodType<T>;
  readonly mostCharacters: number;
  readonly anchors: Anchors;
  readonly now: number;
  readonly revocations: Pick<Revocations, 'certificates' | 'issuers'>;
}

/** 64 bytes of signature in their one spelling: the last character has four bits that mean nothing and must be zero. */
const COMPACT = /^([A-Za-z0-9_-]{1,16384})\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{85}[AQgw]$/;
const Header = z.strictObject({
  alg: z.string(),
  typ: z.string(),
  x5c: z.array(z.base64().max(6000)).min(2).max(3),
});

/** In order: size, shape, algorithm, type, the issuer's chain, whether this unit listens to it, signature, content. */
export async function readIssued<T>(
  message: unknown,
  question: IssuedQuestion<T>,
): Promise<IssuedReading<T>> {
  if (typeof message !== 'string' || message.length > question.mostCharacters)
    return { kind: 'malformed', why: 'no text, or too long' };
  const raw = parseJson(message.split('.', 1)[0] ?? '');
  const claimed = z.object({ alg: z.string(), typ: z.string() }).safeParse(raw);
  if (!claimed.success) return { kind: 'malformed', why: 'header' };
  if (claimed.data.alg !== 'ES256') return { kind: 'wrong-algorithm', why: claimed.data.alg.slice(0, 20) };
  if (claimed.data.typ !== question.typ) return { kind: 'wrong-type', why: claimed.data.typ.slice(0, 40) };
  const header = Header.safeParse(raw);
  const content = COMPACT.exec(message)?.[2];
  if (!header.success || content === undefined) return { kind: 'malformed', why: 'shape' };

  let issuer: Peer;
  try {
    const chain = header.data.x5c.map((der) => new Uint8Array(Buffer.from(der, 'base64')));
    issuer = readPeer(chain, { ...question, roles: ['issuer'] });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      kind: error.code === 'channel.revoked' ? 'revoked' : 'untrusted',
      why: error.code,
      cause: error,
    };
  }
  if (!question.anchors.issuers.includes(issuer.id)) return { kind: 'untrusted', why: issuer.name };
  if (question.revocations.issuers.has(issuer.id)) return { kind: 'revoked', why: issuer.name };
  try {
    await compactVerify(message, createPublicKey({ key: { ...issuer.jwk }, format: 'jwk' }), {
      algorithms: ['ES256'],
    });
  } catch (error) {
    if (error instanceof errors.JOSEError) return { kind: 'forged', why: error.code };
    throw error;
  }
  const claims = question.schema.safeParse(parseJson(content));
  if (!claims.success)
    return { kind: 'malformed', why: claims.error.issues[0]?.path.map(String).join('.') ?? '' };
  return { kind: 'read', claims: claims.data, issuer };
}

/** Undefined when it is no JSON. */
function parseJson(encoded: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url')));
  } catch {
    return undefined;
  }
}
