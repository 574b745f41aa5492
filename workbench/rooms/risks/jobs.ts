// When something that a risk rests on moves, the risks of the product are compared with it.
import type { Kernel } from '../../kernel/kernel.ts';
import { SIGNALS_CHANGED } from '../../knowledge/store/store-signals.ts';
import { endAcceptances, reviewRisks } from './store-judgement.ts';
import { productsOfEntries, productsTouched, productsWithRisks, type Touched } from './touched-products.ts';

const TASK = 'review-risks';

/** Facts that come without a change of a record; each names what it is about. */
const FACTS = ['matches.changed', 'sbom.imported', 'release.rematched', SIGNALS_CHANGED];

export function registerJobs(kernel: Kernel): void {
  const { jobs, db, notifications } = kernel;
  // Many changes of a product are one look at it.
  const options = (product: string) => ({ key: `${TASK}:${product}`, queue: TASK });
  const review = (products: readonly string[]) =>
    products.map((product) => ({ task: TASK, payload: { product }, options: options(product) }));
  jobs.task(TASK, async ({ product }) => {
    if (typeof product === 'string') await reviewRisks(kernel, product);
  });
  // The ledger is read in pages, so that a change itself pays nothing for it.
  notifications.addReader(async (tx, entries) => {
    await jobs.addMany(tx, review(await productsOfEntries(tx, entries)));
    return [];
  });
  jobs.task('review-risks-touched', async (payload) =>
    jobs.addMany(db, review(await productsTouched(db, payload as unknown as Touched))),
  );
  for (const event of FACTS) jobs.on(event, 'review-risks-touched', () => ({ queue: TASK }));
  jobs.task('end-acceptances', async () => {
    await endAcceptances(kernel);
  });
  jobs.schedule('17 * * * *', 'end-acceptances');
  // Whatever was not told.
  jobs.task('review-all-risks', async () => jobs.addMany(db, review(await productsWithRisks(db))));
  jobs.schedule('51 2 * * *', 'review-all-risks');
}
