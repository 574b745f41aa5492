// Every source's answer about one place of a release, *not affected* included, and which of them decides: so that a reader sees
// both ranges where they differ.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Affected, CpeConfiguration, PackageIdentity } from '../../knowledge/advisory.ts';
import {
  DECIDING_ECOSYSTEMS,
  decideSources,
  type SourceDecision,
  type SourceStatement,
} from '../../knowledge/matching/decide-sources.ts';
import { answersAbout } from '../../knowledge/matching/judge.ts';
import './tables.ts';

export interface WeighedSources extends SourceDecision {
  readonly statements: readonly SourceStatement[];
}

interface Row {
  readonly source: string;
  readonly ext_id: string;
  readonly doc: Affected;
  readonly configurations: CpeConfiguration[] | null;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
  readonly commit_id: string;
  readonly tied: boolean;
}

/** Null when no live record of the flaw names the component at all. Platforms are weighed by what is known of the release. */
export async function weighSources(
  db: Kernel['db'],
  releaseId: string,
  place: string,
  vulnerability: string,
): Promise<WeighedSources | null> {
  const { rows } = await sql<Row>`
    select distinct on (a.id, f.id, v.id) a.source, a.ext_id, f.doc, a.doc->'configurations' as configurations, p.ecosystem, p.name,
      v.version, v.scope, v.cpe, v.commit_id, i.tied
    from sbom s join component c on c.sbom_id = s.id and c.place = ${place}
    join component_identity i on i.component_id = c.id
    join component_version v on v.id = i.version_id join package p on p.id = v.package_id
    join affected f on f.package_id = p.id join advisory a on a.id = f.advisory_id and a.withdrawn is null
    join alias_member m on m.ext_id = a.ext_id
    join alias_member asked on asked.group_id = m.group_id and asked.ext_id = ${vulnerability}
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null limit 2000`.execute(db);
  if (rows.length === 0) return null;
  const { rows: around } = await sql<{ cpe: string; watched: boolean; wider: boolean }>`
    select coalesce(string_agg(distinct v.cpe, ' ') filter (where v.cpe <> ''), '') as cpe,
      coalesce(bool_or(c.place = ${place} and p.ecosystem = any(${[...DECIDING_ECOSYSTEMS]}::text[])
        and exists (select 1 from coverage co where co.ecosystem = p.ecosystem or co.ecosystem like p.ecosystem || ':%')), false) as watched,
      coalesce((select pr.body->>'safetyClass' = 'C' from record r join record pr on pr.id = r.product_id
        where r.id = ${releaseId}::uuid), false) as wider
    from sbom s join component c on c.sbom_id = s.id join component_identity i on i.component_id = c.id
    join component_version v on v.id = i.version_id join package p on p.id = v.package_id
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null`.execute(db);
  const { cpe, watched, wider } = around[0]!;
  const otherCpes = cpe.split(' ').filter(Boolean);
  const statements = rows.flatMap((row) => {
    const known = {
      source: row.source,
      id: row.ext_id,
      affected: row.doc,
      configurations: row.configurations ?? [],
      withdrawn: null,
    };
    return answersAbout(identityOf(row), [known], { otherCpes }).map(({ statement }) => statement);
  });
  const decision = decideSources(statements, {
    watchedByEcosystem: watched,
    when: wider ? 'wider' : 'ecosystem',
  });
  return { ...decision, statements };
}

const identityOf = (row: Row): PackageIdentity => ({
  ecosystem: row.ecosystem,
  name: row.name,
  scope: row.scope,
  version: row.version === '' ? null : row.version,
  from: row.cpe || `${row.ecosystem}:${row.name}`,
  cpe: row.cpe === '' ? null : row.cpe,
  commit: row.commit_id === '' ? null : row.commit_id,
  tied: row.tied,
});
