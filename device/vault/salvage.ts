// What can still be verified of a store whose file was damaged: whole frames are looked for behind what is broken, each proven by the chain of MACs or by its own
// seal, and every number that is missing is named. Pure but for the reading.
import type { DiskFile } from '../disk/disk.ts';
import { decodeFrame, type Frame, frameLength, MAC_BYTES, MOST_FRAME_BYTES } from './frame.ts';

/** Whose a frame was, as the audit log tells it: a frame that cannot be read does not say it itself. */
export interface RecordName {
  readonly patient: string;
  readonly record: string;
  /** Null: of some version. */
  readonly version: number | null;
}

export type DamageCode =
  | 'vault.changed'
  | 'vault.moved'
  | 'vault.deleted'
  | 'vault.oversized'
  | 'vault.rolled-back';

/** A stored version that cannot be verified, by its number, and by its name where the audit log knows it. */
export interface Damage {
  readonly seq: number;
  readonly name: RecordName | null;
  readonly code: DamageCode;
}

/** A frame at its place, and how many bytes before it belong to no frame. */
export interface Found {
  readonly frame: Frame;
  readonly position: number;
  readonly skipped: number;
  /** The 32 bytes before it: the MAC of the frame before, when that one ended there. */
  readonly before: Uint8Array;
}

const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Whole frames in the order of the file; `proven` says whether a candidate is one of this store, so that bytes inside of a broken one do not pass for one.
 * `but-its-mac`: everything but the MAC at its end, which may be the beginning of the next one where it was cut off.
 */
export async function* findFrames(
  file: DiskFile,
  proven: (found: Found) => Promise<'whole' | 'but-its-mac' | null>,
): AsyncGenerator<Found> {
  let start = 0;
  let buffer: Uint8Array = new Uint8Array();
  const at = async (position: number, length: number): Promise<Uint8Array> => {
    if (position < start || position + length > start + buffer.length) {
      start = position;
      buffer = await file.read(position, Math.max(length, CHUNK_BYTES));
    }
    return buffer.subarray(position - start, position - start + length);
  };
  let end = 0;
  /** Bytes behind the last frame that may be its MAC. */
  let slack = 0;
  let position = 0;
  while (position + 4 <= file.size) {
    const length = frameLength(await at(position, 4));
    const candidate =
      typeof length === 'number' && length <= MOST_FRAME_BYTES && position + length - MAC_BYTES <= file.size
        ? decodeFrame(padded(await at(position, Math.min(length, file.size - position)), length))
        : null;
    if (candidate) {
      // A copy: the buffer moves on while it is looked at.
      const frame = decodeFrame(Buffer.from(candidate.bytes)) as Frame;
      const before =
        position >= MAC_BYTES
          ? Buffer.from(await file.read(position - MAC_BYTES, MAC_BYTES))
          : new Uint8Array();
      const found = { frame, position, skipped: Math.max(0, position - end - slack), before };
      const how = await proven(found);
      if (how !== null) {
        yield found;
        slack = how === 'whole' ? 0 : MAC_BYTES;
        position += frame.bytes.length - slack;
        end = position;
        continue;
      }
    }
    position += 1;
  }
}

/** A frame whose MAC was cut off at the end of the file is whole but for that. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.length >= length ? bytes : Buffer.concat([bytes, new Uint8Array(length - bytes.length)]);
}
