// A clock that passed its due time is missed: Ward says so, nobody has to notice.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { moveBySystem } from '../../kernel/records/operations.ts';
import { findRecord } from '../../kernel/records/read.ts';

/** Gives the keys of the clocks that were running and are missed now. Clocks without a due time stay as they are: unknown. */
export async function missClocks(kernel: Kernel): Promise<string[]> {
  const now = kernel.now().toISOString();
  const { rows } = await sql<{ id: string }>`
    select id from record where kind = 'clock' and state = 'running'
      and (body->>'dueAt')::timestamptz < ${now}::timestamptz order by id limit 10000`.execute(kernel.db);
  const missed: string[] = [];
  for (const { id } of rows) {
    await kernel.records.write(SYSTEM, async (unit) => {
      await sql`select 1 from record where id = ${id}::uuid for no key update`.execute(unit.db);
      const clock = await findRecord(unit.db, id);
      if (clock?.state !== 'running') return;
      await moveBySystem(kernel.records, unit, clock, 'miss', `It was due at ${String(clock.body.dueAt)}.`);
      missed.push(clock.key);
    });
  }
  return missed;
}
