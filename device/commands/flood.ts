// How many commands a peer may send: a bucket that fills evenly. What is above is refused unread.

export class Bucket {
  readonly #size: number;
  readonly #perSecond: number;
  #left: number;
  #filledAt: number;
  /** Refused since the last one that was let through; only the first of a flood is recorded. */
  refused = 0;

  constructor(now: number, size = 40, perSecond = 20) {
    this.#size = size;
    this.#perSecond = perSecond;
    this.#left = size;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    this.#left = Math.min(this.#size, this.#left + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#left < 1) {
      this.refused += 1;
      return false;
    }
    this.#left -= 1;
    return true;
  }
}
