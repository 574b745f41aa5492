// For which models entries of the ledger call for another run of the rules. What the rules read is the model, the packs that its
// product uses and nothing else; what a run is compared with are accepted results and decisions.
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Entry } from '../../kernel/notifications/follow-ledger.ts';
import { RULES_CHOSEN } from './choose-packs.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';
import { rulePack, THREATS_ACCEPTED, threat } from './model.ts';
import './tables.ts';

const ACTS = ['record.created', 'record.edited', 'record.transitioned', 'threat.confirmed', THREATS_ACCEPTED];

export async function modelsTouched(
  tx: Transaction<Tables>,
  entries: readonly Entry[],
): Promise<readonly string[]> {
  const records = entries.flatMap(({ action, record }) => (ACTS.includes(action) && record ? [record] : []));
  const products = entries.flatMap(({ action, product }) =>
    action === RULES_CHOSEN && product ? [product] : [],
  );
  if (records.length + products.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    with moved as materialized (
      select id, kind from record where id = any(${[...new Set(records)]}::uuid[])
    ), choosing as (
      select unnest(${[...new Set(products)]}::uuid[]) as product_id
      -- packs of the house are in use where somebody chose them, whatever they were called in an earlier edition
      union select c.product_id from rule_choice c where c.in_use and c.pack <> ${shippedPack().id}
        and exists (select 1 from moved where kind = ${rulePack.kind})
    )
    select m.id from record m where m.kind = 'system-model' and (
      m.id in (select id from moved)
      or m.product_id in (select product_id from choosing)
      or m.id in (select i.model_id from moved join threat_identity i on i.threat_id = moved.id)
      or m.id in (select l.to_id from moved join link l on l.from_id = moved.id and l.type = 'targets' and l.ended_at is null
        where moved.kind = ${threat.kind}))
    order by m.number`.execute(tx);
  return rows.map(({ id }) => id);
}
