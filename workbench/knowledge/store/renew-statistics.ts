// Tells the planner how large the tables have become, at once after a large import: PostgreSQL itself looks every minute, and
// until then plans as for small tables (a list of 30,000 findings took 42 s then).
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';

/** Fewer rows than this do not change a plan. */
const MANY = 2_000;

/** A table that has grown by less is planned for as well as need be; PostgreSQL looks by itself within the minute. */
const GROWN = 0.5;

/** Rows by table, after the transaction that stored them; where that is much for a table it costs some 100 ms, else nothing. */
export async function renewStatistics(
  db: Kysely<Tables>,
  stored: Readonly<Record<string, number>>,
): Promise<void> {
  const many = Object.entries(stored).filter(([, rows]) => rows >= MANY);
  if (many.length === 0) return;
  const { rows: grown } = await sql<{ name: string }>`
    select t.name from unnest(${many.map(([name]) => name)}::text[], ${many.map(([, rows]) => rows)}::int[]) as t(name, rows)
    join pg_class c on c.oid = t.name::regclass
    where c.reltuples < 0 or greatest(t.rows, pg_stat_get_mod_since_analyze(c.oid)) > ${GROWN} * c.reltuples`.execute(
    db,
  );
  if (grown.length > 0) await sql`analyze ${sql.join(grown.map(({ name }) => sql.table(name)))}`.execute(db);
}

/** What an import of so many records grows; more matches may come of it, which are counted where they were. */
export async function renewKnowledgeStatistics(db: Kysely<Tables>, records: number): Promise<void> {
  const tables = [
    'advisory',
    'affected',
    'alias_member',
    'alias_group',
    'match',
    'flaw_signal',
    'epss_score',
  ];
  await renewStatistics(db, Object.fromEntries(tables.map((table) => [table, records])));
}

/**
 * The same for a table of few rows to which very many others refer, when it has grown by a fifth since it was last looked at. PostgreSQL
 * looks by itself after fifty changes only: until then it takes it for a table of some 170 rows, and so the rows of one for a few
 * hundred (10,000 components and 5,000 flaws of a release were compared each with each, which took 4 s).
 */
export async function renewWhenGrown(db: Kysely<Tables>, table: string): Promise<void> {
  const { rows } = await sql<{ grown: boolean }>`
    select c.reltuples < 0 or n.count > 1.2 * c.reltuples as grown
    from pg_class c cross join (select count(*) from ${sql.table(table)}) n where c.oid = ${table}::regclass`.execute(
    db,
  );
  if (rows[0]?.grown) await sql`analyze ${sql.table(table)}`.execute(db);
}
