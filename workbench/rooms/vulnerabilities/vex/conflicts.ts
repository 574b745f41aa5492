// Where others say something else than Ward's own evidence or a decision of the house. Nothing is changed by it: it is shown.
import { type RawBuilder, sql } from 'kysely';

/**
 * True for rows of `finding` (derive-findings.ts) that a statement contradicts: nobody has decided, the facts say affected and
 * somebody says not affected or fixed; or it was decided, and a statement that came later says the opposite. A decision made
 * with the statement at hand settles it.
 */
export const conflictCondition = (f: string): RawBuilder<boolean> => {
  const of = (column: string) => sql.ref(`${f}.${column}`);
  return sql<boolean>`exists (
    select 1 from vex_word w where w.release_id = ${of('release_id')} and w.group_id = ${of('group_id')}
      and (w.place is null or w.place = ${of('place')}) and ${contradicts(f)})`;
};

/** The same for one row `w` of `vex_word`. */
export const contradicts = (f: string): RawBuilder<boolean> => {
  const of = (column: string) => sql.ref(`${f}.${column}`);
  return sql<boolean>`(w.certain and case when ${of('assessment_state')} = 'approved' then
    w.imported_at > (select ra.updated_at from record ra where ra.id = ${of('assessment_id')}) and (
      (${of('assessment_status')} = 'affected' and w.status in ('not_affected', 'fixed'))
      or (${of('assessment_status')} in ('not_affected', 'fixed') and w.status = 'affected'))
    else ${of('outcome')} = 'affected' and w.status in ('not_affected', 'fixed') end)`;
};
