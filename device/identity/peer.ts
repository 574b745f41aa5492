// Who is at the other end: a certificate chain judged by the product CA's strict profile, never by its subject or by a name server.
import { X509Certificate } from 'node:crypto';
import { defineRefusals } from '../refusal.ts';
import { type CertificateExtension, certificateParts } from './der.ts';
import { type PublicJwk, p256JwkOf, sha256Base64url } from './key.ts';
import { EXTENDED_KEY_USAGES, type IssuerId, type PeerRole, readPeerUri } from './names.ts';
import type { Revocations } from './revocations.ts';

export const refusePeer = defineRefusals({
  'channel.malformed-certificate': {
    plain: 'The other end shows a certificate that cannot be read.',
    row: 'L1',
  },
  'channel.unknown-issuer': { plain: 'The other end was not admitted by this product.', row: 'L1' },
  'channel.wrong-profile': {
    plain: 'The certificate of the other end is not of the agreed kind.',
    row: 'L1',
  },
  'channel.not-yet-valid': { plain: 'The certificate of the other end is not valid yet.', row: 'L1' },
  'channel.expired': { plain: 'The certificate of the other end has expired.', row: 'L1' },
  'channel.revoked': { plain: 'The other end is no longer admitted.', row: 'L1' },
  'channel.wrong-role': { plain: 'The other end may not speak to this unit.', row: 'L1' },
  'channel.wrong-peer': { plain: 'The other end is not the one that was called.', row: 'L1' },
});

/** What a unit trusts since its enrolment. */
export interface Anchors {
  /** DER of the product's roots: one, or two while a root is replaced. */
  readonly roots: readonly Uint8Array[];
  /** Issuers whose tokens and lists count on this unit: its clinic's and the maker's. */
  readonly issuers: readonly IssuerId[];
}

export interface Peer {
  readonly role: PeerRole;
  readonly id: string;
  /** `role:id`, as the audit log names it. */
  readonly name: string;
  readonly jwk: PublicJwk;
  /** SHA-256 of the SubjectPublicKeyInfo, base64url. */
  readonly thumbprint: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  /** Of the issuing CA. */
  readonly issuingSerial: string;
  readonly notAfter: number;
}

export interface PeerQuestion {
  readonly anchors: Pick<Anchors, 'roots'>;
  /** Milliseconds since 1970: `TrustedTime.now()` on a unit. */
  readonly now: number;
  readonly revocations: Pick<Revocations, 'certificates'>;
  /** Roles that are welcome; any when absent. */
  readonly roles?: readonly PeerRole[];
}

const MOST_CERTIFICATE_BYTES = 4096;

/**
 * Judges a chain: holder, issuing CA, and perhaps its root (which is compared, never believed). Path validation as in RFC 5280 6.1 for a path
 * of exactly root → issuing CA → holder, with a profile in which every extension is known.
 * Refuses `channel.malformed-certificate`, `channel.unknown-issuer`, `channel.wrong-profile`, `channel.not-yet-valid`, `channel.expired`,
 * `channel.revoked`, `channel.wrong-role`.
 */
export function readPeer(chain: readonly Uint8Array[], question: PeerQuestion): Peer {
  if (chain.length > 3) throw refusePeer('channel.malformed-certificate', { certificates: chain.length });
  const [holderDer, issuingDer, rootDer] = chain;
  if (!holderDer || !issuingDer) throw refusePeer('channel.unknown-issuer', { certificates: chain.length });
  const { issuing, root } = admittedIssuer(issuingDer, question.anchors.roots);
  const holder = parse(holderDer);
  if (!issuedBy(holder, issuing) || (rootDer && !root.raw.equals(rootDer)))
    throw refusePeer('channel.unknown-issuer', { issuer: issuing.fingerprint256 });

  const spki = checkProfile(holder, HOLDER_PROFILE, 'holder');
  const jwk = p256JwkOf(holder.publicKey);
  const named = readPeerUri(/^URI:([^,\s"]+)$/.exec(holder.subjectAltName ?? '')?.[1] ?? '');
  if (!jwk || !named) throw refusePeer('channel.wrong-profile', { of: 'holder' });
  const usages = [...(holder.keyUsage ?? [])].sort().join();
  if (usages !== [...EXTENDED_KEY_USAGES[named.role]].sort().join())
    throw refusePeer('channel.wrong-profile', { of: 'holder', role: named.role });

  for (const certificate of [root, issuing, holder]) checkTime(certificate, question.now);
  const [serial, issuingSerial] = [serialOf(holder), serialOf(issuing)];
  for (const each of [serial, issuingSerial])
    if (question.revocations.certificates.has(each)) throw refusePeer('channel.revoked', { serial: each });
  const name = `${named.role}:${named.id}`;
  if (question.roles && !question.roles.includes(named.role))
    throw refusePeer('channel.wrong-role', { name });
  const thumbprint = sha256Base64url(spki);
  return { ...named, name, jwk, thumbprint, serial, issuingSerial, notAfter: Date.parse(holder.validTo) };
}

function parse(der: Uint8Array): X509Certificate {
  if (der.length > MOST_CERTIFICATE_BYTES)
    throw refusePeer('channel.malformed-certificate', { bytes: der.length });
  try {
    const certificate = new X509Certificate(der);
    // PEM is accepted by the constructor, and bytes after the certificate are ignored by it: neither is one of ours.
    if (!certificate.raw.equals(der)) throw new TypeError('not DER');
    return certificate;
  } catch (cause) {
    throw refusePeer('channel.malformed-certificate', {}, cause);
  }
}

interface AdmittedIssuer {
  readonly issuing: X509Certificate;
  readonly root: X509Certificate;
}

/** Issuing CAs whose signature and profile were found good under a list of roots: the same for each peer, and half of the cost of judging one. */
const admittedIssuers = new WeakMap<readonly Uint8Array[], Map<string, AdmittedIssuer>>();
const MOST_ADMITTED = 8;

function admittedIssuer(der: Uint8Array, roots: readonly Uint8Array[]): AdmittedIssuer {
  const known = admittedIssuers.get(roots) ?? new Map<string, AdmittedIssuer>();
  admittedIssuers.set(roots, known);
  const name = sha256Base64url(der);
  const found = known.get(name);
  if (found) return found;
  const issuing = parse(der);
  const root = roots.map(parse).find((candidate) => issuedBy(issuing, candidate));
  if (!root) throw refusePeer('channel.unknown-issuer', { issuer: issuing.fingerprint256 });
  checkProfile(issuing, ISSUING_PROFILE, 'issuing CA');
  if (known.size < MOST_ADMITTED) known.set(name, { issuing, root });
  return { issuing, root };
}

function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXTENDED_KEY_USAGE = '551d25';
const SUBJECT_ALTERNATIVE_NAME = '551d11';
const SUBJECT_KEY_ID = '551d0e';
const AUTHORITY_KEY_ID = '551d23';

interface ProfileEntry {
  readonly oid: string;
  readonly critical: boolean;
  /** The only value; any when absent (it is read elsewhere or means nothing). */
  readonly value?: string;
}

/** No CA; digitalSignature. */
const HOLDER_PROFILE: readonly ProfileEntry[] = [
  { oid: BASIC_CONSTRAINTS, critical: true, value: '3000' },
  { oid: KEY_USAGE, critical: true, value: '03020780' },
  { oid: EXTENDED_KEY_USAGE, critical: true },
  { oid: SUBJECT_ALTERNATIVE_NAME, critical: true },
  { oid: AUTHORITY_KEY_ID, critical: false },
];

/** CA of path length 0; keyCertSign and cRLSign. */
const ISSUING_PROFILE: readonly ProfileEntry[] = [
  { oid: BASIC_CONSTRAINTS, critical: true, value: '30060101ff020100' },
  { oid: KEY_USAGE, critical: true, value: '03020106' },
  { oid: SUBJECT_KEY_ID, critical: false },
  { oid: AUTHORITY_KEY_ID, critical: false },
];

/** The key as it stands in the certificate. */
function checkProfile(
  certificate: X509Certificate,
  profile: readonly ProfileEntry[],
  of: string,
): Uint8Array {
  const parts = certificateParts(certificate.raw);
  const fits = (entry: ProfileEntry, extension: CertificateExtension) =>
    extension.oid === entry.oid &&
    extension.critical === entry.critical &&
    (entry.value === undefined || extension.value === entry.value);
  const whole =
    parts !== null &&
    parts.extensions.length === profile.length &&
    profile.every((entry) => parts.extensions.some((extension) => fits(entry, extension)));
  if (!whole) throw refusePeer('channel.wrong-profile', { of });
  return parts.spki;
}

function checkTime(certificate: X509Certificate, now: number): void {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  // Not `now > to`: a time that cannot be read must not pass.
  if (!(now <= to)) throw refusePeer('channel.expired', { notAfter: to, now });
  if (!(now >= from)) throw refusePeer('channel.not-yet-valid', { notBefore: from, now });
}

const serialOf = (certificate: X509Certificate) => certificate.serialNumber.toLowerCase();
