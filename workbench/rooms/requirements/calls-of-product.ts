// What the threats of a product call for: the threat records that name a rule, with the requirements that this rule asks for.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { canReadProduct } from '../../kernel/people/roles.ts';
import type { Call } from './called-for.ts';

export async function callsOf(db: Kernel['db'], principal: Principal, productId: string): Promise<Call[]> {
  if (!canReadProduct(principal, productId)) return [];
  const { rows } = await sql<{ id: string; key: string; title: string; rule: string; target: string }>`
    select id, key, title, body->>'rule' as rule, coalesce(body->>'target', '') as target from record
    where kind = 'threat' and product_id = ${productId}::uuid and state = 'open' and coalesce(body->>'rule', '') <> ''
    order by number limit 20000`.execute(db);
  return rows.map(({ rule, target, ...threat }) => ({
    rule,
    target,
    state: 'raised',
    requirements: [],
    threat,
  }));
}
