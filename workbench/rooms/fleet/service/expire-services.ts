// A request for a service session that nobody consented to, and a session whose end was not reported, end by time.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';

/** After this a request is not put before anybody at the device any more. */
export const CONSENT_WITHIN_MINUTES = 60;

export async function expireServices({ db, now }: Kernel): Promise<void> {
  const at = now().toISOString();
  await sql`update service_request set state = 'expired', ended_at = ${at}::timestamptz, ended_because = 'nobody consented in time'
    where state = 'requested' and asked_at < ${at}::timestamptz - make_interval(mins => ${CONSENT_WITHIN_MINUTES})`.execute(
    db,
  );
  // The unit ends it by its own clock; here it only waits for the unit's word, and not for ever.
  await sql`update service_request set state = 'ended', ended_at = ${at}::timestamptz, ended_because = 'its time was over; the unit has not said so'
    where state = 'open' and opened_at < ${at}::timestamptz - make_interval(mins => minutes + 60)`.execute(
    db,
  );
}
