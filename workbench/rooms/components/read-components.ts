// Lists and trees of components, paged and filtered in the database.
import { type RawBuilder, sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SUPPLEMENT } from './read-supplements.ts';
import type { Supplement } from './supplement.ts';
import './tables.ts';

type Db = Kernel['db'];

export interface SbomRow {
  readonly id: string;
  readonly part: string;
  readonly file_name: string;
  readonly blob_hash: string;
  readonly size: string;
  readonly format: string;
  readonly spec_version: string;
  readonly serial_number: string | null;
  readonly created_text: string | null;
  readonly tools: string[];
  readonly warnings: { at: string; message: string }[];
  readonly component_count: number;
  readonly imported_at: Date;
  readonly imported_by: string | null;
  readonly superseded_at: Date | null;
}

/** All imports into a release, newest first; those without `superseded_at` are in force. */
export function sbomsOf(db: Db, releaseId: string): Promise<SbomRow[]> {
  return db
    .selectFrom('sbom')
    .select([
      'id',
      'part',
      'file_name',
      'blob_hash',
      'size',
      'format',
      'spec_version',
      'serial_number',
      'created_text',
      'tools',
      'warnings',
      'component_count',
      'imported_at',
      'imported_by',
      'superseded_at',
    ])
    .where('release_id', '=', releaseId)
    .orderBy('imported_at', 'desc')
    .limit(500)
    .execute();
}

export interface ComponentFilter {
  readonly text?: string | undefined;
  readonly watch?: 'watched' | 'not-watched' | undefined;
  readonly part?: string | undefined;
  readonly sort?: 'name' | 'version' | 'type' | 'findings' | undefined;
  readonly descending?: boolean | undefined;
}

export interface ComponentRow {
  readonly id: string;
  readonly part: string;
  readonly ref: string;
  readonly parent_ref: string | null;
  readonly type: string;
  readonly group_name: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly cpes: string[];
  readonly licences: string[];
  readonly supplier: string | null;
  readonly scope: string | null;
  readonly support_level: string | null;
  readonly end_of_support: string | null;
  readonly not_watched: string | null;
  readonly identity_note: string;
  readonly supplement: Supplement;
  readonly affected: number;
  readonly undetermined: number;
}

// A component that has an identity, but of an ecosystem that no imported record speaks of, is not watched either.
const NO_DATA = sql`(c.not_watched is null and not exists (
  select 1 from component_identity i join component_version v on v.id = i.version_id join package p on p.id = v.package_id
  join coverage k on (k.ecosystem = p.ecosystem and not (p.ecosystem = 'cpe' and v.scope <> ''))
    or (v.scope <> '' and p.ecosystem <> 'cpe' and starts_with(k.ecosystem, p.ecosystem || ':' || v.scope))
    or (v.scope = '' and starts_with(k.ecosystem, p.ecosystem || ':'))
  where i.component_id = c.id))`;

const MATCHES = (outcome: 'affected' | 'undetermined') => sql`(
  select count(distinct coalesce(am.group_id, -m.advisory_id))::int from component_identity i
  join match m on m.version_id = i.version_id and m.closed_at is null and m.outcome = ${outcome}
  join advisory a on a.id = m.advisory_id left join alias_member am on am.ext_id = a.ext_id
  where i.component_id = c.id)`;

export async function listComponents(
  db: Db,
  releaseId: string,
  filter: ComponentFilter,
  offset: number,
  limit: number,
) {
  const conditions = [sql`s.release_id = ${releaseId}::uuid`, sql`s.superseded_at is null`];
  if (filter.part !== undefined) conditions.push(sql`s.part = ${filter.part}`);
  if (filter.text) {
    const like = `%${filter.text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(
      sql`(lower(c.name) like ${like} or lower(coalesce(c.purl, '')) like ${like} or lower(coalesce(c.group_name, '')) like ${like} or lower(coalesce(c.supplier, '')) like ${like})`,
    );
  }
  if (filter.watch === 'watched') conditions.push(sql`c.not_watched is null and not ${NO_DATA}`);
  if (filter.watch === 'not-watched') conditions.push(sql`(c.not_watched is not null or ${NO_DATA})`);
  const where = sql.join(conditions, sql` and `);
  const sorts: Record<string, RawBuilder<unknown>> = {
    name: sql`lower(c.name)`,
    version: sql`c.version`,
    type: sql`c.type`,
    findings: MATCHES('affected'),
  };
  const order = sorts[filter.sort ?? 'name'] as RawBuilder<unknown>;
  const [{ rows }, counted] = await Promise.all([
    sql<ComponentRow>`
      select c.id, s.part, c.ref, c.parent_ref, c.type, c.group_name, c.name, c.version, c.purl, c.cpes, c.licences, c.supplier,
        c.scope, c.support_level, c.end_of_support, case when ${NO_DATA} then 'no-data' else c.not_watched end as not_watched,
        c.identity_note, ${SUPPLEMENT} as supplement, ${MATCHES('affected')} as affected, ${MATCHES('undetermined')} as undetermined
      from component c join sbom s on s.id = c.sbom_id join record r on r.id = s.release_id where ${where}
      order by ${order} ${filter.descending ? sql`desc` : sql`asc`} nulls last, c.id limit ${limit + 1} offset ${offset}`.execute(
      db,
    ),
    sql<{
      total: string;
    }>`select count(*) as total from component c join sbom s on s.id = c.sbom_id where ${where}`.execute(db),
  ]);
  return {
    items: rows.slice(0, limit),
    next: rows.length > limit ? offset + limit : null,
    total: Number(counted.rows[0]?.total ?? 0),
  };
}

export interface Coverage {
  readonly total: number;
  readonly watched: number;
  /** Reason → number of components; the sum with `watched` is the total. */
  readonly notWatched: Readonly<Record<string, number>>;
}

export async function coverageOf(db: Db, releaseId: string): Promise<Coverage> {
  const { rows } = await sql<{ reason: string | null; n: number }>`
    select case when ${NO_DATA} then 'no-data' else c.not_watched end as reason, count(*)::int as n
    from component c join sbom s on s.id = c.sbom_id
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null group by 1`.execute(db);
  const notWatched = Object.fromEntries(
    rows.filter((row) => row.reason !== null).map((row) => [row.reason as string, row.n]),
  );
  const watched = rows.find((row) => row.reason === null)?.n ?? 0;
  return { total: rows.reduce((sum, row) => sum + row.n, 0), watched, notWatched };
}

export interface TreeNode {
  readonly id: string;
  readonly ref: string;
  readonly name: string;
  readonly version: string | null;
  readonly type: string;
  readonly children: number;
  readonly affected: number;
  readonly notWatched: string | null;
}

const CHILD_LIMIT = 1_000;

/**
 * Children of a node in the dependency graph (or nested ones); without a ref the roots: what nothing else depends on.
 * Read level by level, so that cycles and shared parts cost nothing.
 */
export async function treeLevel(
  db: Db,
  releaseId: string,
  part: string,
  ref: string | null,
): Promise<TreeNode[]> {
  const below =
    ref === null
      ? sql`c.parent_ref is null and not exists (select 1 from component_dependency d join component f on f.sbom_id = d.sbom_id and f.ref = d.from_ref
        where d.sbom_id = c.sbom_id and d.to_ref = c.ref and d.from_ref <> c.ref)`
      : sql`(c.parent_ref = ${ref} or exists (select 1 from component_dependency d where d.sbom_id = c.sbom_id and d.from_ref = ${ref} and d.to_ref = c.ref))`;
  const { rows } = await sql<Omit<TreeNode, 'notWatched'> & { not_watched: string | null }>`
    select c.id, c.ref, c.name, c.version, c.type, c.not_watched, ${MATCHES('affected')} as affected,
      ((select count(*) from component_dependency d where d.sbom_id = c.sbom_id and d.from_ref = c.ref and d.to_ref <> c.ref)
       + (select count(*) from component n where n.sbom_id = c.sbom_id and n.parent_ref = c.ref))::int as children
    from component c join sbom s on s.id = c.sbom_id
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null and s.part = ${part} and ${below}
    order by lower(c.name), c.version limit ${CHILD_LIMIT}`.execute(db);
  return rows.map(({ not_watched, ...node }) => ({ ...node, notWatched: not_watched }));
}
