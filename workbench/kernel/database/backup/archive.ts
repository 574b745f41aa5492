// The container of a backup: a plain tar (POSIX ustar), so that any `tar` can list it, written and read as a stream.
import { refuse } from '../errors.ts';

const block = 512;
/** One entry holds at most this much of a table, so that no table is ever in memory. */
export const chunkBytes = 4 * 1024 * 1024;
// An entry is a table's chunk, the manifest or one blob; PostgreSQL sends rows of up to 1 GB.
const largestEntry = 64 * 1024 ** 3;

export function entryHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  const [prefix, rest] = splitName(name);
  header.write(rest, 0, 100, 'utf8');
  header.write('0000600\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  else {
    header[124] = 0x80; // base-256, as GNU tar and pax readers know it, for 8 GiB and more
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345, 155, 'utf8');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

export function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** Two empty blocks end a tar. */
export const archiveEnd = Buffer.alloc(2 * block);

function splitName(name: string): [string, string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && rest !== '' && Buffer.byteLength(rest) <= 100)
      return [prefix, rest];
  }
  throw refuse('backup.cannot-write', `The file name ${name} is too long for a backup.`, { at: name });
}

export interface ArchiveEntry {
  readonly name: string;
  readonly size: number;
  /** To be read before the next entry; what is left over is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/** The entries of a tar, one after the other. Refuses with `backup.altered` where it stops or does not add up. */
export async function* readArchive(input: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const source = new ByteSource(input);
  for (;;) {
    const header = await source.exactly(block);
    if (header.every((byte) => byte === 0)) return;
    const { name, size } = readHeader(header);
    let left = size;
    const content = (async function* () {
      while (left > 0) {
        const part = await source.atMost(left);
        left -= part.length;
        yield part;
      }
    })();
    yield { name, size, content };
    while (left > 0) left -= (await source.atMost(left)).length;
    await source.exactly(padding(size).length);
  }
}

function readHeader(header: Buffer): { name: string; size: number } {
  const text = (from: number, to: number) => header.toString('utf8', from, to).split('\0', 1)[0]!;
  const stated = Number.parseInt(text(148, 156), 8);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const size =
    header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(124, 136), 8);
  if (stated !== sum || !Number.isSafeInteger(size) || size < 0 || size > largestEntry) {
    throw refuse('backup.altered', 'An entry of the backup does not add up.');
  }
  const prefix = text(345, 500);
  return { name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, size };
}

class ByteSource {
  private readonly input: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(input: AsyncIterable<Buffer>) {
    this.input = input[Symbol.asyncIterator]();
  }

  async atMost(limit: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const next = await this.input.next();
      if (next.done) throw refuse('backup.altered', 'The backup stops in the middle.');
      this.rest = next.value;
    }
    const part = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(part.length);
    return part;
  }

  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.atMost(left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}
