// The key that signs requests for service: of a maker's issuer whom this unit believes since its enrolment.
import type { PublicJwk } from '../identity/key.ts';
import { type Anchors, readPeer } from '../identity/peer.ts';
import type { Revocations } from '../identity/revocations.ts';
import { isRefusal } from '../refusal.ts';

/** `chain`: DER in base64, holder first. Null when it is not of a maker whom this unit believes. */
export function makerKey(
  chain: readonly string[],
  anchors: Anchors,
  now: number,
  revocations: Pick<Revocations, 'certificates'>,
): PublicJwk | null {
  try {
    const der = chain.map((one) => new Uint8Array(Buffer.from(one, 'base64')));
    const issuer = readPeer(der, { anchors, now, revocations, roles: ['issuer'] });
    return issuer.id.startsWith('maker:') && anchors.issuers.includes(issuer.id) ? issuer.jwk : null;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
