// A run of the rules for a model: what it found, kept as figures for lists; the results themselves are computed when shown.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { findRecord } from '../../kernel/records/read.ts';
import { type Evaluated, evaluateModel } from './evaluate-model.ts';
import { differenceOf } from './premises.ts';
import { type ModelRecord, modelOf } from './read-model.ts';
import { baselineOf, staleOf, standingOf, threatsOf } from './threats-of-model.ts';
import './tables.ts';

/** Runs the rules for these models, or for all; repeatable, and cheap where nothing moved. */
export async function rerunThreats(kernel: Kernel, modelIds: readonly string[] | null): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from record where kind = 'system-model' ${modelIds === null ? sql`` : sql`and id = any(${[...modelIds]}::uuid[])`}
    order by number`.execute(kernel.db);
  for (const { id } of rows) {
    const record = await findRecord(kernel.db, id);
    if (record === undefined) continue;
    const found = modelOf(record);
    await storeRun(kernel.db, found, await evaluateModel(kernel.db, found), kernel.now());
  }
}

export async function storeRun(
  db: Kernel['db'],
  { record, model }: ModelRecord,
  evaluated: Evaluated,
  now: Date,
): Promise<void> {
  const { evaluation, print } = evaluated;
  const standing = standingOf(model, evaluated);
  const difference = differenceOf(await baselineOf(db, record.id), evaluation, standing.factNow);
  const threats = await threatsOf(db, record.id);
  const { raised, open, answered } = evaluation.counts;
  const row = {
    revision: record.revision,
    packs: print,
    raised,
    open,
    answered,
    fresh: difference.counts.new,
    gone: difference.counts.gone,
    changed: difference.counts.changed,
    stale: threats.filter((one) => staleOf(one, standing).length > 0).length,
    problems: evaluation.problems.length,
    at: now,
  };
  await db
    .insertInto('threat_run')
    .values({ model_id: record.id, ...row })
    .onConflict((conflict) => conflict.column('model_id').doUpdateSet(row))
    .execute();
}
