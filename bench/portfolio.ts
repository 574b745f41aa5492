// A portfolio of any size, made inside the database: releases with SBOMs of 500 components each, whose versions are shared as in
// life (few are everywhere, most are rare). Loaded past the program, because 5 million rows through an import would take an hour.
import type { Pool } from 'pg';
import { seeded } from './generate.ts';

export const PACKAGES = 100_000;
const VERSIONS = 300_000;
export const COMPONENTS = 500;

/** Indexes that are cheaper to build at once than to keep while rows come in. */
const INDEXES: Readonly<Record<string, string>> = {
  component_sbom_place: 'component (sbom_id, place)',
  component_sbom_name: 'component (sbom_id, lower(name))',
  component_identity_component: 'component_identity (component_id)',
  component_identity_sbom: 'component_identity (sbom_id, version_id)',
};

/** Packages and versions, each once. Version numbers are those of the rows: 1.0.0 to 9.19.19. */
export async function loadVersions(pool: Pool): Promise<void> {
  await pool.query(
    `insert into package (ecosystem, name) select 'Maven', 'org.sample:part-' || n from generate_series(1, ${PACKAGES}) n`,
  );
  await pool.query(
    `insert into package (ecosystem, name) values ('Maven', 'org.apache.logging.log4j:log4j-core')`,
  );
  await pool.query(`insert into component_version (package_id, version, scope, cpe, commit_id)
    select p.id, 1 + v || '.' || (p.id * 7 + v * 3) % 20 || '.' || (p.id + v) % 20, '', '', ''
    from package p cross join generate_series(0, ${VERSIONS / PACKAGES - 1}) v
    where p.name <> 'org.apache.logging.log4j:log4j-core'`);
  await pool.query(`insert into component_version (package_id, version, scope, cpe, commit_id)
    select id, v, '', '', '' from package cross join unnest(array['2.14.0', '2.14.1', '2.17.1']) v
    where name = 'org.apache.logging.log4j:log4j-core'`);
}

/** Releases `from + 1` to `to`, each with one SBOM; one in fifty holds a log4j-core. */
export async function loadReleases(pool: Pool, from: number, to: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set synchronous_commit = off');
    // Every row is made of rows that are there: references need no check.
    await client.query('set session_replication_role = replica');
    await client.query("set maintenance_work_mem = '256MB'");
    for (const name of Object.keys(INDEXES)) await client.query(`drop index if exists ${name}`);
    await client.query(`insert into record (id, kind, number, key, revision, state, title, body, created_at, updated_at)
      select gen_random_uuid(), 'release', 1000000 + n, 'REL-' || 1000000 + n, 1, 'released', 'Release ' || n, '{}', now(), now()
      from generate_series(${from + 1}, ${to}) n`);
    await client.query(`insert into sbom (id, release_id, part, blob_hash, size, file_name, format, spec_version, tools, warnings,
        component_count, watched_count, imported_at)
      select gen_random_uuid(), id, '', '', 0, 'sample', 'CycloneDX', '1.6', '[]', '[]', ${COMPONENTS}, ${COMPONENTS}, now()
      from record where kind = 'release' and number > ${1_000_000 + from} and number <= ${1_000_000 + to}`);
    // The id of the version stands in the reference, so that the occurrence is written without a look-up.
    await client.query(`insert into component (sbom_id, position, ref, type, name, purl, cpes, licences, identity_note, place, detail)
      select s.id, n, case when n = 0 and r.number % 50 = 0 then (select max(id) from component_version) - r.number / 50 % 3
          else 1 + floor(${VERSIONS} * power(random(), 3))::int end::text,
        'library', 'part', null, '{}', '{}', '', 'p', '{}'
      from record r join sbom s on s.release_id = r.id cross join generate_series(0, ${COMPONENTS - 1}) n
      where r.kind = 'release' and r.number > ${1_000_000 + from} and r.number <= ${1_000_000 + to}`);
    await client.query(`insert into component_identity (version_id, component_id, sbom_id, place)
      select c.ref::int, c.id, c.sbom_id, c.place
      from component c join sbom s on s.id = c.sbom_id join record r on r.id = s.release_id
      where r.number > ${1_000_000 + from} and r.number <= ${1_000_000 + to} order by 1, 2`);
    for (const [name, on] of Object.entries(INDEXES)) await client.query(`create index ${name} on ${on}`);
    await client.query('analyze');
  } finally {
    await client.query('reset all').catch(() => undefined);
    client.release();
  }
}

/** A delta as a day of OSV brings it: each record about two packages. */
export function advisoryDelta(count: number, seed: number): unknown[] {
  const random = seeded(seed);
  const affected = () => ({
    package: { ecosystem: 'Maven', name: `org.sample:part-${1 + Math.floor(random() * PACKAGES)}` },
    ranges: [
      {
        type: 'ECOSYSTEM',
        events: [
          { introduced: '0' },
          { fixed: `${2 + Math.floor(random() * 5)}.${Math.floor(random() * 20)}.0` },
        ],
      },
    ],
  });
  return Array.from({ length: count }, (_, index) => ({
    schema_version: '1.6.0',
    id: `DELTA-${seed}-${index}`,
    aliases: [`CVE-2099-${seed * 10_000 + index}`],
    modified: '2026-11-01T00:00:00Z',
    summary: `Sample flaw ${index} of delta ${seed}`,
    affected: [affected(), affected()],
  }));
}
