// From stored bytes to content: plain, gzip and zip, decided by the first bytes, with a bound on what comes out.

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import yauzl from 'yauzl';
import { isWardError } from '../../kernel/errors.ts';
import { refuseAdvisory } from './errors.ts';
import type { FoundFile } from './files.ts';
import type { ImportLimits } from './limits.ts';

/** One file, or one file inside a zip archive. */
export interface Content {
  /** `folder/feed.zip!GHSA-1.json` for an entry of an archive. */
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Counts what one import unpacks; shared by all its files. Refuses `advisory.unpacks-too-large`. */
export class Meter {
  bytesRead = 0;
  #unpacked = 0;

  constructor(readonly limits: ImportLimits) {}

  /** `packed` and `unpacked`: bytes of one file so far. */
  add(name: string, chunkBytes: number, packed: number, unpacked: number): void {
    this.#unpacked += chunkBytes;
    const { maxUnpackedBytes, maxRatio, ratioFreeBytes } = this.limits;
    if (this.#unpacked > maxUnpackedBytes) {
      throw refuseAdvisory(
        'advisory.unpacks-too-large',
        `The import unpacks to more than ${maxUnpackedBytes} bytes.`,
        { at: name },
      );
    }
    if (unpacked > ratioFreeBytes && unpacked > packed * maxRatio) {
      const message = `${name} unpacks to more than ${maxRatio} times its size.`;
      throw refuseAdvisory('advisory.unpacks-too-large', message, { at: name });
    }
  }
}

/** The contents of one file in its own order; a zip archive has many. Each content must be read before the next is asked for. */
export async function* openContents(file: FoundFile, meter: Meter): AsyncGenerator<Content> {
  if (await startsLikeZip(file.path)) yield* openZip(file, meter);
  else
    yield {
      name: file.path,
      chunks: unpackGzip(file.path, countRead(createReadStream(file.path), meter), meter),
    };
}

async function startsLikeZip(path: string): Promise<boolean> {
  const handle = await open(path).catch((cause: unknown) => {
    throw refuseAdvisory('advisory.no-such-file', `${path} cannot be read.`, { at: path, cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    // Local file header, or the end record of an archive without entries (APPNOTE 4.3.7, 4.3.16).
    return bytesRead === 4 && (buffer.readUInt32LE() === 0x04034b50 || buffer.readUInt32LE() === 0x06054b50);
  } finally {
    await handle.close();
  }
}

async function* openZip(file: FoundFile, meter: Meter): AsyncGenerator<Content> {
  const zip = await yauzl
    .openPromise(file.path, { lazyEntries: true, autoClose: false })
    .catch((cause: unknown) => {
      throw broken(file.path, cause);
    });
  try {
    if (zip.entryCount > meter.limits.maxFiles) {
      throw refuseAdvisory(
        'advisory.too-many-files',
        `${file.path} holds more than ${meter.limits.maxFiles} files.`,
        { at: file.path },
      );
    }
    let unpackedBefore = 0;
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const name = `${file.path}!${entry.fileName}`;
      const stream = await zip.openReadStreamPromise(entry);
      // Against the whole archive, because entries of a bomb may share their packed bytes (Fifield 2019).
      const chunks = metered(name, stream, meter, () => ({ packed: file.bytes, unpackedBefore }));
      meter.bytesRead += entry.compressedSize;
      yield { name, chunks: unpackGzip(name, chunks, meter) };
      unpackedBefore += entry.uncompressedSize;
      stream.destroy();
    }
  } catch (cause) {
    throw isWardError(cause) ? cause : broken(file.path, cause);
  } finally {
    zip.close();
  }
}

async function* countRead(stream: AsyncIterable<Buffer>, meter: Meter): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    meter.bytesRead += chunk.length;
    yield chunk;
  }
}

/** Passes plain content on and unpacks gzip; the file's ending plays no part. */
async function* unpackGzip(
  name: string,
  packed: AsyncIterable<Buffer>,
  meter: Meter,
): AsyncGenerator<Buffer> {
  let packedBytes = 0;
  const source = (async function* () {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  })();
  const first = await source.next();
  if (first.done) return;
  const rest = (async function* () {
    yield first.value;
    yield* source;
  })();
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* metered(name, rest, meter, () => ({ packed: packedBytes, unpackedBefore: 0 }));
    return;
  }
  const input = Readable.from(rest);
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  input.on('error', (error) => gunzip.destroy(error));
  try {
    yield* metered(name, input.pipe(gunzip), meter, () => ({ packed: packedBytes, unpackedBefore: 0 }));
  } catch (cause) {
    throw isWardError(cause) ? cause : broken(name, cause);
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

async function* metered(
  name: string,
  chunks: AsyncIterable<Buffer>,
  meter: Meter,
  sizes: () => { packed: number; unpackedBefore: number },
): AsyncGenerator<Buffer> {
  let unpacked = 0;
  for await (const chunk of chunks) {
    unpacked += chunk.length;
    const { packed, unpackedBefore } = sizes();
    meter.add(name, chunk.length, packed, unpackedBefore + unpacked);
    yield chunk;
  }
}

function broken(name: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return refuseAdvisory('advisory.broken-archive', `${name} cannot be unpacked: ${reason}.`, {
    at: name,
    cause,
  });
}
