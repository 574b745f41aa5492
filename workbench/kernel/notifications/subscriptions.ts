// What a person chose to be told, kept as it was chosen; what was not chosen follows from the roles.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { canReadProduct, type Principal } from '../people/roles.ts';
import { refuseNotification } from './errors.ts';
import type {} from './tables.ts';
import type { Choice, How, Topic } from './topics.ts';

export async function choicesOf(db: Kysely<Tables>, personId: string): Promise<Choice[]> {
  const rows = await db
    .selectFrom('subscription')
    .select(['product_id', 'topic', 'how'])
    .where('person_id', '=', personId)
    .execute();
  return rows.map(({ product_id, topic, how }) => ({ productId: product_id, topic, how }));
}

/** `how` null goes back to what is usual. Refuses `subscription.product`. */
export async function choose(
  db: Kysely<Tables>,
  principal: Principal & { readonly personId: string },
  choice: { readonly productId: string | null; readonly topic: Topic; readonly how: How | null },
): Promise<void> {
  const { productId, topic, how } = choice;
  if (productId !== null) {
    const product = await db
      .selectFrom('record')
      .select('id')
      .where('id', '=', productId)
      .where('kind', '=', 'product')
      .executeTakeFirst();
    if (!product || !canReadProduct(principal, productId))
      throw refuseNotification('subscription.product', 'There is no such product that you may read.', {
        at: '$.productId',
      });
  }
  const personId = principal.personId;
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('subscription')
      .where('person_id', '=', personId)
      .where('topic', '=', topic)
      .where('product_id', productId === null ? 'is' : '=', productId)
      .execute();
    if (how !== null)
      await tx
        .insertInto('subscription')
        .values({ person_id: personId, product_id: productId, topic, how })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
}
