// When something that a risk rests on moves, the risks of the product are compared with it (outbox events of other rooms).
import type { Kernel } from '../../kernel/kernel.ts';
import { findRecord } from '../../kernel/records/read.ts';
import { SIGNALS_CHANGED } from '../../knowledge/store/store-signals.ts';
import { reviewRisks } from './store-judgement.ts';

/** Kinds whose changes a judgement rests on; the rooms of some come later, events go any way. */
const PREMISES = ['harm', 'threat', 'control', 'finding', 'plan', 'system-model'];

/** Facts that may touch any product. */
const FACTS = ['matches.changed', 'sbom.imported', 'release.rematched', SIGNALS_CHANGED];

export function registerJobs(kernel: Kernel): void {
  const { jobs, kinds, db } = kernel;
  jobs.task('review-risks-of', async (payload) => {
    const record = await findRecord(db, String(payload.id));
    if (record?.productId) await reviewRisks(kernel, record.productId);
  });
  jobs.task('review-risks', async () => {
    const products = await db
      .selectFrom('record')
      .select('product_id')
      .distinct()
      .where('kind', '=', 'risk')
      .where('product_id', 'is not', null)
      .execute();
    for (const { product_id } of products) await reviewRisks(kernel, product_id as string);
  });
  // Acceptances that end by their day, and whatever an event did not tell.
  jobs.schedule('17 * * * *', 'review-risks');
  for (const name of PREMISES) {
    const kind = kinds.find(name);
    if (!kind) continue;
    for (const act of ['edited', ...kind.transitions.map((transition) => transition.id)])
      jobs.on(`${name}.${act}`, 'review-risks-of', ({ id }) => ({
        queue: 'review-risks',
        key: `review-risks-of ${String(id)}`,
      }));
  }
  for (const event of FACTS)
    jobs.on(event, 'review-risks', () => ({ queue: 'review-risks', key: 'review-risks' }));
}
