// Who opened patient data in an emergency, where and when, and what came of the review. No patient data: the line of the trail names a pseudonym,
// which stays out of this view; the typed reason stays on the unit, where the clinic's data protection reads it.
import { AuditEntry } from '@ward/device/audit/entry.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { EmergencyView } from '../contract.ts';
import { MOST_COUNTED } from './most-counted.ts';

const MOST_EMERGENCIES = 200;
const MOST_OF_A_UNIT = 20;

const isEmergency = sql`a.what = 'vault.opened-in-emergency' and a.outcome = 'done'`;
const reviewOf = sql`select 1 from unit_emergency_review v
  where v.unit_id = a.unit_id and v.part = a.part and v.sequence = a.sequence`;

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

/**
 * Of a unit or of all units of a product: those that nobody has reviewed first, each newest first; at most `MOST_EMERGENCIES`. Of several units each
 * gives its newest in turn, so that one with many hides nobody else's.
 */
export async function listEmergencies(
  db: Kysely<Tables>,
  of: { readonly unitId: string } | { readonly productId: string },
): Promise<EmergencyView[]> {
  const where = 'unitId' in of ? sql`u.id = ${of.unitId}` : sql`u.product_id = ${of.productId}`;
  const most = 'unitId' in of ? MOST_EMERGENCIES : MOST_OF_A_UNIT;
  const { rows } = await sql<Row>`
    select * from (
      select u.serial, e.*, row_number() over (partition by u.id, e.reviewed_at is not null
        order by e.part desc, e.sequence desc) as turn
      from unit u cross join lateral (
        (select a.part, a.sequence, a.at, a.line, null::text as verdict, null::text as reason,
            null::timestamptz as reviewed_at, null::text as reviewed_by_name
          from unit_audit a where a.unit_id = u.id and ${isEmergency} and not exists (${reviewOf})
          order by a.part desc, a.sequence desc limit ${most})
        union all
        (select a.part, a.sequence, a.at, a.line, r.verdict, r.reason, r.reviewed_at, r.reviewed_by_name
          from unit_emergency_review r join unit_audit a using (unit_id, part, sequence)
          where r.unit_id = u.id order by r.part desc, r.sequence desc limit ${most})) e
      where ${where}
      order by e.reviewed_at is not null, turn, e.at desc limit ${MOST_EMERGENCIES}) taken
    order by reviewed_at is not null, at desc, part desc, sequence desc`.execute(db);
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

/** How many wait for a review, by unit (`u`), for a list of units; it stops counting behind `MOST_COUNTED`. */
export const emergenciesToReview = sql<number>`(select count(*)::int from (
  select 1 from unit_audit a where a.unit_id = u.id and ${isEmergency} and not exists (${reviewOf})
  limit ${sql.lit(MOST_COUNTED + 1)}) counted)`;
