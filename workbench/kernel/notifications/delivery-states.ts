// The way of one sending, and when it is tried again. Pure.
//
//   waiting → sending → (mail: handed-over →) sent
//   sending → waiting again after a failure, until a day has passed: failed
//   handed-over → unknown, when the process or the connection ended before the server's answer
//   dropped: nobody may read it any more when it was due

export type DeliveryState = 'waiting' | 'sending' | 'handed-over' | 'sent' | 'failed' | 'unknown' | 'dropped';

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3 * 3_600_000;
/** After a day nobody waits for it; it is shown as failed and can be sent again by hand. */
export const GIVE_UP_MS = 24 * 3_600_000;
/** No sending lasts longer; a claim that is older belongs to a process that is gone. */
export const CLAIM_MS = 5 * 60_000;

/** When a sending that failed for the `attempts`th time is tried again; null gives up. */
export function nextTry(attempts: number, firstTriedAt: Date, now: Date): Date | null {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  const at = new Date(now.getTime() + wait);
  return at.getTime() - firstTriedAt.getTime() > GIVE_UP_MS ? null : at;
}

export type Found = 'send' | 'unknown' | 'leave';

/**
 * What to do with a delivery as it is found. A mail whose last dot may have gone out is never sent by itself again
 * (docs/decisions/006); a webhook is, under the same id, by which the receiver knows a repeat.
 */
export function whatToDo(state: DeliveryState, claimIsOver: boolean): Found {
  switch (state) {
    case 'waiting':
      return 'send';
    case 'sending':
      return claimIsOver ? 'send' : 'leave';
    case 'handed-over':
      return claimIsOver ? 'unknown' : 'leave';
    case 'sent':
    case 'failed':
    case 'unknown':
    case 'dropped':
      return 'leave';
  }
}
