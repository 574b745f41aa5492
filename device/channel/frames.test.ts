import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../refusal.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import { TokenBucket } from './limits.ts';

const MOST = 64 * 1024;
const framed = (json: string | Uint8Array) => {
  const content = Buffer.from(json as string);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(content.length);
  return Buffer.concat([head, content]);
};
function outcome(bytes: Uint8Array, reader = new FrameReader(MOST)): Frame[] | string {
  try {
    return [...reader.read(bytes)];
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}
const frame = fc.record({
  kind: fc.constantFrom('status', 'check-in', 'answer'),
  id: fc.integer({ min: 0, max: 0xffff_ffff }),
  body: fc.jsonValue({ maxDepth: 5 }),
});
/** As JSON gives it back: no negative zero. */
const told = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map((each) => encodeFrame(each, MOST)));
          const reader = new FrameReader(MOST);
          const read: Frame[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value as number;
            read.push(...reader.read(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(read).toEqual(told(frames));
          expect(reader.partial).toBe(false);
        },
      ),
    );
  });

  it('say how much of a piece they took, so that what comes behind is not lost', () => {
    const [first, second] = [
      encodeFrame({ kind: 'a', id: 1, body: 1 }, MOST),
      encodeFrame({ kind: 'b', id: 2, body: 2 }, MOST),
    ];
    const reader = new FrameReader(MOST);
    expect(reader.read(Buffer.concat([first, second])).next().value).toMatchObject({ kind: 'a' });
    expect(reader.consumed).toBe(first.length);
  });

  it.each<[string, Uint8Array]>([
    ['channel.malformed-frame', framed('')],
    ['channel.malformed-frame', framed('{')],
    ['channel.malformed-frame', framed('null')],
    ['channel.malformed-frame', framed('{"kind":"status","id":1}x')],
    ['channel.malformed-frame', framed('{"kind":"STATUS","id":1,"body":1}')],
    ['channel.malformed-frame', framed('{"kind":"status","id":-1,"body":1}')],
    ['channel.malformed-frame', framed('{"kind":"status","id":1.5,"body":1}')],
    ['channel.malformed-frame', framed('{"kind":"status","id":1,"body":1,"more":1}')],
    ['channel.malformed-frame', framed(Uint8Array.of(0x22, 0xff, 0x22))],
    ['channel.malformed-frame', framed(`{"kind":"status","id":1,"body":${'['.repeat(40)}${']'.repeat(40)}}`)],
    ['channel.malformed-frame', framed('['.repeat(60_000))],
    ['channel.oversized-frame', Uint8Array.of(0, 1, 0, 1)],
    ['channel.oversized-frame', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ])('are refused with %s', (code, bytes) => {
    expect(outcome(bytes)).toBe(code);
  });

  it('are refused one byte over the limit and taken at it', () => {
    const fitting = encodeFrame({ kind: 'status', id: 1, body: 'x'.repeat(60) }, 200);
    expect(outcome(fitting, new FrameReader(fitting.length - 4))).toHaveLength(1);
    expect(outcome(fitting, new FrameReader(fitting.length - 5))).toBe('channel.oversized-frame');
    expect(() => encodeFrame({ kind: 'status', id: 1, body: 'x'.repeat(200) }, 200)).toThrow(
      'channel.oversized-frame',
    );
  });

  it('end in frames or a refusal for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, whole) => {
        expect(outcome(whole ? framed(bytes) : bytes)).toSatisfy(
          (result) =>
            Array.isArray(result) || /^channel\.(malformed|oversized)-frame$/.test(result as string),
        );
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(outcome(framed(json))).toSatisfy(
          (result) => Array.isArray(result) || result === 'channel.malformed-frame',
        );
      }),
    );
  });

  it('keep no more than one frame, whatever is announced', () => {
    const reader = new FrameReader(MOST);
    expect(outcome(Uint8Array.of(0, 0, 0xff, 0xff), reader)).toEqual([]);
    expect(reader.partial).toBe(true);
  });
});

describe('a token bucket', () => {
  it('never gives more than its burst and its rate, by the monotonic clock', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (waits) => {
        let now = 0;
        let given = 0;
        const bucket = new TokenBucket(10, 20, () => now);
        for (const wait of waits) {
          now += wait;
          if (bucket.take()) given++;
        }
        expect(given).toBeLessThanOrEqual(10 + (now / 1000) * 20 + 1e-6);
      }),
    );
  });
});
