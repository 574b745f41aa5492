// Messages that an issuer signs and that reach a unit by whatever way: `signed/jws.ts` with the issuer's chain in `x5c`. Nothing of the content is
// looked at before chain and signature hold.
import { z } from 'zod';
import { isRefusal, type Refusal } from '../refusal.ts';
import { openJws, signJws } from '../signed/jws.ts';
import { publicKeyOf, type SigningKey } from './key.ts';
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
  return signJws({ typ, x5c }, claims, (bytes) => issuer.key.sign(bytes));
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

const Chain = z.array(z.base64().max(6000)).min(2).max(3);

/** In order: size, shape, algorithm, type, the issuer's chain, whether this unit listens to it, signature, content. */
export async function readIssued<T>(
  message: unknown,
  question: IssuedQuestion<T>,
): Promise<IssuedReading<T>> {
  const jws = openJws(message, { ...question, members: ['x5c'] });
  if (jws.kind === 'too-large') return { kind: 'malformed', why: jws.why };
  if (jws.kind !== 'unproven') return jws;
  const shown = Chain.safeParse(jws.header.x5c);
  if (!shown.success) return { kind: 'malformed', why: 'x5c' };

  let issuer: Peer;
  try {
    const chain = shown.data.map((der) => new Uint8Array(Buffer.from(der, 'base64')));
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
  const proven = jws.prove(publicKeyOf(issuer.jwk));
  if (proven.kind === 'wrong-signature') return { kind: 'forged', why: proven.why };
  if (proven.kind !== 'read') return proven;
  const claims = question.schema.safeParse(proven.claims);
  if (!claims.success)
    return { kind: 'malformed', why: claims.error.issues[0]?.path.map(String).join('.') ?? '' };
  return { kind: 'read', claims: claims.data, issuer };
}
