// A packed SBOM (gzip) is unpacked within bounds: neither its size nor its ratio may be that of a bomb.

import { gunzipSync } from 'node:zlib';
import { refuseSbom } from './errors.ts';
import type { Reading } from './reading.ts';

/** Real SBOMs shrink to a fortieth at most; gzip itself can reach a thousandth. */
const MAX_RATIO = 200;
/** Below this size a ratio says nothing. */
const SMALL = 1024 * 1024;

/** The bytes themselves, or what gzip packed. Refuses `sbom.too-large`, `sbom.broken-archive` and, for zip, `sbom.unknown-format`. */
export function unpack(bytes: Uint8Array, { fileName, options }: Reading): Uint8Array {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) {
    throw refuseSbom('sbom.unknown-format', `${fileName} is a packed file (zip).`, {
      at: fileName,
      remedy: 'Unpack the file and import the SBOM inside it.',
    });
  }
  if (!isGzip(bytes)) return bytes;
  const limit = Math.min(options.maxBytes, Math.max(SMALL, bytes.length * MAX_RATIO));
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw refuseSbom('sbom.too-large', `${fileName} unpacks to more than ${limit} bytes.`, {
        at: fileName,
        cause,
      });
    }
    throw refuseSbom('sbom.broken-archive', `${fileName} begins as a gzip file and cannot be unpacked.`, {
      at: fileName,
      cause,
    });
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
