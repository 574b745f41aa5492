// A capability token: who may do what on which unit, from which channel, with which key, until when. A JWS (RFC 7519) of an issuer's
// certificate; the unit checks it without asking anybody.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type IssuedFault, type Issuer, readIssued, signIssued } from '../identity/issued.ts';
import { jwkThumbprint, type PublicJwk, sha256Base64url } from '../identity/key.ts';
import { IssuerId, issuerKind, PlainId } from '../identity/names.ts';
import type { Anchors, Peer } from '../identity/peer.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { refuseRights } from './refusals.ts';
import {
  ISSUER_GRANTS,
  isFresh,
  LEAST_LIFETIME_MS,
  MOST_LIFETIME_MS,
  mayUse,
  PERSON_ROLES,
  type PersonRole,
  ROLE_CHANNELS,
} from './roles.ts';

/** RFC 8725 3.11: no other signed message passes for a token. */
export const CAPABILITY_TYP = 'ward-capability+jwt';
const MOST_TOKEN_CHARACTERS = 16 * 1024;
/** A shift can be prepared the day before. */
export const MOST_POSTDATED_MS = 24 * 60 * 60_000;
/** An issuer's clock may be ahead of the unit's by this. */
const SKEW_MS = 2 * 60_000;

const Thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const Seconds = z.number().int().min(0).max(99_999_999_999);

/** Times are seconds since 1970 (RFC 7519 NumericDate). */
export const CapabilityClaims = z.strictObject({
  iss: IssuerId,
  jti: z.string().regex(/^[A-Za-z0-9._-]{8,64}$/),
  /** The person, by a name that the issuer made: `person:amira`. */
  sub: z.string().regex(/^person:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  role: z.enum(PERSON_ROLES),
  unit: z.union([PlainId, z.array(PlainId).min(1).max(50)]),
  /** What of the role's verbs the person needs now. */
  verbs: z.array(z.string().min(1).max(64)).min(1).max(32),
  /** The key that signs the commands (RFC 7800, RFC 7638). */
  cnf: z.strictObject({ jkt: Thumbprint }),
  /** SHA-256 of the SubjectPublicKeyInfo of the channel's certificate: outlives its renewal only when the key stays. */
  channel: Thumbprint,
  /** What for, in the issuer's words; goes into the audit log. */
  purpose: z.string().regex(/^[a-z][a-z0-9 .-]{0,79}$/),
  iat: Seconds,
  nbf: Seconds,
  exp: Seconds,
});
export type CapabilityClaims = z.infer<typeof CapabilityClaims>;

/**
 * Signs a token. Refuses as a unit would, before it is given out: `rights.role-not-grantable`, `rights.verb-not-of-role`, `rights.too-long`.
 * Throws a ZodError for claims that are none.
 */
export async function issueToken(issuer: Issuer, claims: CapabilityClaims): Promise<string> {
  const checked = CapabilityClaims.parse(claims);
  checkGrantable(checked);
  return signIssued(issuer, CAPABILITY_TYP, checked);
}

/** What a checked token gives; commands, service sessions and the vault read it. */
export interface Grant {
  readonly jti: string;
  /** SHA-256 of the token as presented, base64url. */
  readonly tokenHash: string;
  /** `person:amira`. */
  readonly person: string;
  readonly role: PersonRole;
  readonly unit: string;
  readonly verbs: readonly string[];
  readonly purpose: string;
  /** Signs the commands. */
  readonly holderKey: PublicJwk;
  /** RFC 7638 thumbprint of it. */
  readonly holderThumbprint: string;
  readonly channelThumbprint: string;
  /** End by the trusted time, milliseconds since 1970. */
  readonly expiresAt: number;
  /** End by this process's monotonic clock. */
  readonly expiresAtMonotonic: number;
  readonly issuer: IssuerId;
  /** Of the issuer's certificate and its issuing CA. */
  readonly issuerSerials: readonly string[];
}

export interface TokenQuestion {
  readonly token: unknown;
  /** The public key that the presenter says is the holder's. */
  readonly holderKey: PublicJwk;
  /** This unit's id. */
  readonly unit: string;
  readonly channelPeer: Pick<Peer, 'role' | 'thumbprint'>;
  readonly trustedTime: Pick<TrustedTime, 'now' | 'certain'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly revocations: Revocations;
  readonly anchors: Anchors;
}

const FAULT_CODES = {
  malformed: 'rights.malformed',
  'wrong-algorithm': 'rights.wrong-algorithm',
  'wrong-type': 'rights.wrong-kind',
  untrusted: 'rights.unknown-issuer',
  revoked: 'rights.revoked',
  forged: 'rights.forged',
} as const satisfies Readonly<Record<IssuedFault, string>>;

/**
 * Proves a token and that it is meant for this unit, this channel, this key and this moment. The order is: who signed it, what it may say, time,
 * unit, channel, holder, what was taken back, how fresh that is known. Each refusal is one condition:
 * `rights.malformed`, `-wrong-algorithm`, `-wrong-kind`, `-unknown-issuer`, `-forged`, `-role-not-grantable`, `-verb-not-of-role`, `-too-long`,
 * `-expired`, `-not-yet-valid`, `-wrong-unit`, `-wrong-place`, `-wrong-channel`, `-wrong-holder`, `-revoked`, `-stale`.
 */
export async function checkToken(question: TokenQuestion): Promise<Grant> {
  const { trustedTime, revocations, anchors, channelPeer } = question;
  const now = trustedTime.now();
  const reading = await readIssued(question.token, {
    typ: CAPABILITY_TYP,
    schema: CapabilityClaims,
    mostCharacters: MOST_TOKEN_CHARACTERS,
    anchors,
    now,
    revocations,
  });
  if (reading.kind !== 'read') {
    throw refuseRights(FAULT_CODES[reading.kind], { why: reading.why }, reading.cause);
  }
  const { claims, issuer } = reading;
  const about = { jti: claims.jti, sub: claims.sub, role: claims.role };
  if (claims.iss !== issuer.id) throw refuseRights('rights.unknown-issuer', { ...about, iss: claims.iss });
  checkGrantable(claims);

  const [issuedAt, notBefore, expiresAt] = [claims.iat * 1000, claims.nbf * 1000, claims.exp * 1000];
  if (!(now < expiresAt)) throw refuseRights('rights.expired', { ...about, exp: claims.exp, now });
  if (!(issuedAt <= now + SKEW_MS))
    throw refuseRights('rights.not-yet-valid', { ...about, iat: claims.iat, now });
  // Of a token that was made for later, the wall clock is not believed: setting it forward must not begin the shift.
  if (notBefore > issuedAt && !(notBefore <= trustedTime.certain() + SKEW_MS))
    throw refuseRights('rights.not-yet-valid', { ...about, nbf: claims.nbf, now });

  if (![claims.unit].flat().includes(question.unit)) throw refuseRights('rights.wrong-unit', about);
  if (!ROLE_CHANNELS[claims.role].includes(channelPeer.role))
    throw refuseRights('rights.wrong-place', { ...about, from: channelPeer.role });
  if (claims.channel !== channelPeer.thumbprint) throw refuseRights('rights.wrong-channel', about);
  if (claims.cnf.jkt !== jwkThumbprint(question.holderKey)) throw refuseRights('rights.wrong-holder', about);

  const grant: Grant = {
    jti: claims.jti,
    tokenHash: sha256Base64url(question.token as string),
    person: claims.sub,
    role: claims.role,
    unit: question.unit,
    verbs: claims.verbs,
    purpose: claims.purpose,
    holderKey: question.holderKey,
    holderThumbprint: claims.cnf.jkt,
    channelThumbprint: claims.channel,
    expiresAt,
    expiresAtMonotonic: question.clock.monotonic() + (expiresAt - now),
    issuer: issuer.id,
    issuerSerials: [issuer.serial, issuer.issuingSerial],
  };
  checkGrant(grant, { now, monotonic: question.clock.monotonic(), revocations });
  return grant;
}

/**
 * Whether a grant still holds: to be asked when time has passed or a revocation list came.
 * Refuses `rights.expired`, `rights.revoked`, `rights.stale`.
 */
export function checkGrant(
  grant: Grant,
  { now, monotonic, revocations }: { now: number; monotonic: number; revocations: Revocations },
): void {
  const about = { jti: grant.jti, sub: grant.person, role: grant.role };
  if (!(now < grant.expiresAt && monotonic < grant.expiresAtMonotonic))
    throw refuseRights('rights.expired', about);
  if (
    revocations.tokens.has(grant.jti) ||
    revocations.persons.has(grant.person) ||
    revocations.issuers.has(grant.issuer) ||
    grant.issuerSerials.some((serial) => revocations.certificates.has(serial))
  )
    throw refuseRights('rights.revoked', about);
  if (!isFresh(grant.role, revocations.issuedAt, now))
    throw refuseRights('rights.stale', { ...about, issuedAt: revocations.issuedAt, now });
}

/** Refuses `rights.verb-not-granted`. */
export function checkVerb(grant: Grant, verb: string): void {
  if (!grant.verbs.includes(verb) || !mayUse(grant.role, verb))
    throw refuseRights('rights.verb-not-granted', { jti: grant.jti, role: grant.role, verb });
}

/** What an issuer may say at all, whoever it is about. */
function checkGrantable(claims: CapabilityClaims): void {
  const about = { jti: claims.jti, iss: claims.iss, role: claims.role };
  if (!ISSUER_GRANTS[issuerKind(claims.iss)].includes(claims.role))
    throw refuseRights('rights.role-not-grantable', about);
  const extra = claims.verbs.find((verb) => !mayUse(claims.role, verb));
  if (extra !== undefined) throw refuseRights('rights.verb-not-of-role', { ...about, verb: extra });
  const lifetime = (claims.exp - claims.nbf) * 1000;
  const postdated = (claims.nbf - claims.iat) * 1000;
  const fits = lifetime >= LEAST_LIFETIME_MS && lifetime <= MOST_LIFETIME_MS[claims.role];
  if (!fits || postdated > MOST_POSTDATED_MS)
    throw refuseRights('rights.too-long', { ...about, seconds: lifetime / 1000 });
}
