// Breaks of a unit's trail, newest first, each with what was lost and who closed it.
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { BreakView } from '../contract.ts';

const MOST = 100;

interface Row {
  number: number;
  code: string;
  found_at: Date;
  known_sequence: string;
  start_sequence: string | null;
  reason: string | null;
  closed_at: Date | null;
  closed_by_name: string | null;
  authentication: string | null;
  heard: boolean;
}

export async function listBreaks(db: Kysely<Tables>, unitId: string): Promise<BreakView[]> {
  const { rows } = await sql<Row>`
    select b.number, b.code, b.found_at, b.known_sequence, c.start_sequence, c.reason, c.closed_at, c.closed_by_name, c.authentication,
      exists (select 1 from unit_audit a where a.unit_id = b.unit_id and a.part = c.part and a.what = 'audit.closed') as heard
    from unit_trail_break b left join unit_trail_closing c using (unit_id, number)
    where b.unit_id = ${unitId} order by b.number desc limit ${MOST}`.execute(db);
  return rows.map((row) => {
    const verifiedTo = Number(row.known_sequence);
    return {
      ...{ number: row.number, code: row.code, foundAt: row.found_at.toISOString(), verifiedTo },
      closing:
        row.start_sequence === null || row.closed_at === null
          ? null
          : {
              ...{ at: row.closed_at.toISOString(), by: row.closed_by_name ?? '', reason: row.reason ?? '' },
              ...{ authentication: row.authentication ?? '', start: Number(row.start_sequence) },
              lost: lostBetween(verifiedTo, Number(row.start_sequence)),
              heard: row.heard,
            },
    };
  });
}

/** Lines that nobody verified; or, of a log that was put back, lines that it has a second time. */
export function lostBetween(verifiedTo: number, start: number): string {
  if (start > verifiedTo + 1) return `Lines ${verifiedTo + 1} to ${start} of the unit were never verified.`;
  if (start === verifiedTo + 1) return `Line ${start} of the unit was never verified.`;
  const again =
    start < verifiedTo
      ? ` Its log goes on after line ${start}, so it has other lines ${start + 1} to ${verifiedTo} than those that were verified.`
      : '';
  return `What the unit wrote after line ${verifiedTo}, before it ended at line ${start}, is not known.${again}`;
}
