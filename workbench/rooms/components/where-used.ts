// From a name to the releases that hold it: the first question of every Monday morning with a new flaw.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readableProducts } from '../../kernel/people/roles.ts';
import './tables.ts';

export interface WhereUsed {
  readonly release_id: string;
  readonly release_key: string;
  readonly release_title: string;
  readonly product_id: string | null;
  readonly ecosystem: string;
  readonly name: string;
  readonly versions: string[];
}

/** Packages and versions are few however many releases there are, so they are found first. */
const MAX_PACKAGES = 1_000;

/**
 * Releases whose SBOMs in force hold the package. A name may be whole (`org.acme:core`) or its last part (`core`); a version
 * `2.14` also means 2.14.1.
 */
export async function whereUsed(
  db: Kernel['db'],
  principal: Principal,
  name: string,
  version: string | null,
  limit = 20_000,
): Promise<WhereUsed[]> {
  const quoted = (text: string) => text.toLowerCase().replace(/[\\%_]/g, '\\$&');
  const products = readableProducts(principal);
  const { rows } = await sql<WhereUsed>`
    with named as materialized (
      select id, ecosystem, name from package where lower(name) = ${name.toLowerCase()}
        or lower(name) like ${`%:${quoted(name)}`} or lower(name) like ${`%/${quoted(name)}`} limit ${MAX_PACKAGES}
    ), meant as materialized (
      select v.id, v.version, n.ecosystem, n.name from named n join component_version v on v.package_id = n.id
      where ${version === null ? sql`true` : sql`(v.version = ${version} or v.version like ${`${quoted(version)}.%`})`}
    )
    select r.id as release_id, r.key as release_key, r.title as release_title, r.product_id, m.ecosystem, m.name,
      array_agg(distinct m.version) as versions
    from meant m join component_identity i on i.version_id = m.id
    join sbom s on s.id = i.sbom_id and s.superseded_at is null
    join record r on r.id = s.release_id
    where ${products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`}
    group by r.id, r.key, r.title, r.product_id, m.ecosystem, m.name
    order by r.key, m.name limit ${limit}`.execute(db);
  return rows;
}
