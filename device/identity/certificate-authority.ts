// The product CA: an offline root (path length 1), an issuing CA (path length 0), and certificates made from requests. Profile: RFC 5280 4.2,
// P-256 with SHA-256, the holder named by one URI (`names.ts`). Keys are arguments; the root's is needed for `makeRoot` and
// `makeIssuingCa` alone and can go back to its safe.
import { randomBytes } from 'node:crypto';
import type { Extension } from '@peculiar/x509';
import { readCertificateRequest } from './certificate-request.ts';
import type { SigningKey } from './key.ts';
import { EXTENDED_KEY_USAGES, type PeerRole, peerUri } from './names.ts';
import { cryptoThatSignsWith, ECDSA, loadX509, plain } from './x509.ts';

const DAY_MS = 86_400_000;
/** A clock of the unit that is a little behind must not refuse a new certificate. */
const BACKDATED_MS = 5 * 60_000;

export interface CertificateAuthority {
  readonly key: SigningKey;
  /** DER of its own certificate. */
  readonly certificate: Uint8Array;
}

export interface AuthorityOptions {
  /** For people, e.g. `Lumen product root`. */
  readonly name: string;
  readonly key: SigningKey;
  readonly now: number;
  readonly days: number;
  /** Hexadecimal; random when absent (RFC 5280 4.1.2.2: unique, positive, at most 20 bytes). */
  readonly serial?: string;
}

/** 128 random bits, positive. */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** A self-signed root that may sign issuing CAs only. Resolves to its certificate (DER). */
export async function makeRoot({ name, key, now, days, serial }: AuthorityOptions): Promise<Uint8Array> {
  return makeAuthority({
    name,
    key,
    now,
    days,
    serial,
    signer: key,
    issuer: `CN=${escapeName(name)}`,
    pathLength: 1,
  });
}

/** A CA below the root that may sign holders' certificates only. */
export async function makeIssuingCa(
  root: CertificateAuthority,
  { name, key, now, days, serial }: AuthorityOptions,
): Promise<Uint8Array> {
  const { X509Certificate } = await loadX509();
  const issuer = new X509Certificate(plain(root.certificate)).subject;
  return makeAuthority({ name, key, now, days, serial, signer: root.key, issuer, pathLength: 0 });
}

async function makeAuthority(options: {
  name: string;
  key: SigningKey;
  now: number;
  days: number;
  serial: string | undefined;
  signer: SigningKey;
  issuer: string;
  pathLength: number;
}): Promise<Uint8Array> {
  const x509 = await loadX509();
  return sign(options.signer, {
    serial: options.serial ?? randomSerial(),
    subject: `CN=${escapeName(options.name)}`,
    issuer: options.issuer,
    now: options.now,
    days: options.days,
    spki: options.key.spki,
    extensions: [
      new x509.BasicConstraintsExtension(true, options.pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(plain(options.key.spki)),
      await x509.AuthorityKeyIdentifierExtension.create(plain(options.signer.spki)),
    ],
  });
}

export interface IssueOptions {
  /** PKCS #10, DER. Only its key is taken: role and id are the issuer's word, not the applicant's. */
  readonly csr: Uint8Array;
  readonly role: PeerRole;
  readonly id: string;
  readonly now: number;
  readonly days: number;
  readonly serial?: string;
}

export interface IssuedCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Lower-case hexadecimal, as `Peer.serial`. */
  readonly serial: string;
  readonly notAfter: number;
}

/**
 * A certificate for the key of a request whose proof of possession holds.
 * Refuses `identity.request-malformed`, `identity.request-weak-key`, `identity.request-not-proven`. Throws a RangeError for a wrong id.
 */
export async function issueCertificate(
  issuing: CertificateAuthority,
  { csr, role, id, now, days, serial = randomSerial() }: IssueOptions,
): Promise<IssuedCertificate> {
  const uri = peerUri(role, id);
  const { spki } = await readCertificateRequest(csr);
  const x509 = await loadX509();
  const certificate = await sign(issuing.key, {
    serial,
    subject: `CN=${escapeName(id)}, OU=${role}`,
    issuer: new x509.X509Certificate(plain(issuing.certificate)).subject,
    now,
    days,
    spki,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([...EXTENDED_KEY_USAGES[role]], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: uri }], true),
      await x509.AuthorityKeyIdentifierExtension.create(plain(issuing.key.spki)),
    ],
  });
  return { certificate, serial: serial.toLowerCase(), notAfter: wholeSecond(now + days * DAY_MS) };
}

async function sign(
  signer: SigningKey,
  parts: {
    serial: string;
    subject: string;
    issuer: string;
    now: number;
    days: number;
    spki: Uint8Array;
    extensions: Extension[];
  },
): Promise<Uint8Array> {
  const { X509CertificateGenerator } = await loadX509();
  const { crypto, signingKey } = cryptoThatSignsWith(signer);
  const made = await X509CertificateGenerator.create(
    {
      serialNumber: parts.serial,
      subject: parts.subject,
      issuer: parts.issuer,
      notBefore: new Date(wholeSecond(parts.now - BACKDATED_MS)),
      notAfter: new Date(wholeSecond(parts.now + parts.days * DAY_MS)),
      publicKey: plain(parts.spki),
      signingKey,
      signingAlgorithm: ECDSA,
      extensions: parts.extensions,
    },
    crypto,
  );
  return new Uint8Array(made.rawData);
}

/** X.509 times have whole seconds. */
const wholeSecond = (time: number) => Math.floor(time / 1000) * 1000;

/** RFC 4514 2.4. */
const escapeName = (text: string) => text.replace(/[,+"\\<>;=#]/g, '\\$&');
