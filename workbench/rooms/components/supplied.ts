// What a supplier supplies: components of the SBOMs in force whose supplier, as the SBOM or people of the house name it, is theirs.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readableProducts } from '../../kernel/people/roles.ts';
import { SUPPLEMENT } from './read-supplements.ts';
import './tables.ts';

export interface Supplied {
  readonly name: string;
  readonly versions: string[];
  readonly releases: { readonly key: string; readonly title: string }[];
  readonly support_level: string | null;
  /** The earliest day that is named; null where none is. */
  readonly end_of_support: string | null;
  /** How the supplier is written there. */
  readonly written: string;
}

// Legal forms say nothing of who it is: "Acme GmbH" and "ACME, Inc." are one house in two SBOMs.
const FORMS = '\\m(inc|llc|ltd|limited|gmbh|ag|sa|s\\.a|bv|b\\.v|co|corp|corporation|foundation|project)\\M';

/** A name as it is compared: lower case, without legal forms and punctuation. */
const plain = (text: ReturnType<typeof sql>) =>
  sql`trim(regexp_replace(regexp_replace(regexp_replace(lower(${text}), '^(organization|person): *', ''), ${FORMS}, ' ', 'g'), '[^[:alnum:]]+', ' ', 'g'))`;

/** By name of the supplier; an equal name is a proposal of a match, not a proof, so the page shows how it is written. */
export async function suppliedBy(
  db: Kernel['db'],
  principal: Principal,
  supplier: string,
): Promise<Supplied[]> {
  const products = readableProducts(principal);
  const { rows } = await sql<Supplied>`
    with held as (
      select c.name, coalesce(c.version, '') as version, r.key, r.title,
        coalesce(x.body->>'supplier', c.supplier) as supplier,
        coalesce(x.body->>'supportLevel', c.support_level) as support_level,
        coalesce(x.body->>'endOfSupport', c.end_of_support) as end_of_support
      from record r join sbom s on s.release_id = r.id and s.superseded_at is null join component c on c.sbom_id = s.id
      cross join lateral (select ${SUPPLEMENT} as body) x
      where r.kind = 'release' and r.state <> 'end-of-life'
        and ${products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`}
    )
    select name, array_agg(distinct version) filter (where version <> '') as versions,
      jsonb_agg(distinct jsonb_build_object('key', key, 'title', title)) as releases,
      min(support_level) as support_level, min(end_of_support) as end_of_support, min(supplier) as written
    from held where supplier is not null and ${plain(sql`supplier`)} = ${plain(sql`${supplier}::text`)}
    group by name order by lower(name) limit 5000`.execute(db);
  return rows.map((row) => ({ ...row, versions: row.versions ?? [] }));
}
