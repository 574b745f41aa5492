// How much one end lets the other cost it. Memory at most: connections × (one frame + unsent bytes), about 1.2 MiB a peer with these.

export interface ChannelLimits {
  /** Half-open connections; the oldest gives way to a new one, so that holding them all shuts nobody out for long. */
  readonly mostHandshakes: number;
  readonly mostConnections: number;
  readonly mostConnectionsPerPeer: number;
  readonly handshakeMs: number;
  /** JSON of a frame that the other end sends. */
  readonly mostFrameBytes: number;
  /** JSON of a frame that this end sends; no use when the other end takes less. */
  readonly mostSentBytes: number;
  /** From a frame's first byte to its last. */
  readonly frameMs: number;
  /** Without a whole frame from the other end. */
  readonly idleMs: number;
  /** Frames: how many at once, and how many a second after it; over all connections of a peer. */
  readonly burst: number;
  readonly framesPerSecond: number;
  /** Requests of the other end that are being answered; more wait unread. */
  readonly mostInFlight: number;
  /** Bytes that the other end does not take off. */
  readonly mostUnsentBytes: number;
  /** For an answer to a request of this end. */
  readonly answerMs: number;
}

export const CHANNEL_LIMITS: ChannelLimits = {
  mostHandshakes: 16,
  mostConnections: 64,
  mostConnectionsPerPeer: 4,
  handshakeMs: 5_000,
  mostFrameBytes: 64 * 1024,
  mostSentBytes: 64 * 1024,
  frameMs: 10_000,
  idleMs: 120_000,
  burst: 200,
  framesPerSecond: 100,
  mostInFlight: 16,
  mostUnsentBytes: 1024 * 1024,
  answerMs: 10_000,
};

/** Tokens by the monotonic clock (RFC 2697 in one colour): setting the wall clock buys nothing. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #monotonic: () => number;
  #tokens: number;
  #at: number;

  constructor(burst: number, perSecond: number, monotonic: () => number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#monotonic = monotonic;
    this.#tokens = burst;
    this.#at = monotonic();
  }

  take(): boolean {
    const now = this.#monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Nothing was taken lately. */
  get full(): boolean {
    return this.#tokens + ((this.#monotonic() - this.#at) / 1000) * this.#perSecond >= this.#burst;
  }
}
