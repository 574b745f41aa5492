// Canonical JSON (RFC 8785) and its SHA-256: the one way in which content becomes a hash.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785 text of a JSON value. Throws a plain Error for what JSON cannot hold (NaN, cycles). */
export function canonicalText(value: unknown): string {
  const text = plainText(value) ?? canonicalize(value);
  if (text === undefined) throw new Error('not a JSON value');
  return text;
}

/** Nested deeper than this a value may be a cycle; what is stored is a tenth as deep. */
const PLAIN_DEPTH = 200;

/**
 * The same text for plain values, several times as fast, because nothing is kept of where it has been: thousands of advisories are
 * hashed at an import. Undefined for what is not plain (cycles, NaN, `toJSON`), which the library then judges.
 */
function plainText(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : undefined;
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return 'null';
  if (depth > PLAIN_DEPTH) return undefined;
  if (Array.isArray(value)) {
    let text = '';
    for (const item of value) {
      const part = plainText(item, depth + 1);
      if (part === undefined) return undefined;
      text += text === '' ? part : `,${part}`;
    }
    return `[${text}]`;
  }
  if ('toJSON' in value) return undefined;
  let text = '';
  // Sorted by UTF-16 code units, as `sort` does (RFC 8785 3.2.3).
  for (const key of Object.keys(value).sort()) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    const part = plainText(item, depth + 1);
    if (part === undefined) return undefined;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${part}`;
  }
  return `{${text}}`;
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
