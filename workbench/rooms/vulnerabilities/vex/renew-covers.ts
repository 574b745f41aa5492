// Which component versions and releases the references of VEX documents speak of. Found for a new document over everything in use,
// for a new SBOM over every document; never anew for what is known.
import { type RawBuilder, sql } from 'kysely';
import type { Unit } from '../../../kernel/records/records.ts';
import type { Affected, PackageIdentity } from '../../../knowledge/advisory.ts';
import type { VexRef } from './statement.ts';
import { coverByName, coverOf, type HouseRelease, houseReleases } from './targets.ts';
import './tables.ts';

type Db = Unit['db'];

interface Candidate {
  readonly ref_id: string;
  readonly version_id: number;
  readonly affected: Affected | null;
  readonly ref: VexRef;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
  readonly commit_id: string;
}

export type CoverScope = { readonly document: string } | { readonly release: string };

export async function renewCovers(db: Db, scope: CoverScope): Promise<void> {
  const refs = 'document' in scope ? sql`r.document_id = ${scope.document}::uuid` : sql`true`;
  const versions =
    'release' in scope
      ? sql`v.id in (select i.version_id from sbom b join component_identity i on i.sbom_id = b.id
          where b.release_id = ${scope.release}::uuid and b.superseded_at is null)`
      : sql`true`;
  const columns = sql`r.id as ref_id, v.id as version_id, r.doc as ref, p.ecosystem, p.name, v.version, v.scope, v.cpe, v.commit_id`;
  const identified = await sql<Candidate>`
    select ${columns}, t.affected from vex_ref r join vex_target t on t.ref_id = r.id
    join package p on p.ecosystem = t.ecosystem and p.name = t.name join component_version v on v.package_id = p.id
    where ${refs} and ${versions}`.execute(db);
  const named = await sql<Candidate>`
    select distinct on (r.id, v.id) ${columns}, null::jsonb as affected from vex_ref r
    join component c on lower(c.name) = r.by_name join component_identity i on i.component_id = c.id
    join component_version v on v.id = i.version_id join package p on p.id = v.package_id
    where r.by_name is not null and ${refs} and ${versions}`.execute(db);
  await store(db, [...identified.rows, ...named.rows]);
  await renewReleases(db, refs, 'release' in scope ? sql`r.id = ${scope.release}::uuid` : sql`true`);
}

async function store(db: Db, candidates: readonly Candidate[]): Promise<void> {
  const found = new Map<
    string,
    { ref: string; version: number; outcome: 'covers' | 'may'; by_name: boolean }
  >();
  for (const row of candidates) {
    const identity: PackageIdentity = {
      ecosystem: row.ecosystem,
      name: row.name,
      scope: row.scope,
      version: row.version === '' ? null : row.version,
      from: row.cpe || `${row.ecosystem}:${row.name}`,
      cpe: row.cpe === '' ? null : row.cpe,
      commit: row.commit_id === '' ? null : row.commit_id,
    };
    const outcome = row.affected ? coverOf(identity, row.affected) : coverByName(identity, row.ref);
    if (outcome === null) continue;
    const key = `${row.ref_id} ${row.version_id}`;
    if (found.get(key)?.outcome === 'covers') continue;
    found.set(key, { ref: row.ref_id, version: row.version_id, outcome, by_name: row.affected === null });
  }
  if (found.size === 0) return;
  await sql`insert into vex_cover (ref_id, version_id, outcome, by_name)
    select r.ref, r.version, r.outcome, r.by_name
    from jsonb_to_recordset(${JSON.stringify([...found.values()])}::jsonb) as r(ref bigint, version int, outcome text, by_name boolean)
    on conflict do nothing`.execute(db);
}

/** Releases whose name is another one by now are no longer meant. */
async function renewReleases(
  db: Db,
  refs: RawBuilder<unknown>,
  releases: RawBuilder<unknown>,
): Promise<void> {
  const { rows: house } = await sql<HouseRelease>`
    select r.id, r.body->>'name' as name, r.body->>'version' as version, p.body->>'name' as product
    from record r join record p on p.id = r.product_id where r.kind = 'release' and ${releases}`.execute(db);
  const { rows } = await sql<{ id: string; doc: VexRef }>`
    select r.id, r.doc from vex_ref r where ${refs}`.execute(db);
  const find = houseReleases(house);
  const pairs = rows.flatMap(({ id, doc }) => find(doc).map((release) => ({ ref: id, release: release.id })));
  const meant = sql`jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as m(ref bigint, release uuid)`;
  await sql`delete from vex_release x using vex_ref r where r.id = x.ref_id and ${refs}
    and x.release_id = any(${house.map(({ id }) => id)}::uuid[])
    and not exists (select 1 from ${meant} where m.ref = x.ref_id and m.release = x.release_id)`.execute(db);
  if (pairs.length === 0) return;
  await sql`insert into vex_release (ref_id, release_id) select m.ref, m.release from ${meant} on conflict do nothing`.execute(
    db,
  );
}
