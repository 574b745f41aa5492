// Who opened patient data in an emergency, where and when, and what came of the review. No patient data: the line of the trail names a pseudonym,
// which stays out of this view; the typed reason stays on the unit, where the clinic's data protection reads it.
import { AuditEntry } from '@ward/device/audit/entry.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { EmergencyView } from '../contract.ts';

export const MOST_EMERGENCIES = 200;

interface Row {
  serial: string;
  part: number;
  sequence: string;
  line: string;
  verdict: 'justified' | 'not-justified' | null;
  reason: string | null;
  reviewed_at: Date | null;
  reviewed_by_name: string | null;
}

/** Of a unit or of all units of a product: those that nobody has reviewed first, each newest first; at most `MOST_EMERGENCIES`. */
export async function listEmergencies(
  db: Kysely<Tables>,
  of: { readonly unitId: string } | { readonly productId: string },
): Promise<EmergencyView[]> {
  const where = 'unitId' in of ? sql`a.unit_id = ${of.unitId}` : sql`u.product_id = ${of.productId}`;
  const { rows } = await sql<Row>`
    select u.serial, a.part, a.sequence, a.line, r.verdict, r.reason, r.reviewed_at, r.reviewed_by_name
    from unit_audit a join unit u on u.id = a.unit_id
      left join unit_emergency_review r using (unit_id, part, sequence)
    where a.what = 'vault.opened-in-emergency' and a.outcome = 'done' and ${where}
    order by r.reviewed_at is not null, a.at desc, a.part desc, a.sequence desc limit ${MOST_EMERGENCIES}`.execute(
    db,
  );
  return rows.map(({ serial, part, sequence, line, verdict, reason, reviewed_at, reviewed_by_name }) => {
    const { at, who, role, detail } = AuditEntry.parse(JSON.parse(line));
    return {
      serial,
      line: `${part}-${sequence}`,
      at: new Date(at).toISOString(),
      ...{ who, role, reasonKept: typeof detail.review === 'string' ? detail.review : null },
      review:
        verdict === null || reviewed_at === null
          ? null
          : {
              ...{ verdict, reason: reason ?? '', by: reviewed_by_name ?? '' },
              at: reviewed_at.toISOString(),
            },
    };
  });
}

/** How many wait for a review, by unit (`u`), for a list of units. */
export const emergenciesToReview = sql<number>`(select count(*)::int from unit_audit e
  where e.unit_id = u.id and e.what = 'vault.opened-in-emergency' and e.outcome = 'done'
    and not exists (select 1 from unit_emergency_review v
      where v.unit_id = e.unit_id and v.part = e.part and v.sequence = e.sequence))`;
