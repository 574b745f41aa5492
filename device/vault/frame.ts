// One stored version of a record as bytes. Length (4), length of the head (2), head as JSON, sealed content, MAC (32). The MAC covers all
// before it and the MAC of the frame before, so that frames hang together; the content is bound to unit and head as associated data, so that
// it opens at its own place only.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { NONCE_BYTES, TAG_BYTES } from './seal.ts';

export const MOST_CONTENT_BYTES = 64 * 1024;
export const MAC_BYTES = 32;
const MOST_HEAD_BYTES = 1024;
export const MOST_FRAME_BYTES =
  6 + MOST_HEAD_BYTES + NONCE_BYTES + MOST_CONTENT_BYTES + TAG_BYTES + MAC_BYTES;
const LEAST_FRAME_BYTES = 6 + 2 + NONCE_BYTES + TAG_BYTES + MAC_BYTES;

/** What a record is for: decides who may see it without its being decrypted. */
export const RecordClass = z.enum(['patient', 'treatment', 'break-glass']);
export type RecordClass = z.infer<typeof RecordClass>;

export const FrameHead = z.strictObject({
  seq: z.number().int().min(1),
  patient: z.string().min(1).max(64),
  record: z.string().min(1).max(64),
  version: z.number().int().min(1),
  class: RecordClass,
  /** Wall time of the unit. */
  at: z.number(),
});
export type FrameHead = z.infer<typeof FrameHead>;

export interface Frame {
  readonly head: FrameHead;
  readonly headBytes: Uint8Array;
  readonly sealed: Uint8Array;
  readonly mac: Uint8Array;
  readonly bytes: Uint8Array;
}

export const encodeHead = (head: FrameHead): Uint8Array => Buffer.from(JSON.stringify(head));

/** Binds content to its place: another unit, patient, record, version or sequence does not open it. */
export const associatedData = (unit: string, headBytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`ward-vault/1 ${unit}\n`), headBytes]);

export const firstMac = (macKey: Uint8Array, unit: string): Uint8Array =>
  createHmac('sha256', macKey).update(`ward-vault/1 ${unit}`).digest();

export const macOf = (macKey: Uint8Array, before: Uint8Array, body: Uint8Array): Buffer =>
  createHmac('sha256', macKey).update(before).update(body).digest();

export function encodeFrame(
  macKey: Uint8Array,
  before: Uint8Array,
  headBytes: Uint8Array,
  sealed: Uint8Array,
): { bytes: Uint8Array; mac: Uint8Array } {
  const start = Buffer.alloc(6);
  start.writeUInt32BE(6 + headBytes.length + sealed.length + MAC_BYTES);
  start.writeUInt16BE(headBytes.length, 4);
  const body = Buffer.concat([start, headBytes, sealed]);
  const mac = macOf(macKey, before, body);
  return { bytes: Buffer.concat([body, mac]), mac };
}

/** Length of the frame that begins here, as it says itself; null when there are too few bytes or it cannot be one. */
export function frameLength(bytes: Uint8Array): number | null | 'oversized' {
  if (bytes.length < 4) return null;
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32BE();
  return length > MOST_FRAME_BYTES ? 'oversized' : length;
}

/** Takes a frame apart; null when it is none. Its MAC is not checked here. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  if (bytes.length < LEAST_FRAME_BYTES || frameLength(bytes) !== bytes.length) return null;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const headEnd = 6 + whole.readUInt16BE(4);
  const sealedEnd = bytes.length - MAC_BYTES;
  if (headEnd - 6 > MOST_HEAD_BYTES || headEnd + NONCE_BYTES + TAG_BYTES > sealedEnd) return null;
  let value: unknown;
  try {
    value = JSON.parse(whole.toString('utf8', 6, headEnd));
  } catch {
    return null;
  }
  const head = FrameHead.safeParse(value);
  if (!head.success) return null;
  return {
    head: head.data,
    headBytes: whole.subarray(6, headEnd),
    sealed: whole.subarray(headEnd, sealedEnd),
    mac: whole.subarray(sealedEnd),
    bytes: whole,
  };
}

export const hasMac = ({ bytes, mac }: Frame, macKey: Uint8Array, before: Uint8Array): boolean =>
  timingSafeEqual(macOf(macKey, before, bytes.subarray(0, bytes.length - MAC_BYTES)), mac);
