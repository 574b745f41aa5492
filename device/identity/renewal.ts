// A new certificate for a unit's key before the old one ends, over the unit's own channel. The key stays: it is what tokens and the audit trail are
// bound to, and the channel proves it.
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { makeCertificateRequest } from './certificate-request.ts';
import type { Identity } from './identity-store.ts';
import { readPeer } from './peer.ts';
import { refuseIdentity } from './refusals.ts';
import type { Revocations } from './revocations.ts';

const Der = z.base64().max(8192);
/** Body of `renew` on a channel: PKCS #10, DER. */
export const RenewalRequest = z.strictObject({ csr: Der });
export type RenewalRequest = z.infer<typeof RenewalRequest>;
/** Its answer: DER. */
export const RenewalAnswer = z.object({ certificate: Der });
export type RenewalAnswer = z.infer<typeof RenewalAnswer>;

/** From when two thirds of the certificate's time have passed. */
export function renewalDue(chain: readonly Uint8Array[], now: number): boolean {
  const { validFrom, validTo } = new X509Certificate(chain[0]!);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return !(now < from + ((to - from) * 2) / 3);
}

export async function makeRenewalRequest({ key, unit }: Identity): Promise<RenewalRequest> {
  return { csr: Buffer.from(await makeCertificateRequest(key, unit)).toString('base64') };
}

/**
 * The chain with the new certificate, when it is for this unit and its key under the anchors that it has: to be given to `IdentityStore.keepNext`.
 * Refuses `identity.renewal-refused` for the certificate of another unit or key, and what `readPeer` refuses.
 */
export function acceptRenewal(
  { certificate }: RenewalAnswer,
  identity: Identity,
  known: { readonly now: number; readonly revocations: Pick<Revocations, 'certificates'> },
): readonly Uint8Array[] {
  const holder = new Uint8Array(Buffer.from(certificate, 'base64'));
  const chain = [holder, ...identity.chain.slice(1)];
  const peer = readPeer(chain, { anchors: identity.anchors, ...known, roles: ['unit'] });
  if (peer.id !== identity.unit || peer.thumbprint !== identity.key.thumbprint)
    throw refuseIdentity('identity.renewal-refused', { name: peer.name });
  return chain;
}
