// Whose risks something may touch: the products behind entries of the ledger, advisories, ids of flaws and releases. Only those
// that have risks.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Entry } from '../../kernel/notifications/follow-ledger.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/**
 * Kinds whose changes a judgement rests on; the rooms of some come later. And risks themselves: what moved while one was judged is
 * seen by the look that follows.
 */
const PREMISES = ['harm', 'threat', 'control', 'finding', 'plan', 'system-model', 'risk'];
const ACTS = ['record.created', 'record.edited', 'record.transitioned'];

const hasRisks = sql`exists (select 1 from record k where k.kind = 'risk' and k.product_id = r.product_id)`;

export async function productsOfEntries(db: Db, entries: readonly Entry[]): Promise<string[]> {
  const ids = entries.flatMap(({ action, record }) => (ACTS.includes(action) && record ? [record] : []));
  if (ids.length === 0) return [];
  return productsIn(
    db,
    sql`select distinct r.product_id from record r where r.id = any(${[...new Set(ids)]}::uuid[])
      and r.kind = any(${PREMISES}::text[]) and ${hasRisks}`,
  );
}

/** What an event of the knowledge or of a release names. */
export interface Touched {
  readonly release?: string;
  /** Advisories that changed. */
  readonly advisories?: readonly number[];
  /** Ids of flaws of which something became known. */
  readonly ids?: readonly string[];
}

/** Where one of the flaws is found in a component, or is what a finding of a person names. */
export async function productsTouched(
  db: Db,
  { release, advisories = [], ids = [] }: Touched,
): Promise<string[]> {
  if (release !== undefined)
    return productsIn(
      db,
      sql`select r.product_id from record r where r.id = ${release}::uuid and ${hasRisks}`,
    );
  if (advisories.length + ids.length === 0) return [];
  return productsIn(
    db,
    sql`
    with named as (
      select a.ext_id from advisory a where a.id = any(${[...advisories]}::int[]) union select unnest(${[...ids]}::text[])
    ), flaw as materialized (
      select o.ext_id from named n join alias_member m on m.ext_id = n.ext_id join alias_member o on o.group_id = m.group_id
      union select ext_id from named
    ), touched as materialized (
      select a.id from flaw f join advisory a on a.ext_id = f.ext_id
      union select u.advisory_id from named n join advisory_upstream u on u.ext_id = n.ext_id
    )
    select r.product_id from touched t join match m on m.advisory_id = t.id and m.closed_at is null
      join component_identity i on i.version_id = m.version_id join sbom s on s.id = i.sbom_id and s.superseded_at is null
      join record r on r.id = s.release_id where ${hasRisks}
    union
    select r.product_id from flaw f join record r on r.kind = 'finding' and r.body->>'vulnerability' = f.ext_id where ${hasRisks}`,
  );
}

export async function productsWithRisks(db: Db): Promise<string[]> {
  return productsIn(db, sql`select distinct r.product_id from record r where r.kind = 'risk'`);
}

async function productsIn(db: Db, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await sql<{ product_id: string | null }>`${query} order by 1`.execute(db);
  return rows.flatMap(({ product_id }) => product_id ?? []);
}
