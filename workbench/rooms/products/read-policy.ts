// Which policy is in force for a product: that of its plan as it was last approved, else Ward's defaults, said as such.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import { DEFAULT_POLICY, type DecideWithinDays, RiskPolicy } from './policy.ts';

type Db = Kysely<Tables>;

export interface PolicyInForce {
  readonly policy: RiskPolicy;
  /** The approved plan and the revision that was approved; null when Ward's defaults stand in. */
  readonly plan: { readonly key: string; readonly revision: number } | null;
}

interface Approved {
  readonly product_id: string;
  readonly key: string;
  readonly revision: number;
  readonly body: JsonObject;
}

/**
 * A plan that is being changed goes on with what was approved before; one that was superseded, or never approved, does not
 * count. Of several the one approved last.
 */
async function approvedPlans(db: Db, productId: string | null): Promise<readonly Approved[]> {
  const { rows } = await sql<Approved>`
    select distinct on (r.product_id) r.product_id, r.key, moved.revision, text.content->'body' as body
    from record r
    cross join lateral (
      select l.seq, l.revision from ledger l where l.record = r.id and l.action = 'record.transitioned'
        and l.content->>'to' = 'approved' order by l.seq desc limit 1
    ) moved
    join ledger text on text.record = r.id and text.revision = moved.revision
      and text.action in ('record.created', 'record.edited')
    where r.kind = 'plan' and r.state <> 'superseded'
      ${productId === null ? sql`` : sql`and r.product_id = ${productId}::uuid`}
    order by r.product_id, moved.seq desc`.execute(db);
  return rows;
}

export async function policyInForce(db: Db, productId: string): Promise<PolicyInForce> {
  const [found] = await approvedPlans(db, productId);
  const read = RiskPolicy.safeParse(found?.body.riskPolicy);
  // A plan from before policies were data says nothing that could be computed with.
  if (!found || !read.success) return { policy: DEFAULT_POLICY, plan: null };
  return { policy: read.data, plan: { key: found.key, revision: found.revision } };
}

/** Times to decide by product, of those products whose approved plan names them. */
export async function decideTimes(db: Db): Promise<ReadonlyMap<string, DecideWithinDays>> {
  const times = new Map<string, DecideWithinDays>();
  for (const { product_id, body } of await approvedPlans(db, null)) {
    const read = RiskPolicy.safeParse(body.riskPolicy);
    if (read.success) times.set(product_id, read.data.decideWithinDays);
  }
  return times;
}
