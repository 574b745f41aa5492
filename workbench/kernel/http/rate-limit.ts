// How many requests a stranger may send: buckets in the memory of this process, which refill. Against load, not against
// guessing; that is counted in the database by all processes together (`people/back-off.ts`).
import { refuseHttp } from './problem.ts';

export interface Rate {
  /** At once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A whole house behind one address signs in at nine o'clock; nobody signs in twice a second for long. */
export const STRANGER_CHANGES: Rate = { burst: 120, perSecond: 2 };
export const STRANGER_READS: Rate = { burst: 600, perSecond: 20 };
/** Sign-ins to one account, right or wrong. */
export const ONE_ACCOUNT: Rate = { burst: 30, perSecond: 0.5 };

/** Beyond that the oldest are forgotten: strangers cannot fill the memory. */
const MOST_BUCKETS = 20_000;

export interface RateLimit {
  /** Refuses `http.too-many` with the seconds to wait. */
  take(key: string): void;
}

export function rateLimit(
  { burst, perSecond }: Rate,
  now: () => number = () => performance.now(),
): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key) {
      const at = now();
      const before = buckets.get(key);
      const left = before ? Math.min(burst, before.left + ((at - before.at) / 1000) * perSecond) : burst;
      // Put anew, so that the order of the map is that of the last use.
      buckets.delete(key);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at });
      if (buckets.size > MOST_BUCKETS) buckets.delete(buckets.keys().next().value as string);
      if (left >= 1) return;
      const seconds = Math.max(1, Math.ceil((1 - left) / perSecond));
      throw refuseHttp(
        'http.too-many',
        `More requests than Ward takes came; the next is taken in ${seconds} s.`,
        {
          detail: { retryAfterSeconds: seconds },
        },
      );
    },
  };
}
