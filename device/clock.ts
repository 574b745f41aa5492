// Time as the device knows it: a wall clock that may be wrong, and a monotonic one that only counts.

export interface Clock {
  /** Milliseconds since 1970 by the wall clock; attacker-controlled (battery, NTP), so never proof of freshness. */
  wall(): number;
  /** Milliseconds since an arbitrary start of this process; never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A clock for tests: both hands move by `advance`, the wall alone by `setWall`. */
export class HandClock implements Clock {
  #wall: number;
  #monotonic = 0;
  constructor(wall = Date.UTC(2026, 10, 26, 8)) {
    this.#wall = wall;
  }
  wall(): number {
    return this.#wall;
  }
  monotonic(): number {
    return this.#monotonic;
  }
  advance(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
  }
  setWall(wall: number): void {
    this.#wall = wall;
  }
}
