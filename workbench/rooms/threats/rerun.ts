// A run of the rules for a model: what it found, kept as figures for lists; the results themselves are computed when shown.
import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { findRecord } from '../../kernel/records/read.ts';
import { type Evaluated, evaluateModel } from './evaluate-model.ts';
import { differenceOf } from './premises.ts';
import { type ModelRecord, modelOf } from './read-model.ts';
import { baselineOf, staleOf, standingOf, threatsOf } from './threats-of-model.ts';
import { waitingWords } from './waiting-differences.ts';
import './tables.ts';

type Run = Omit<Selectable<Tables['threat_run']>, 'model_id'>;

/** Runs the rules for these models, or for all; repeatable, and cheap where nothing moved. */
export async function rerunThreats(kernel: Kernel, modelIds: readonly string[] | null): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from record where kind = 'system-model' ${modelIds === null ? sql`` : sql`and id = any(${[...modelIds]}::uuid[])`}
    order by number`.execute(kernel.db);
  for (const { id } of rows) {
    const record = await findRecord(kernel.db, id);
    if (record === undefined) continue;
    const found = modelOf(record);
    const evaluated = await evaluateModel(kernel.db, found);
    await kernel.db.transaction().execute(async (tx) => {
      const before = await tx
        .selectFrom('threat_run')
        .selectAll()
        .where('model_id', '=', id)
        .forUpdate()
        .executeTakeFirst();
      const run = await storeRun(tx, found, evaluated, kernel.now());
      const text = waitingWords(run);
      // Told when something begins to wait, and again when other rules or another revision say otherwise.
      if (text === '' || (before !== undefined && waitingWords(before) === text)) return;
      const title = `${record.key} ${record.title}`;
      const item = {
        subject: `${record.id} ${text}`,
        productId: record.productId,
        recordId: record.id,
        title,
        text: `${title}: ${text}. Nothing of it counts as seen before somebody accepts it.`,
        link: `/threats?model=${record.key}`,
      };
      const occasion = `${record.id} ${run.revision} ${run.packs}`;
      await kernel.notifications.tell(tx, [{ topic: 'threats-differ', occasion, items: [item] }]);
    });
  }
}

export async function storeRun(
  db: Kernel['db'],
  { record, model }: ModelRecord,
  evaluated: Evaluated,
  now: Date,
): Promise<Run> {
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
  return row;
}
