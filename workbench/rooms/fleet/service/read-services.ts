// Service sessions of a unit, the newest first.
import { comparisonCode } from '@ward/device/service/request.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { ServiceView } from '../contract.ts';

export async function listServices(db: Kysely<Tables>, unitId: string): Promise<ServiceView[]> {
  const rows = await db
    .selectFrom('service_request')
    .selectAll()
    .where('unit_id', '=', unitId)
    .orderBy('asked_at', 'desc')
    .limit(50)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      state: row.state,
      why: row.why,
      verbs: [...row.verbs],
      minutes: row.minutes,
      askedAt: row.asked_at.toISOString(),
      askedBy: row.asked_by_name,
      engineer: row.engineer,
      code: row.request === null ? null : comparisonCode(row.request),
      openedAt: row.opened_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      endedBecause: row.ended_because,
    })),
  );
}
