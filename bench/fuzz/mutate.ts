// Damages a sound input in the ways that break parsers, the same for the same numbers.

/** Bytes and words that mean something to one of the notations. */
const TELLING = [
  ...'{}[]"\'<>&;:,-#|*!?%@=/\\ \n\r\t\0',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '"__proto__":',
  '"constructor":',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '<![CDATA[',
  ']]>',
  '&a *a ',
  '<<: *a',
  '--- ',
  '\\u0000',
  '\\ud800',
  '\u202e',
  '\ufeff',
  '../../',
  'pkg:npm/%2e%2e/@',
  'cpe:2.3:a:*:*:*:*:*:*:*:*:*:*',
].map((text) => Buffer.from(text));
const NUMBERS = ['-1', '1e308', '-1e-308', '9007199254740993', '9'.repeat(400), '0x10', 'NaN', '1e999999999'];
/** Overlong, cut-off, lone and forbidden sequences (RFC 3629 3 and 10). */
const NO_UTF8 = [
  [0xff],
  [0xfe, 0xff],
  [0xc0, 0xaf],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
].map((bytes) => Buffer.from(bytes));
const OPENERS = ['[', '{"a":', '<a>', '- ', '(', '[{"a":['].map((text) => Buffer.from(text));
const MOST_BYTES = 512 * 1024;
const MOST_CHANGES = 5;

type Change = (bytes: Buffer, random: Random, seeds: readonly Uint8Array[]) => Buffer;
type Random = () => number;

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;

function put(bytes: Buffer, at: number, middle: Uint8Array, skip = 0): Buffer {
  return Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + skip)]);
}

/** A stretch of up to `most` bytes: where it begins and where it ends. */
function stretch(bytes: Buffer, random: Random, most: number): readonly [number, number] {
  const from = below(random, bytes.length + 1);
  return [from, Math.min(bytes.length, from + below(random, most))];
}

/** Where a number stands in the text, or undefined. */
function numberIn(bytes: Buffer, random: Random): readonly [number, number] | undefined {
  const from = below(random, bytes.length + 1);
  const found = /\d+(\.\d+)?/.exec(bytes.toString('latin1', from, from + 4_096));
  return found ? [from + found.index, found[0].length] : undefined;
}

const CHANGES: Readonly<Record<string, Change>> = {
  bit(bytes, random) {
    const at = below(random, bytes.length);
    if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << below(random, 8));
    return bytes;
  },
  byte(bytes, random) {
    if (bytes.length > 0) bytes[below(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  telling: (bytes, random) =>
    put(bytes, below(random, bytes.length + 1), oneOf(random, TELLING), below(random, 3)),
  'no UTF-8': (bytes, random) => put(bytes, below(random, bytes.length + 1), oneOf(random, NO_UTF8)),
  number(bytes, random) {
    const place = numberIn(bytes, random);
    return place ? put(bytes, place[0], Buffer.from(oneOf(random, NUMBERS)), place[1]) : bytes;
  },
  cut(bytes, random) {
    const [from, to] = stretch(bytes, random, 200);
    return put(bytes, from, Buffer.alloc(0), to - from);
  },
  end: (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  move(bytes, random) {
    const [from, to] = stretch(bytes, random, 300);
    return put(bytes, below(random, bytes.length + 1), Buffer.from(bytes.subarray(from, to)));
  },
  splice(bytes, random, seeds) {
    const other = oneOf(random, seeds);
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(below(random, other.length + 1))]);
  },
  repeat(bytes, random) {
    const [from, to] = stretch(bytes, random, 400);
    const part = Buffer.from(bytes.subarray(from, to));
    const times = 1 + below(random, random() < 0.05 ? 2_000 : 20);
    return put(bytes, to, Buffer.concat(Array<Buffer>(times).fill(part)));
  },
  nest(bytes, random) {
    const times = random() < 0.1 ? 50_000 : 1 + below(random, 200);
    const opener = oneOf(random, OPENERS);
    return put(bytes, below(random, bytes.length + 1), Buffer.concat(Array<Buffer>(times).fill(opener)));
  },
};
const NAMES = Object.keys(CHANGES);

/** One of the seeds with one to five changes; never longer than 512 KiB. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(oneOf(random, seeds));
  const changes = 1 + below(random, MOST_CHANGES);
  for (let n = 0; n < changes; n += 1) {
    const change = CHANGES[oneOf(random, NAMES)] as Change;
    bytes = Buffer.from(change(bytes, random, seeds).subarray(0, MOST_BYTES));
  }
  return bytes;
}
