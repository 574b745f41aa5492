// The controls of a product with what they cut, what demands them, and what verifies them with which outcome in which release.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JsonObject } from '../../kernel/records/record.ts';

export interface LinkedRecord {
  readonly key: string;
  readonly title: string;
  readonly state: string;
}
export interface ControlResult {
  readonly key: string;
  readonly outcome: string;
  readonly release: string | null;
}
export interface ControlRow {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly revision: number;
  readonly body: JsonObject;
  readonly cuts: readonly LinkedRecord[];
  readonly requirements: readonly LinkedRecord[];
  readonly verifications: readonly (LinkedRecord & { readonly results: readonly ControlResult[] })[];
}

export async function controlsOf(
  db: Kernel['db'],
  productId: string,
  key: string | null,
): Promise<ControlRow[]> {
  const only = key === null ? sql`true` : sql`c.key = ${key}`;
  const { rows } = await sql<ControlRow>`
    select c.id, c.key, c.title, c.state, c.revision, c.body,
      (select coalesce(json_agg(json_build_object('key', t.key, 'title', t.title, 'state', t.state) order by t.number), '[]')
        from link l join record t on t.id = l.to_id and t.kind = 'threat'
        where l.from_id = c.id and l.type = 'cuts' and l.ended_at is null) as cuts,
      (select coalesce(json_agg(json_build_object('key', q.key, 'title', q.title, 'state', q.state) order by q.number), '[]')
        from link l join record q on q.id = l.from_id and q.kind = 'requirement'
        where l.to_id = c.id and l.type = 'demands' and l.ended_at is null) as requirements,
      (select coalesce(json_agg(json_build_object('key', v.key, 'title', v.title, 'state', v.state, 'results',
          (select coalesce(json_agg(json_build_object('key', s.key, 'outcome', s.body->>'outcome', 'release', rel.key)
              order by s.number desc), '[]')
            from link o join record s on s.id = o.from_id and s.kind = 'result' and s.state <> 'withdrawn'
            left join link n on n.from_id = s.id and n.type = 'in' and n.ended_at is null
            left join record rel on rel.id = n.to_id
            where o.to_id = v.id and o.type = 'of' and o.ended_at is null)) order by v.number), '[]')
        from link l join record v on v.id = l.from_id and v.kind = 'verification' and v.state <> 'obsolete'
        where l.to_id = c.id and l.type = 'verifies' and l.ended_at is null) as verifications
    from record c where c.kind = 'control' and c.product_id = ${productId}::uuid and ${only}
    order by c.number limit 10000`.execute(db);
  return rows;
}
