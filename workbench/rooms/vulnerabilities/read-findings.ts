// Findings as they follow from the facts: components of the SBOMs in force, open matches, alias groups; joined with what
// people decided. Nothing is stored for a finding until somebody decides.
import { type RawBuilder, sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readableProducts } from '../../kernel/people/roles.ts';
import type { MatchExplanation } from '../../knowledge/advisory.ts';
import { decidedOutcome } from './decided-outcome.ts';
import type { Evidence } from './evidence.ts';
import './tables.ts';

type Db = Kernel['db'];

export interface FindingFilter {
  readonly releaseId?: string | undefined;
  readonly productId?: string | undefined;
  readonly levels?: readonly string[] | undefined;
  /** `undecided` or states of the finding record. */
  readonly states?: readonly string[] | undefined;
  readonly outcome?: 'affected' | 'undetermined' | undefined;
  readonly text?: string | undefined;
  readonly sort?: 'severity' | 'vulnerability' | 'component' | 'first-seen' | undefined;
  readonly descending?: boolean | undefined;
}

export interface FindingRow {
  readonly release_id: string;
  readonly release_key: string;
  readonly release_title: string;
  readonly product_id: string;
  readonly group_id: number;
  readonly vulnerability: string;
  readonly ids: string[];
  readonly place: string;
  readonly component: string;
  readonly versions: string[];
  readonly purl: string | null;
  readonly summary: string;
  readonly score: number | null;
  readonly level: string;
  readonly outcome: 'affected' | 'undetermined';
  readonly fixed: string[];
  readonly first_seen: Date;
  readonly finding_id: string | null;
  readonly finding_key: string | null;
  readonly finding_state: string | null;
  readonly assessment_id: string | null;
  readonly assessment_key: string | null;
  readonly assessment_state: string | null;
  readonly assessment_status: string | null;
}

const RANK = sql`case level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 when 'unknown' then 1 else 0 end`;

/** The derived findings as a relation; `scope` limits the releases and `place` the components before anything is joined. */
function derived(scope: RawBuilder<unknown>, place: RawBuilder<unknown> = sql`true`) {
  return sql`
    with rel as (select id, key, title, product_id from record r where r.kind = 'release' and ${scope}),
    hit as (
      select rel.id as release_id, am.group_id, c.id as component_id, c.place, c.name, c.version, c.purl, a.ext_id, a.source, a.summary,
        a.score, a.level, coalesce(pv.outcome, m.outcome) as outcome, coalesce(pv.why, m.why) as why, m.first_seen, i.tied,
        m.why->>'criteria' is not null as by_product
      from rel join sbom s on s.release_id = rel.id and s.superseded_at is null
      join component_identity i on i.sbom_id = s.id
      join match m on m.version_id = i.version_id and m.closed_at is null
      join component c on c.id = i.component_id and ${place}
      join advisory a on a.id = m.advisory_id
      join alias_member am on am.ext_id = a.ext_id
      left join platform_verdict pv on pv.release_id = rel.id and pv.advisory_id = m.advisory_id and pv.version_id = m.version_id
      where pv.outcome is distinct from 'not-affected'
    ),
    found as (
      select release_id, group_id, place, min(name) as component,
        array_agg(distinct coalesce(version, '')) as versions, min(purl) as purl, array_agg(distinct ext_id) as ids,
        (array_agg(summary order by (source = 'NVD'), length(summary) desc))[1] as summary,
        max(score) as score,
        (array_agg(level order by ${RANK} desc))[1] as level,
        bool_or(outcome = 'affected' and not by_product) as package_hit, bool_or(not by_product) as package_speaks,
        bool_or(outcome = 'affected' and by_product) as product_hit,
        bool_or(outcome = 'affected' and by_product and tied) as tied_hit, array_agg(distinct component_id) as component_ids,
        (select coalesce(array_agg(distinct f), '{}') from jsonb_array_elements(jsonb_agg(why)) w, jsonb_array_elements_text(w->'fixed') f) as fixed,
        min(first_seen) as first_seen
      from hit group by release_id, group_id, place
    )
    select f.*, o.outcome, rel.key as release_key, rel.title as release_title, rel.product_id, g.preferred as vulnerability,
      d.id as finding_id, d.key as finding_key, d.state as finding_state,
      e.id as assessment_id, e.key as assessment_key, e.state as assessment_state, e.body->>'status' as assessment_status
    from found f join rel on rel.id = f.release_id
    cross join lateral (${decidedOutcome}) o
    join alias_group g on g.id = f.group_id
    left join lateral (
      select r.id, r.key, r.state from finding_place fp join alias_member am on am.ext_id = fp.ext_id
      join record r on r.id = fp.finding_id
      where fp.release_id = f.release_id and fp.place = f.place and am.group_id = f.group_id
      order by r.number desc limit 1
    ) d on true
    left join lateral (
      select r.id, r.key, r.state, r.body from link l join record r on r.id = l.from_id
      where l.type = 'judges' and l.to_id = d.id and l.ended_at is null and r.state <> 'closed'
      order by r.number desc limit 1
    ) e on true
    where o.outcome <> 'not-affected'`;
}

function scopeOf(filter: FindingFilter, principal: Principal): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [];
  if (filter.releaseId) parts.push(sql`r.id = ${filter.releaseId}::uuid`);
  else parts.push(sql`r.state <> 'end-of-life'`);
  if (filter.productId) parts.push(sql`r.product_id = ${filter.productId}::uuid`);
  const products = readableProducts(principal);
  if (products !== 'all') parts.push(sql`r.product_id = any(${[...products]}::uuid[])`);
  return sql.join(parts, sql` and `);
}

export interface FindingPage {
  readonly items: readonly FindingRow[];
  readonly next: number | null;
  readonly total: number;
  /** Counts over the filtered whole. */
  readonly byLevel: Readonly<Record<string, number>>;
  readonly undecided: number;
}

export async function listFindings(
  db: Db,
  principal: Principal,
  filter: FindingFilter,
  offset: number,
  limit: number,
): Promise<FindingPage> {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (filter.levels?.length) conditions.push(sql`level = any(${[...filter.levels]}::text[])`);
  if (filter.outcome) conditions.push(sql`outcome = ${filter.outcome}`);
  if (filter.states?.length)
    conditions.push(
      sql`coalesce(case when finding_state in ('new', 'in-triage') then 'undecided' else finding_state end, 'undecided') = any(${[...filter.states]}::text[])`,
    );
  if (filter.text) {
    const like = `%${filter.text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(
      sql`(lower(vulnerability) like ${like} or lower(array_to_string(ids, ' ')) like ${like} or lower(component) like ${like} or lower(summary) like ${like} or lower(coalesce(purl, '')) like ${like})`,
    );
  }
  const orders: Record<string, RawBuilder<unknown>> = {
    severity: sql`${RANK} desc, score desc nulls last, vulnerability`,
    vulnerability: sql`vulnerability`,
    component: sql`lower(component), vulnerability`,
    'first-seen': sql`first_seen desc, vulnerability`,
  };
  const order = orders[filter.sort ?? 'severity'] as RawBuilder<unknown>;
  const where = sql.join(conditions, sql` and `);
  const [{ rows }, counts] = await Promise.all([
    sql<FindingRow>`select * from (${derived(scopeOf(filter, principal))}) x where ${where} order by ${order}, release_key, place limit ${limit + 1} offset ${offset}`.execute(
      db,
    ),
    sql<{ level: string; n: number; undecided: number }>`select level, count(*)::int as n,
        (count(*) filter (where finding_state is null or finding_state in ('new', 'in-triage')))::int as undecided
      from (${derived(scopeOf(filter, principal))}) x where ${where} group by level`.execute(db),
  ]);
  return {
    items: rows.slice(0, limit),
    next: rows.length > limit ? offset + limit : null,
    total: counts.rows.reduce((sum, row) => sum + row.n, 0),
    byLevel: Object.fromEntries(counts.rows.map((row) => [row.level, row.n])),
    undecided: counts.rows.reduce((sum, row) => sum + row.undecided, 0),
  };
}

export interface Statement {
  readonly source: string;
  readonly ext_id: string;
  readonly summary: string;
  readonly doc: {
    details?: string;
    references?: { type: string; url: string }[];
    severities?: { type: string; vector: string; score: number | null; by: string }[];
    cwes?: string[];
    published?: string | null;
  };
  readonly modified: Date;
  readonly derived: boolean;
  readonly score: number | null;
  readonly level: string;
  readonly outcome: 'affected' | 'undetermined';
  readonly why: MatchExplanation;
  readonly component: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly ref: string;
  readonly part: string;
  readonly first_seen: Date;
}

/** Every statement of every source about one place of a release; the whole explanation of a finding. */
export async function statementsOf(
  db: Db,
  releaseId: string,
  place: string,
  vulnerability: string,
): Promise<Statement[]> {
  const { rows } = await sql<Statement>`
    select a.source, a.ext_id, a.summary, a.doc, a.modified, a.derived, a.score, a.level, coalesce(pv.outcome, m.outcome) as outcome,
      coalesce(pv.why, m.why) as why, m.first_seen, c.name as component, c.version, c.purl, c.ref, s.part
    from alias_member asked join alias_member am on am.group_id = asked.group_id
    join advisory a on a.ext_id = am.ext_id
    join match m on m.advisory_id = a.id and m.closed_at is null
    join component_identity i on i.version_id = m.version_id
    join sbom s on s.id = i.sbom_id and s.release_id = ${releaseId}::uuid and s.superseded_at is null
    join component c on c.id = i.component_id and c.place = ${place}
    left join platform_verdict pv on pv.release_id = s.release_id and pv.advisory_id = m.advisory_id and pv.version_id = m.version_id
    where asked.ext_id = ${vulnerability} and pv.outcome is distinct from 'not-affected'
    order by (coalesce(pv.outcome, m.outcome) = 'affected') desc, (a.source = 'NVD'), a.ext_id limit 500`.execute(
    db,
  );
  return rows;
}

/** The evidence as it stands now; null when nothing matches. Aliases count although their records do not match. */
export async function evidenceNow(
  db: Db,
  releaseId: string,
  place: string,
  vulnerability: string,
): Promise<Evidence | null> {
  const statements = await statementsOf(db, releaseId, place, vulnerability);
  if (statements.length === 0) return null;
  // Statements that another source overrules make no finding.
  const { rows: found } =
    await sql`select 1 from (${derived(sql`r.id = ${releaseId}::uuid`, sql`c.place = ${place}`)}) x
    where group_id = (select group_id from alias_member where ext_id = ${vulnerability})`.execute(db);
  if (found.length === 0) return null;
  const { rows: ids } = await sql<{ ext_id: string }>`
    select b.ext_id from alias_member a join alias_member b on b.group_id = a.group_id where a.ext_id = ${vulnerability} order by 1`.execute(
    db,
  );
  const levels = ['unknown', 'none', 'low', 'medium', 'high', 'critical'];
  const unique = new Map(
    statements.map((s) => [
      `${s.source}\u0000${s.ext_id}\u0000${s.why.range}\u0000${s.outcome}`,
      { source: s.source, id: s.ext_id, outcome: s.outcome, range: s.why.range, fixed: [...s.why.fixed] },
    ]),
  );
  return {
    ids: ids.map((row) => row.ext_id),
    versions: [...new Set(statements.map((s) => s.version ?? ''))].sort(),
    statements: [...unique.values()].sort((a, b) =>
      `${a.source}${a.id}${a.range}` < `${b.source}${b.id}${b.range}` ? -1 : 1,
    ),
    level:
      statements.map((s) => s.level).sort((a, b) => levels.indexOf(b) - levels.indexOf(a))[0] ?? 'unknown',
  };
}

const PATH_LEVELS = 64;
const PATH_PARTS = 20_000;

/**
 * Ways from the roots to a component in the dependency graph, the shortest first, five at most. Breadth first from the
 * component upwards, each part once: the work grows with the graph and not with the number of ways.
 */
export async function pathsTo(db: Db, releaseId: string, part: string, ref: string): Promise<string[][]> {
  const towards = new Map<string, string | null>([[ref, null]]);
  const roots: string[] = [];
  let frontier = [ref];
  for (let level = 0; level < PATH_LEVELS && frontier.length > 0 && towards.size < PATH_PARTS; level += 1) {
    const { rows } = await sql<{ from_ref: string; to_ref: string }>`
      select d.from_ref, d.to_ref from sbom s join component_dependency d on d.sbom_id = s.id
      where s.release_id = ${releaseId}::uuid and s.part = ${part} and s.superseded_at is null
        and d.to_ref = any(${frontier}::text[]) and d.from_ref <> d.to_ref order by 1, 2`.execute(db);
    const used = new Set(rows.map((row) => row.to_ref));
    roots.push(...frontier.filter((one) => !used.has(one)));
    if (roots.length >= 5) break;
    const next: string[] = [];
    for (const { from_ref, to_ref } of rows) {
      if (towards.has(from_ref)) continue;
      towards.set(from_ref, to_ref);
      next.push(from_ref);
    }
    frontier = next;
  }
  return roots.slice(0, 5).map((root) => {
    const path: string[] = [];
    for (let at: string | null | undefined = root; at; at = towards.get(at)) path.push(at);
    return path;
  });
}
