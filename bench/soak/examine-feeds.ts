// After a restart: what the feeds have brought, held against what Ward has said of them and what they have offered.
import type { Pool } from 'pg';
import type { Offered, SoakFeed } from './feed-world.ts';
import { SOAK_FEEDS } from './feed-world.ts';

export interface FeedExamination {
  readonly lost: string[];
  readonly doubled: string[];
  readonly torn: string[];
}

const HELD: Readonly<Record<SoakFeed, string>> = {
  'soak-osv': `select ext_id as id from advisory where ext_id like 'SOAK-%'`,
  'soak-nvd': `select ext_id as id from advisory where source = 'NVD'`,
  'soak-kev': 'select cve as id from kev_entry where removed_at is null',
  'soak-epss': 'select cve as id from epss_score',
  'soak-csaf': `select ext_id as id from advisory where ext_id like 'S-%'`,
};

// Each gives what is there more often than once; keys of the tables should make that impossible.
const DOUBLED: readonly string[] = [
  `select source || ' ' || ext_id as what from advisory group by source, ext_id having count(*) > 1`,
  `select 'match ' || advisory_id || ' ' || version_id as what from match group by advisory_id, version_id having count(*) > 1`,
  'select cve as what from epss_score group by cve having count(*) > 1',
  `select 'component ' || sbom_id || ' ' || ref as what from component group by sbom_id, ref having count(*) > 1`,
  `select 'affected of ' || advisory_id as what from affected group by advisory_id, package_id, scope, doc having count(*) > 1`,
];

const TORN: readonly string[] = [
  `select ext_id || ' names no package' as what from advisory a
    where (ext_id like 'SOAK-%' or source = 'NVD') and not exists (select 1 from affected f where f.advisory_id = a.id)`,
  `select ext_id || ' has no group of names' as what from advisory a
    where not exists (select 1 from alias_member m where m.ext_id = a.ext_id) and ext_id like 'SOAK-%'`,
];

// After all jobs: every version that a record of the run names in its range has its match, and coverage is what is there.
const UNMATCHED = `select a.ext_id || ' is not matched with ' || v.version as what
  from advisory a join affected f on f.advisory_id = a.id join component_version v on v.package_id = f.package_id
  where a.ext_id like 'SOAK-npm-%' and split_part(v.version, '.', 1)::int < 2
    and not exists (select 1 from match m where m.advisory_id = a.id and m.version_id = v.id and m.closed_at is null)`;
const COVERAGE = `select p.ecosystem || ' is said to be covered by ' || coalesce(c.records, 0) || ' records' as what
  from (select p.ecosystem, count(distinct f.advisory_id) as n from affected f join package p on p.id = f.package_id
    join advisory a on a.id = f.advisory_id where a.withdrawn is null and f.scope = '' group by 1) p
  left join coverage c on c.ecosystem = p.ecosystem where c.records is distinct from p.n`;

/** `last`: what has been offered in all, once every feed has come to its end; nothing may be missing or in excess then. */
export async function examineFeeds(
  pool: Pool,
  whole: ReadonlyMap<SoakFeed, ReadonlySet<string>>,
  last: Offered | null,
): Promise<FeedExamination> {
  const found: FeedExamination = { lost: [], doubled: [], torn: [] };
  const all = async (query: string) =>
    (await pool.query<{ what: string }>(`${query} limit 20`)).rows.map(({ what }) => what);
  for (const query of DOUBLED) found.doubled.push(...(await all(query)));
  for (const query of TORN) found.torn.push(...(await all(query)));
  for (const id of SOAK_FEEDS) {
    const promised = last?.[id] ?? whole.get(id);
    if (!promised) continue;
    const { rows } = await pool.query<{ id: string }>(HELD[id]);
    const held = new Set(rows.map((row) => row.id));
    if (held.size !== rows.length) found.doubled.push(`${id}: ${rows.length} rows for ${held.size} ids`);
    const missing = [...promised].filter((each) => !held.has(each));
    if (missing.length > 0) found.lost.push(`${id}: ${missing.length} missing, such as ${missing[0]}`);
    if (last && held.size !== promised.size)
      found.torn.push(`${id}: ${held.size} records where ${promised.size} were offered`);
  }
  if (last) for (const query of [UNMATCHED, COVERAGE]) found.torn.push(...(await all(query)));
  return found;
}
