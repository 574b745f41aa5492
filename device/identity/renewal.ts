// A new certificate before the old one ends: the old key vouches for the new one over its own mutual channel, and the unit keeps the old one until
// the new one has opened a channel.
import { createPublicKey, X509Certificate } from 'node:crypto';
import { compactVerify } from 'jose';
import { z } from 'zod';
import {
  type CertificateAuthority,
  type IssuedCertificate,
  issueCertificate,
} from './certificate-authority.ts';
import { makeCertificateRequest } from './certificate-request.ts';
import type { Identity } from './identity-store.ts';
import { signCompact } from './issued.ts';
import type { SigningKey } from './key.ts';
import { PlainId } from './names.ts';
import { type Peer, readPeer } from './peer.ts';
import { refuseIdentity } from './refusals.ts';
import type { Revocations } from './revocations.ts';

const RENEWAL_TYP = 'ward-renewal+jwt';

/** Body of a `renew` request on a channel. */
export const RenewalRequest = z.strictObject({ jws: z.string().max(16 * 1024) });
export type RenewalRequest = z.infer<typeof RenewalRequest>;
/** Its answer: DER, base64. */
export const RenewalAnswer = z.strictObject({
  certificate: z.base64().max(8192),
  issuing: z.base64().max(8192),
});
export type RenewalAnswer = z.infer<typeof RenewalAnswer>;

const Claims = z.strictObject({
  unit: PlainId,
  csr: z.base64().max(8192),
  /** `Channel.binding.exporter`: good on this connection only. */
  channel: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** From when two thirds of the certificate's time have passed. */
export function renewalDue(chain: readonly Uint8Array[], now: number): boolean {
  const { validFrom, validTo } = new X509Certificate(chain[0]!);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return !(now < from + ((to - from) * 2) / 3);
}

/** The unit's request for `next`, a key that was made on it. */
export async function makeRenewalRequest(options: {
  readonly identity: Identity;
  readonly next: SigningKey;
  readonly exporter: string;
}): Promise<RenewalRequest> {
  const { identity, next, exporter } = options;
  const csr = Buffer.from(await makeCertificateRequest(next, identity.unit)).toString('base64');
  const claims = { unit: identity.unit, csr, channel: exporter } satisfies z.infer<typeof Claims>;
  return { jws: await signCompact(identity.key, { alg: 'ES256', typ: RENEWAL_TYP }, claims) };
}

/**
 * The workbench's answer to a unit on its channel: a certificate for the same unit and the new key.
 * Refuses `identity.renewal-refused` (signature, unit or channel) and what `issueCertificate` refuses.
 */
export async function answerRenewal(options: {
  readonly request: RenewalRequest;
  /** Of the channel: judged and not revoked. */
  readonly peer: Peer;
  readonly exporter: string;
  readonly issuing: CertificateAuthority;
  readonly now: number;
  readonly days: number;
  readonly serial?: string;
}): Promise<{ readonly answer: RenewalAnswer; readonly issued: IssuedCertificate }> {
  const { request, peer, exporter, issuing, now, days, serial } = options;
  let claims: z.infer<typeof Claims>;
  try {
    const key = createPublicKey({ key: { ...peer.jwk }, format: 'jwk' });
    const { payload, protectedHeader } = await compactVerify(request.jws, key, { algorithms: ['ES256'] });
    if (protectedHeader.typ !== RENEWAL_TYP) throw new TypeError('typ');
    claims = Claims.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch (cause) {
    throw refuseIdentity('identity.renewal-refused', { name: peer.name }, cause);
  }
  if (peer.role !== 'unit' || claims.unit !== peer.id || claims.channel !== exporter)
    throw refuseIdentity('identity.renewal-refused', { name: peer.name, unit: claims.unit });
  const csr = new Uint8Array(Buffer.from(claims.csr, 'base64'));
  const issued = await issueCertificate(issuing, {
    csr,
    role: 'unit',
    id: peer.id,
    now,
    days,
    ...(serial === undefined ? {} : { serial }),
  });
  const answer = { certificate: toBase64(issued.certificate), issuing: toBase64(issuing.certificate) };
  return { answer, issued };
}

/**
 * The new chain, when it is for this unit and its new key under the anchors that it has: to be given to `IdentityStore.keepNext`.
 * Refuses `identity.renewal-refused`, and what `readPeer` refuses.
 */
export function acceptRenewal(options: {
  readonly answer: unknown;
  readonly identity: Identity;
  readonly next: SigningKey;
  readonly now: number;
  readonly revocations: Pick<Revocations, 'certificates'>;
}): readonly Uint8Array[] {
  const { identity, next, now, revocations } = options;
  const answer = RenewalAnswer.safeParse(options.answer);
  if (!answer.success) throw refuseIdentity('identity.renewal-refused', {}, answer.error);
  const chain = [answer.data.certificate, answer.data.issuing].map(
    (der) => new Uint8Array(Buffer.from(der, 'base64')),
  );
  const peer = readPeer(chain, { anchors: identity.anchors, now, revocations, roles: ['unit'] });
  if (peer.id !== identity.unit || peer.thumbprint !== next.thumbprint)
    throw refuseIdentity('identity.renewal-refused', { name: peer.name });
  return chain;
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
