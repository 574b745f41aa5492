// Canonical JSON (RFC 8785) and its SHA-256: the one way in which content becomes a hash.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785 text of a JSON value. Throws a plain Error for what JSON cannot hold (NaN, cycles). */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('not a JSON value');
  return text;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of the canonical text, in hex. */
export function contentHash(value: unknown): string {
  return sha256Hex(canonicalText(value));
}

/**
 * Path of the first string that PostgreSQL's jsonb or RFC 8785 cannot hold (NUL, lone surrogate), else null.
 * Such text is refused at the edge: what is hashed must be what is stored and what is read again.
 */
export function findUnstorable(value: unknown, path = '$'): string | null {
  if (typeof value === 'string') return value.includes('\u0000') || !value.isWellFormed() ? path : null;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findUnstorable(item, `${path}[${index}]`);
      if (found) return found;
    }
    return null;
  }
  if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (findUnstorable(key)) return `${path}.${JSON.stringify(key)}`;
      const found = findUnstorable(item, `${path}.${key}`);
      if (found) return found;
    }
  }
  return null;
}
