// Consoles, laptops and people of the small workbench: for tests.
import { randomUUID } from 'node:crypto';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import { generateSoftwareKey, type SigningKey } from '@ward/device/identity/key.ts';
import { ISSUER_GRANTS, type PersonRole, ROLE_VERBS } from '@ward/device/rights/roles.ts';
import { issueToken } from '@ward/device/rights/token.ts';
import { endpointOf } from '../endpoint.ts';
import type { SmallWorkbench } from './small-workbench.ts';

export async function certified(
  workbench: SmallWorkbench,
  role: 'console' | 'service',
  id: string,
): Promise<Endpoint> {
  const { key } = await generateSoftwareKey();
  const made = await workbench.certify(role, id, await makeCertificateRequest(key, id));
  return endpointOf(role, { key, ...made });
}

export interface SignedIn {
  readonly token: string;
  readonly holder: SigningKey;
}

/** A token for everything that the role may, for half an hour, on this channel. */
export async function signIn(
  workbench: SmallWorkbench,
  { person, role, unit, channel }: { person: string; role: PersonRole; unit: string; channel: Endpoint },
): Promise<SignedIn> {
  const { key } = await generateSoftwareKey();
  const now = Math.floor(Date.now() / 1000);
  const clinical = ISSUER_GRANTS.clinic.includes(role);
  const token = await issueToken(clinical ? workbench.clinic : workbench.maker, {
    iss: clinical ? 'clinic:demo' : 'maker:ward',
    ...{ jti: randomUUID(), sub: person, role, unit, verbs: [...ROLE_VERBS[role]] },
    ...{ cnf: { jkt: key.jkt }, channel: channel.key.thumbprint, purpose: 'test' },
    ...{ iat: now, nbf: now, exp: now + 1800 },
  });
  return { token, holder: key };
}
