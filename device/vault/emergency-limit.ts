// How often one person may break the glass of one patient: each time leaves a record that is never removed. By the monotonic clock; a restart begins anew.
import type { Clock } from '../clock.ts';

/** An emergency is looked at again and again; a program that fills the store asks more often. */
export const MOST_EMERGENCIES = 10;
const WITHIN_MS = 60 * 60_000;
/** What one answer does not hold is asked for within this time, under the same reason. */
const GOES_ON_MS = 5 * 60_000;

export class EmergencyLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Times of the last hour by person and patient, the oldest person and patient first. */
  readonly #times = new Map<string, number[]>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** False, and not counted, when it was so often within the hour. The first time is always counted and true. */
  take(who: string, patient: string): boolean {
    const since = this.#clock.monotonic() - WITHIN_MS;
    for (const [key, times] of this.#times) {
      if ((times.at(-1) as number) > since) break;
      this.#times.delete(key);
    }
    const key = keyOf(who, patient);
    const times = (this.#times.get(key) ?? []).filter((at) => at > since);
    if (times.length >= MOST_EMERGENCIES) return false;
    // Newest last, so that those that ended stand in front.
    this.#times.delete(key);
    this.#times.set(key, [...times, this.#clock.monotonic()]);
    return true;
  }

  /** Whether the newest opening is so near that reading on belongs to it. */
  goesOn(who: string, patient: string): boolean {
    const newest = this.#times.get(keyOf(who, patient))?.at(-1);
    return newest !== undefined && this.#clock.monotonic() - newest < GOES_ON_MS;
  }
}

const keyOf = (who: string, patient: string): string => JSON.stringify([who, patient]);
