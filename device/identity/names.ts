// Who can hold a certificate of the product CA, and how a certificate names its holder: `urn:ward:<role>:<id>` in the subject alternative
// name, nowhere else (the subject is for people and never read).
import { z } from 'zod';

/**
 * unit: a device. console: a clinic's operator console. service: a service engineer's laptop. gateway: the workbench. issuer: signs tokens and
 * revocation lists, never speaks on a channel.
 */
export const PEER_ROLES = ['unit', 'console', 'service', 'gateway', 'issuer'] as const;
export type PeerRole = (typeof PEER_ROLES)[number];

/** A clinic's issuer vouches for its own people; the maker's for service and fleet. */
export const ISSUER_KINDS = ['clinic', 'maker'] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
/** Id of a unit, console, service laptop or gateway. */
export const PlainId = z.string().regex(new RegExp(`^${NAME}$`));
/** Id of an issuer: `clinic:st-mary`, `maker:lumen`. */
export const IssuerId = z.string().regex(new RegExp(`^(?:${ISSUER_KINDS.join('|')}):${NAME}$`));
export type IssuerId = z.infer<typeof IssuerId>;

export const issuerKind = (id: IssuerId): IssuerKind => id.slice(0, id.indexOf(':')) as IssuerKind;

export const isIdOf = (role: PeerRole, id: string): boolean =>
  (role === 'issuer' ? IssuerId : PlainId).safeParse(id).success;

/** Throws a RangeError for an id that the role cannot have. */
export function peerUri(role: PeerRole, id: string): string {
  if (!isIdOf(role, id)) throw new RangeError(`${JSON.stringify(id)} is no id of a ${role}`);
  return `urn:ward:${role}:${id}`;
}

export function readPeerUri(uri: string): { role: PeerRole; id: string } | null {
  const match = /^urn:ward:([a-z]+):(.{1,80})$/.exec(uri);
  const role = PEER_ROLES.find((known) => known === match?.[1]);
  const id = match?.[2];
  return role && id && isIdOf(role, id) ? { role, id } : null;
}

/** RFC 5280 4.2.1.12. */
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** RFC 9336: signs documents; what TLS asks for is left out, so that an issuer's key opens no channel. */
export const DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36';

/** Exactly these; a certificate with more or fewer is refused. */
export const EXTENDED_KEY_USAGES: Readonly<Record<PeerRole, readonly string[]>> = {
  unit: [SERVER_AUTH, CLIENT_AUTH],
  console: [CLIENT_AUTH],
  service: [CLIENT_AUTH],
  gateway: [SERVER_AUTH],
  issuer: [DOCUMENT_SIGNING],
};
