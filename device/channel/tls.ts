// The one way in which TLS is used: 1.3 only, both ends with certificates, P-256, no resumption. RFC 8446, RFC 9325.
import { constants } from 'node:crypto';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { SigningKey } from '../identity/key.ts';
import type { PeerRole } from '../identity/names.ts';
import { type Anchors, refusePeer } from '../identity/peer.ts';
import type { Refusal } from '../refusal.ts';
import { refuseChannel } from './refusals.ts';

/** RFC 7301. */
export const ALPN = 'ward/1';

/** What an end shows and trusts. `Identity` of a unit has it. */
export interface Endpoint {
  readonly role: PeerRole;
  readonly key: SigningKey;
  /** Holder, issuing CA: DER. */
  readonly chain: readonly Uint8Array[];
  readonly anchors: Pick<Anchors, 'roots'>;
}

const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

export function secureContext({ key, chain, anchors }: Endpoint): SecureContextOptions {
  return {
    ...key.tls(),
    cert: chain.map(pem).join(''),
    ca: anchors.roots.map(pem),
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    sigalgs: 'ecdsa_secp256r1_sha256',
    ecdhCurve: 'X25519:P-256',
    // No tickets, and node:tls keeps no sessions by itself: whoever comes again is judged again.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** Refuses `channel.wrong-protocol`, and `channel.resumed` should a session be resumed in spite of `secureContext`. */
export function checkAgreed(socket: Pick<TLSSocket, 'alpnProtocol' | 'isSessionReused'>): void {
  if (socket.alpnProtocol !== ALPN) throw refuseChannel('channel.wrong-protocol');
  if (socket.isSessionReused()) throw refuseChannel('channel.resumed');
}

/** The certificates that the other end showed: holder first, at most three. */
export function shownChain(socket: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate && chain.length < 3) {
    chain.push(new Uint8Array(certificate.raw));
    const issuer = certificate.issuerCertificate;
    if (!issuer || issuer.raw.equals(certificate.raw)) break;
    certificate = issuer;
  }
  return chain;
}

/** What OpenSSL or node:tls say of a handshake that failed, in our words; the original code stays in the detail. */
export function handshakeRefusal(code: string | undefined, cause?: unknown): Refusal {
  const detail = { tls: code ?? 'unknown' };
  switch (code) {
    case 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE':
      return refuseChannel('channel.no-certificate', detail, cause);
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_VERSION_TOO_LOW':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
      return refuseChannel('channel.tls-version', detail, cause);
    case 'ERR_SSL_NO_APPLICATION_PROTOCOL':
    case 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL':
      return refuseChannel('channel.wrong-protocol', detail, cause);
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return refuseChannel('channel.handshake-slow', detail, cause);
    case 'CERT_HAS_EXPIRED':
      return refusePeer('channel.expired', detail, cause);
    case 'CERT_NOT_YET_VALID':
      return refusePeer('channel.not-yet-valid', detail, cause);
    case 'INVALID_PURPOSE':
    case 'INVALID_CA':
    case 'PATH_LENGTH_EXCEEDED':
    case 'UNHANDLED_CRITICAL_EXTENSION':
      return refusePeer('channel.wrong-profile', detail, cause);
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_CHAIN_TOO_LONG':
    case 'CERT_UNTRUSTED':
      return refusePeer('channel.unknown-issuer', detail, cause);
    default:
      return refuseChannel('channel.tls-failed', detail, cause);
  }
}
