// The key of the maker's issuer, as it stands in the newest revocation list that this unit believes: it signs service requests too.
import { z } from 'zod';
import type { PublicJwk } from '../identity/key.ts';
import { type Anchors, readPeer } from '../identity/peer.ts';
import { NO_REVOCATIONS, type Revocations } from '../identity/revocations.ts';
import { isRefusal } from '../refusal.ts';

const Header = z.object({ x5c: z.array(z.base64().max(6000)).min(2).max(3) });

/** Null when the chain in the list's header is not of a maker whom this unit believes. The list itself is proven elsewhere. */
export function makerKey(
  list: string,
  anchors: Anchors,
  now: number,
  revocations: Pick<Revocations, 'certificates'> = NO_REVOCATIONS,
): PublicJwk | null {
  try {
    const header = JSON.parse(Buffer.from(list.split('.', 1)[0] ?? '', 'base64url').toString());
    const chain = Header.parse(header).x5c.map((der) => new Uint8Array(Buffer.from(der, 'base64')));
    const issuer = readPeer(chain, { anchors, now, revocations, roles: ['issuer'] });
    return issuer.id.startsWith('maker:') && anchors.issuers.includes(issuer.id) ? issuer.jwk : null;
  } catch (error) {
    if (isRefusal(error) || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
