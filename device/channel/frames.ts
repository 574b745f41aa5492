// What goes over a channel: frames of a length (4 bytes, big-endian) and that many bytes of JSON `{kind, id, body}`.
// Pure; whatever bytes arrive end in frames or in a refusal, with at most one frame kept.
import { z } from 'zod';
import { isDeeperThan } from '../signed/json.ts';
import { refuseChannel } from './refusals.ts';

export const Frame = z.strictObject({
  kind: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  /** Of the request; its answer has the same. */
  id: z.number().int().min(0).max(0xffff_ffff),
  body: z.unknown(),
});
export type Frame = z.infer<typeof Frame>;

const HEAD = 4;
const MOST_DEPTH = 32;

/** Refuses `channel.oversized-frame`. Throws a TypeError for what is no JSON (a fault of the program). */
export function encodeFrame(frame: Frame, mostBytes: number): Buffer {
  const json = Buffer.from(JSON.stringify({ kind: frame.kind, id: frame.id, body: frame.body ?? null }));
  if (json.length > mostBytes) throw refuseChannel('channel.oversized-frame', { bytes: json.length });
  const bytes = Buffer.allocUnsafe(HEAD + json.length);
  bytes.writeUInt32BE(json.length);
  json.copy(bytes, HEAD);
  return bytes;
}

export class FrameReader {
  readonly #mostBytes: number;
  #head = Buffer.alloc(HEAD);
  #headFilled = 0;
  #content: Buffer | null = null;
  #filled = 0;
  #consumed = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** True in the middle of a frame. */
  get partial(): boolean {
    return this.#headFilled > 0;
  }

  /** Bytes of the last chunk that are in the frames which it gave so far. */
  get consumed(): number {
    return this.#consumed;
  }

  /**
   * The frames that `chunk` completes. Refuses `channel.oversized-frame`, `channel.malformed-frame`; the reader is of no use after it.
   * Room is made for a frame's announced length, which is checked first.
   */
  *read(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#content) {
        this.#head[this.#headFilled++] = chunk[at++]!;
        if (this.#headFilled < HEAD) continue;
        const length = this.#head.readUInt32BE();
        if (length > this.#mostBytes) throw refuseChannel('channel.oversized-frame', { bytes: length });
        if (length === 0) throw refuseChannel('channel.malformed-frame', { bytes: 0 });
        this.#content = Buffer.allocUnsafe(length);
        this.#filled = 0;
        continue;
      }
      const part = chunk.subarray(at, at + this.#content.length - this.#filled);
      this.#content.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#content.length) continue;
      const whole = this.#content;
      this.#content = null;
      this.#headFilled = 0;
      this.#consumed = at;
      yield parseFrame(whole);
    }
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function parseFrame(bytes: Uint8Array): Frame {
  if (isDeeperThan(MOST_DEPTH, bytes)) throw refuseChannel('channel.malformed-frame', { depth: MOST_DEPTH });
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw refuseChannel('channel.malformed-frame', { bytes: bytes.length }, cause);
  }
  const frame = Frame.safeParse(value);
  if (!frame.success) throw refuseChannel('channel.malformed-frame', { bytes: bytes.length }, frame.error);
  return frame.data;
}
