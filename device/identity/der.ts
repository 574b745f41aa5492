// Key and extensions of a certificate (RFC 5280 4.1), read strictly: node:crypto gives no access to key usage, path length or criticality, and
// the X.509 library is too heavy for a unit in daily work.

export interface CertificateExtension {
  /** The object identifier's content octets in hexadecimal, e.g. `551d0f` for key usage. */
  readonly oid: string;
  readonly critical: boolean;
  /** The extension's value (content of the OCTET STRING) in hexadecimal. */
  readonly value: string;
}

interface Element {
  readonly tag: number;
  /** Where its tag is. */
  readonly from: number;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const BOOLEAN = 0x01;
const OCTET_STRING = 0x04;
/** `[0] EXPLICIT Version` of TBSCertificate. */
const VERSION = 0xa0;
/** `[3] EXPLICIT Extensions` of TBSCertificate. */
const EXTENSIONS = 0xa3;

export interface CertificateParts {
  /** SubjectPublicKeyInfo, as it stands in the certificate. */
  readonly spki: Uint8Array;
  /** In their order. */
  readonly extensions: readonly CertificateExtension[];
}

/** Place of SubjectPublicKeyInfo in a TBSCertificate that begins with `[0] Version` (RFC 5280 4.1). */
const SPKI_PLACE = 6;

/** Null when the bytes are no DER certificate with extensions. Linear in the bytes. */
export function certificateParts(der: Uint8Array): CertificateParts | null {
  try {
    const certificate = element(der, 0, der.length, SEQUENCE);
    if (certificate.end !== der.length) return null;
    const body = children(der, element(der, certificate.start, certificate.end, SEQUENCE));
    const [version, key] = [body[0], body[SPKI_PLACE]];
    const wrapper = body.find(({ tag }) => tag === EXTENSIONS);
    if (version?.tag !== VERSION || key?.tag !== SEQUENCE || !wrapper) return null;
    const list = element(der, wrapper.start, wrapper.end, SEQUENCE);
    const extensions = children(der, list).map((extension) => readExtension(der, extension));
    return { spki: der.slice(key.from, key.end), extensions };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the bytes are one element, and constructed ones are made of whole elements all the way down: what lenient readers let pass. */
export function isWholeDer(der: Uint8Array): boolean {
  try {
    const top = element(der, 0, der.length);
    return top.end === der.length && isWhole(der, top, 0);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const CONSTRUCTED = 0x20;
const MOST_DEPTH = 16;

function isWhole(der: Uint8Array, parent: Element, depth: number): boolean {
  if ((parent.tag & CONSTRUCTED) === 0) return true;
  return depth < MOST_DEPTH && children(der, parent).every((child) => isWhole(der, child, depth + 1));
}

function readExtension(der: Uint8Array, extension: Element): CertificateExtension {
  if (extension.tag !== SEQUENCE) throw new RangeError('extension');
  const parts = children(der, extension);
  const [oid, second, third] = parts;
  const critical = parts.length === 3;
  const value = critical ? third : second;
  if (oid?.tag !== OBJECT_IDENTIFIER || value?.tag !== OCTET_STRING || parts.length > 3)
    throw new RangeError('extension');
  // DER leaves out the default, false: what is there is true (X.690 11.5).
  if (critical && (second?.tag !== BOOLEAN || hex(der, second) !== 'ff')) throw new RangeError('criticality');
  return { oid: hex(der, oid), critical, value: hex(der, value) };
}

const hex = (der: Uint8Array, { start, end }: Element) =>
  Buffer.from(der.subarray(start, end)).toString('hex');

function children(der: Uint8Array, parent: Element): Element[] {
  const found: Element[] = [];
  for (let at = parent.start; at < parent.end; ) {
    const child = element(der, at, parent.end);
    found.push(child);
    at = child.end;
  }
  return found;
}

/** Definite lengths in their shortest form only (X.690 10.1), tags of one octet. */
function element(der: Uint8Array, at: number, limit: number, expected?: number): Element {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('tag');
  if (expected !== undefined && tag !== expected) throw new RangeError('tag');
  let length = first;
  let start = at + 2;
  if (first & 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 2 || start + octets > limit) throw new RangeError('length');
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + der[start++]!;
    if (length < (octets === 1 ? 0x80 : 0x100)) throw new RangeError('length');
  }
  const end = start + length;
  if (end > limit) throw new RangeError('length');
  return { tag, from: at, start, end };
}
