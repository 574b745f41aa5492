// Models of which the rules say otherwise than what people accepted: work for today.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import './tables.ts';

type Row = Parameters<typeof toRecord>[0];

export interface WaitingDifference {
  readonly record: WardRecord;
  readonly fresh: number;
  readonly gone: number;
  readonly changed: number;
  /** Decisions that have lost their ground. */
  readonly stale: number;
}

/** By the last run for each model, the latest first. */
export async function waitingDifferences(
  db: Kernel['db'],
  products: 'all' | ReadonlySet<string> | readonly string[],
  limit: number,
): Promise<readonly WaitingDifference[]> {
  const visible = products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`;
  const { rows } = await sql<Row & { fresh: number; gone: number; changed: number; stale: number }>`
    select r.*, t.fresh, t.gone, t.changed, t.stale from record r join threat_run t on t.model_id = r.id
    where r.kind = 'system-model' and t.fresh + t.gone + t.changed + t.stale > 0 and ${visible}
    order by t.at desc, r.number limit ${limit}`.execute(db);
  return rows.map((row) => {
    const { fresh, gone, changed, stale } = row;
    return { record: toRecord(row), fresh, gone, changed, stale };
  });
}

/** `3 new, 1 changed, 2 decisions to look at again`; empty where nothing waits. */
export function waitingWords({ fresh, gone, changed, stale }: Omit<WaitingDifference, 'record'>): string {
  const decisions = stale === 1 ? 'decision' : 'decisions';
  return [
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(gone > 0 ? [`${gone} gone`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(stale > 0 ? [`${stale} ${decisions} to look at again`] : []),
  ].join(', ');
}
