// The requirements of a product with how many links stand behind each, in one question to the database.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { CategoryId } from './categories.ts';
import type { ExchangedRequirement } from './exchange/contract.ts';

export interface RequirementRow {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly revision: number;
  readonly body: JsonObject;
  /** Risks and threats that it derives from. */
  readonly causes: number;
  readonly controls: number;
  /** Of it, or of a control that it demands. */
  readonly verifications: number;
}

export async function requirementsOf(db: Kernel['db'], productId: string): Promise<RequirementRow[]> {
  const { rows } = await sql<RequirementRow>`
    with req as (
      select id, number, key, title, state, revision, body from record
      where kind = 'requirement' and product_id = ${productId}::uuid
    ), going as (
      select l.from_id, count(*) filter (where l.type = 'derives-from')::int as causes,
        count(*) filter (where l.type = 'demands')::int as controls
      from link l join req on req.id = l.from_id where l.ended_at is null group by l.from_id
    ), target as (
      select id as req, id as target from req
      union all select l.from_id, l.to_id from link l join req on req.id = l.from_id
      where l.type = 'demands' and l.ended_at is null
    ), proof as (
      select t.req, count(distinct v.from_id)::int as verifications
      from target t join link v on v.to_id = t.target and v.type = 'verifies' and v.ended_at is null group by t.req
    )
    select req.id, req.key, req.title, req.state, req.revision, req.body, coalesce(g.causes, 0) as causes,
      coalesce(g.controls, 0) as controls, coalesce(p.verifications, 0) as verifications
    from req left join going g on g.from_id = req.id left join proof p on p.req = req.id order by req.number`.execute(
    db,
  );
  return rows;
}

export function exchanged({ key, state, body }: RequirementRow): ExchangedRequirement {
  const text = (field: string) => String(body[field] ?? '');
  return {
    key,
    source: text('source'),
    title: text('title'),
    statement: text('statement'),
    category: text('category') as CategoryId,
    acceptance: text('acceptance'),
    safetyRelevant: body.safetyRelevant === true,
    clauses: Array.isArray(body.clauses) ? body.clauses.map(String) : [],
    rationale: text('rationale'),
    state,
  };
}
