// What comes back by date: findings that were deferred until a day, decisions whose day of review has passed.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { judgedFinding, move } from './decide-finding.ts';

const DEFERRED = 'It was deferred until today.';
const REVIEW = 'Its day of review has come.';
const HELD = 'It has held as long as such a decision may without being looked at.';

/** The reasons of what comes back by its date; people are told of it as such. */
export const BY_DATE: readonly string[] = [DEFERRED, REVIEW, HELD];

/** Gives the keys that were re-opened. Repeatable: what has come back is in another state. */
export async function reopenDue(kernel: Kernel): Promise<string[]> {
  const today = kernel.now().toISOString().slice(0, 10);
  const { rows } = await sql<{ id: string }>`
    select id from record where (kind = 'finding' and state = 'deferred' and body->>'deferredUntil' <= ${today})
      or (kind = 'assessment' and state = 'approved' and (body->>'reviewOn' <= ${today}
        or id in (select assessment_id from assessment_due where due_on <= ${today}::date)))
    order by id limit 10000`.execute(kernel.db);
  const reopened: string[] = [];
  for (const { id } of rows) {
    await kernel.records.write(SYSTEM, async (unit) => {
      await sql`select 1 from record where id = ${id}::uuid for no key update`.execute(unit.db);
      const record = await findRecord(unit.db, id);
      if (record?.state !== 'deferred' && record?.state !== 'approved') return;
      const reason = record.kind === 'finding' ? DEFERRED : reasonOf(record.body, today);
      await move(kernel, unit, record, 'reopen', reason);
      const judged = record.kind === 'assessment' ? await judgedFinding(unit, record.id) : undefined;
      if (judged) await move(kernel, unit, judged, 'reopen', `${record.key} is due for review.`);
      reopened.push(record.key);
    });
  }
  return reopened;
}

function reasonOf(body: WardRecord['body'], today: string): string {
  const day = body.reviewOn;
  if (typeof day === 'string' && day <= today) return REVIEW;
  return HELD;
}
