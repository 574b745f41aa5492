// Tells the planner how large the tables have become, at once after a large import: PostgreSQL itself looks every minute, and
// until then plans as for small tables (a list of 30,000 findings took 42 s then).
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';

/** Fewer rows than this do not change a plan. */
const MANY = 2_000;

/** After the transaction that stored `rows` rows; costs some 100 ms a table, whatever its size. */
export async function renewStatistics(
  db: Kysely<Tables>,
  rows: number,
  tables: readonly string[],
): Promise<void> {
  if (rows < MANY) return;
  await sql`analyze ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db);
}
