// Risks whose premises moved, those that moved last first: work for today.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import './tables.ts';

type Row = Parameters<typeof toRecord>[0];

const REASONS_MAX = 5;

export async function flaggedRisks(
  db: Kernel['db'],
  products: 'all' | ReadonlySet<string> | readonly string[],
  limit: number,
): Promise<readonly { readonly record: WardRecord; readonly reasons: readonly string[] }[]> {
  const visible = products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`;
  const { rows } = await sql<Row & { reasons: string[] }>`
    select r.*, f.reasons from record r join lateral (
      select array_agg(reason order by id) as reasons, max(at) as at from risk_flag
      where risk_id = r.id and cleared_at is null
    ) f on f.at is not null
    where r.kind = 'risk' and ${visible} order by f.at desc, r.number limit ${limit}`.execute(db);
  return rows.map((row) => ({ record: toRecord(row), reasons: row.reasons.slice(0, REASONS_MAX) }));
}
