// Bytes to text: UTF-8 (with or without byte order mark) and UTF-16. A broken sequence is refused with its offset.

import { refuseSbom } from './errors.ts';

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The whole file as text without byte order mark; refuses `sbom.broken-encoding`. */
export function decodeText(bytes: Uint8Array, fileName: string): string {
  const encoding = detectEncoding(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = encoding === 'utf-8' ? firstBrokenUtf8(bytes) : firstBrokenUtf16(bytes, encoding);
    throw refuseSbom(
      'sbom.broken-encoding',
      `${fileName} is not valid ${encoding.toUpperCase()}: the byte sequence at offset ${offset} stands for no character.`,
      { at: `${fileName}@${offset}`, cause },
    );
  }
}

/** By byte order mark, else by the zero byte beside the first character (RFC 4627 section 3). */
export function detectEncoding(bytes: Uint8Array): TextEncodingName {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be';
  return 'utf-8';
}

/** Offset of the first byte that is no part of well-formed UTF-8 (Unicode table 3-7); the length when all is well. */
export function firstBrokenUtf8(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length) {
    const lead = bytes[offset]!;
    if (lead < 0x80) {
      offset += 1;
      continue;
    }
    const rest = continuationOf(lead);
    if (rest === null) return offset;
    for (let index = 1; index <= rest.count; index += 1) {
      const byte = bytes[offset + index] ?? 0;
      const low = index === 1 ? rest.low : 0x80;
      const high = index === 1 ? rest.high : 0xbf;
      if (byte < low || byte > high) return offset;
    }
    offset += rest.count + 1;
  }
  return bytes.length;
}

function continuationOf(lead: number): { count: number; low: number; high: number } | null {
  if (lead >= 0xc2 && lead <= 0xdf) return { count: 1, low: 0x80, high: 0xbf };
  if (lead === 0xe0) return { count: 2, low: 0xa0, high: 0xbf };
  if (lead === 0xed) return { count: 2, low: 0x80, high: 0x9f };
  if (lead >= 0xe1 && lead <= 0xef) return { count: 2, low: 0x80, high: 0xbf };
  if (lead === 0xf0) return { count: 3, low: 0x90, high: 0xbf };
  if (lead === 0xf4) return { count: 3, low: 0x80, high: 0x8f };
  if (lead >= 0xf1 && lead <= 0xf3) return { count: 3, low: 0x80, high: 0xbf };
  return null;
}

function firstBrokenUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unitAt = (offset: number) => view.getUint16(offset, encoding === 'utf-16le');
  let offset = 0;
  while (offset + 1 < bytes.length) {
    const unit = unitAt(offset);
    if (unit < 0xd800 || unit > 0xdfff) {
      offset += 2;
      continue;
    }
    const next = offset + 3 < bytes.length ? unitAt(offset + 2) : 0;
    if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) return offset;
    offset += 4;
  }
  return offset;
}
