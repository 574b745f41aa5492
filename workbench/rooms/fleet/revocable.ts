// What can be revoked beside units, and what names it: pure, for the routes and for the page that revokes.

/** What can be taken back beside units, and what names it: as tokens can say it (`CapabilityClaims`), so that JSON writes each sign as one. */
const NAMED = {
  /** Of a console, a service laptop or a clinic's issuer: its serial number. */
  certificate: /^[0-9a-f]{2,40}$/,
  /** Its `jti`. */
  token: /^[A-Za-z0-9._-]{8,64}$/,
  /** `sub` of tokens. */
  person: /^person:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
} as const;
export type RevocationKind = keyof typeof NAMED;
export const REVOCATION_KINDS = Object.keys(NAMED) as RevocationKind[];

export const namesRevocable = (kind: RevocationKind, value: string): boolean => NAMED[kind].test(value);
