// What a session is opened with: the outcome of a capability token that `rights/` has verified. Commands only read it.
import type { PublicJwk } from '../identity/key.ts';

export interface Grant {
  /** Id of the capability token (RFC 7519 §4.1.7). */
  readonly jti: string;
  /** SHA-256 of the token as it was presented, base64url: each command names it. */
  readonly tokenHash: string;
  /** E.g. `person:amira`. */
  readonly person: string;
  /** E.g. `clinician`. */
  readonly role: string;
  readonly unit: string;
  /** Verbs that the token gives; the vocabulary bounds them further. */
  readonly verbs: readonly string[];
  /** Public key that signs the commands: the one whose thumbprint is the token's `cnf.jkt` (RFC 7800, RFC 7638). */
  readonly holderKey: PublicJwk;
  readonly holderThumbprint: string;
  /** Thumbprint of the certificate of the channel's peer, to which the token is bound too (RFC 8705 `x5t#S256`). */
  readonly channelThumbprint: string;
  /** End of the token on this process's monotonic clock. */
  readonly expiresAtMonotonic: number;
}

/** The channel that a session lives on, as TLS knows it. */
export interface Channel {
  /** Keying material exported from the connection (RFC 9266, `tls-exporter`), base64url: another for each connection. */
  readonly exporter: string;
  /** SHA-256 of the peer's certificate, base64url. */
  readonly peerThumbprint: string;
}
