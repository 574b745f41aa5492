// What is completed about the components of a product: for one component the words about its version go before those about all.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Supplement } from './supplement.ts';
import './tables.ts';

/** SQL of what is completed about component `c` of a release record `r`: an object, empty where nothing is. */
export const SUPPLEMENT = sql`(
  coalesce((select x.body from component_supplement x where x.product_id = r.product_id and x.place = c.place
    and x.version is null and x.ended_at is null), '{}'::jsonb)
  || coalesce((select x.body from component_supplement x where x.product_id = r.product_id and x.place = c.place
    and x.version = c.version and x.ended_at is null), '{}'::jsonb))`;

/**
 * Held until the transaction ends by who changes what components of these products are or stand on (`change`), and by who takes
 * an SBOM in under it (`read`): each sees the other's rows. Taken before the lock of advisories, and both before the ledger's.
 */
export async function lockSurroundings(
  db: Kernel['db'],
  productIds: readonly (string | null)[],
  to: 'read' | 'change',
): Promise<void> {
  // In one order, so that two who want several never wait for each other.
  const keys = [...new Set(productIds.map((id) => id ?? ''))].sort();
  const lock = sql.raw(to === 'change' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared');
  await sql`select ${lock}(hashtextextended(k, 17)) from unnest(${keys}::text[]) with ordinality as t(k, n)`.execute(
    db,
  );
}

export interface SupplementRow {
  readonly id: string;
  readonly place: string;
  readonly version: string | null;
  readonly body: Supplement;
  readonly reason: string;
  readonly made_at: Date;
  readonly made_by: string | null;
}

/** Those in force of one product. */
export class Supplements {
  readonly #byPlace = new Map<string, SupplementRow>();

  constructor(readonly rows: readonly SupplementRow[]) {
    for (const row of rows) this.#byPlace.set(keyOf(row.place, row.version), row);
  }

  of(place: string, version: string | null): Supplement | null {
    const general = this.#byPlace.get(keyOf(place, null));
    const exact = version === null ? undefined : this.#byPlace.get(keyOf(place, version));
    return general || exact ? { ...general?.body, ...exact?.body } : null;
  }
}

const keyOf = (place: string, version: string | null) => JSON.stringify([place, version]);

export async function supplementsOf(db: Kernel['db'], productId: string | null): Promise<Supplements> {
  const rows = await db
    .selectFrom('component_supplement')
    .select(['id', 'place', 'version', 'body', 'reason', 'made_at', 'made_by'])
    .where('product_id', '=', productId ?? '')
    .where('ended_at', 'is', null)
    .orderBy('made_at', 'desc')
    .execute();
  return new Supplements(rows);
}
