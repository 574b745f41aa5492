// Group, rank and score stand beside each match, so that a list of findings need not look them up in its advisories. Whatever
// changes them calls one of these in the same transaction; `tests/derived-facts.test.ts` holds them against what they follow from.
import type { Kysely, Transaction } from 'kysely';
import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/** Levels by their rank; *unknown* stands above *none*, since it may be anything. */
export const LEVELS_BY_RANK = ['none', 'unknown', 'low', 'medium', 'high', 'critical'] as const;

/** Rank of a level, as SQL. */
export const rankOf = (level: RawBuilder<unknown>): RawBuilder<number> =>
  sql`coalesce(array_position(array[${sql.join(LEVELS_BY_RANK.slice(1))}]::text[], ${level}), 0)`;

/** After the level or score of these advisories changed. */
export async function renewRanks(db: Db, advisoryIds: readonly number[]): Promise<void> {
  if (advisoryIds.length === 0) return;
  await sql`update match m set rank = ${rankOf(sql`a.level`)}, score = a.score
    from advisory a where a.id = m.advisory_id and a.id = any(${[...advisoryIds]}::int[])
      and (m.rank, m.score) is distinct from (${rankOf(sql`a.level`)}, a.score)`.execute(db);
}

/** After these ids moved to another alias group. */
export async function renewGroupOf(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update match m set group_id = am.group_id
    from alias_member am join advisory a on a.ext_id = am.ext_id
    where am.ext_id = any(${[...ids]}::text[]) and m.advisory_id = a.id and m.group_id <> am.group_id`.execute(
    db,
  );
}
