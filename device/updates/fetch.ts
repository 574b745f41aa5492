// Getting bytes from somewhere, with bounds that hold whatever the other side does: endless data and slow retrieval (TUF 1.5.2) end in a
// refusal, whether the source is a server, a folder or a test.
import type { Clock } from '../clock.ts';
import { isRefusal } from '../refusal.ts';
import { refuseUpdate } from './refusals.ts';

export interface FetchLimits {
  /** One byte more is `update.endless-data`. */
  readonly maxBytes: number;
  /** Milliseconds for the whole; more is `update.slow-retrieval`. */
  readonly deadline: number;
}

/**
 * The bytes at an address. Refuses `update.missing` when there is nothing (404, 403) and `update.unreachable` when nobody answers. It may
 * give more than `maxBytes` or take longer than `deadline`: the caller puts `bounded` around it. A piece that was given is not changed
 * afterwards.
 */
export type Fetch = (url: string, limits: FetchLimits) => AsyncIterable<Uint8Array>;

export interface Pace {
  /** Fewer than this over a window is a server that holds the unit up. */
  readonly minimumBytesPerSecond: number;
  readonly windowMs: number;
}

/** 2 kB/s over 10 s: slower than any line a hospital has, fast enough that 100 MB do not take days. Our own choice. */
export const DEFAULT_PACE: Pace = { minimumBytesPerSecond: 2048, windowMs: 10_000 };

/** Passes a source on while it stays within its limits; closes it and refuses when it does not. */
export async function* bounded(
  source: AsyncIterable<Uint8Array>,
  limits: FetchLimits,
  clock: Clock,
  pace: Pace = DEFAULT_PACE,
): AsyncGenerator<Uint8Array> {
  const started = clock.monotonic();
  const pieces = source[Symbol.asyncIterator]();
  let got = 0;
  let windowStarted = started;
  let gotInWindow = 0;
  let ended = false;
  try {
    let next = pieces.next();
    while (true) {
      const until = Math.min(started + limits.deadline, windowStarted + pace.windowMs);
      const piece = await within(next, until - clock.monotonic());
      if (piece !== 'late') {
        if (piece.done) {
          ended = true;
          return;
        }
        got += piece.value.length;
        gotInWindow += piece.value.length;
        if (got > limits.maxBytes) throw refuseUpdate('update.endless-data', { most: limits.maxBytes });
      }
      const now = piece === 'late' ? until : clock.monotonic();
      if (now - started >= limits.deadline)
        throw refuseUpdate('update.slow-retrieval', { got, deadlineMs: limits.deadline });
      if (now - windowStarted >= pace.windowMs) {
        if (gotInWindow < (pace.minimumBytesPerSecond * pace.windowMs) / 1000)
          throw refuseUpdate('update.slow-retrieval', { got, inWindow: gotInWindow });
        windowStarted = now;
        gotInWindow = 0;
      }
      if (piece === 'late') continue;
      yield piece.value;
      next = pieces.next();
    }
  } catch (error) {
    throw asTransportRefusal(error);
  } finally {
    // Not awaited: a source that hangs would hang its own closing.
    if (!ended) void Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

/** `late` when nothing came in time; the promise may be waited for again. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | 'late'> {
  // A source that is given up may fail later, when nobody waits for it any more.
  promise.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, Math.min(milliseconds, 2 ** 31 - 1)), 'late');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asTransportRefusal(error: unknown): unknown {
  if (isRefusal(error)) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  // An error with the code of a socket or of TLS comes from the other side; anything else is a fault of the program or of the disk.
  if (typeof code === 'string' && !['ENOSPC', 'EIO', 'EFBIG'].includes(code))
    return refuseUpdate('update.unreachable', { code }, error);
  return error;
}

/** The whole of a bounded source: for metadata, whose size is bounded by the caller. */
export async function fetchWhole(
  fetch: Fetch,
  url: string,
  limits: FetchLimits,
  clock: Clock,
  pace: Pace = DEFAULT_PACE,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bounded(fetch(url, limits), limits, clock, pace)) pieces.push(piece);
  return Buffer.concat(pieces);
}
