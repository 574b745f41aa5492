// One finding whole: what every source says of a place in a release, the evidence of a decision, the ways through the
// dependency graph.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { MatchExplanation } from '../../knowledge/advisory.ts';
import { epssBand } from '../../knowledge/signals/epss.ts';
import { findingRelations, RANKS } from './derive-findings.ts';
import { type Evidence, wordPrints } from './evidence.ts';
import './tables.ts';

type Db = Kernel['db'];

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
  /** Speaks of a product (CPE) and not of the package itself. */
  readonly by_product: boolean;
}

/**
 * Every statement of every source about one place of a release; the whole explanation of a finding. The occurrences are looked up
 * first, and by themselves: nine tables in one join take the planner twenty times as long as the rows take.
 */
export async function statementsOf(
  db: Db,
  releaseId: string,
  place: string,
  vulnerability: string,
): Promise<Statement[]> {
  const { rows } = await sql<Statement>`
    with here as materialized (
      select i.version_id, c.name as component, c.version, c.purl, c.ref, s.part
      from sbom s join component c on c.sbom_id = s.id and c.place = ${place} join component_identity i on i.component_id = c.id
      where s.release_id = ${releaseId}::uuid and s.superseded_at is null
    ),
    flaw as materialized (
      select a.id, a.source, a.ext_id, a.summary, a.doc, a.modified, a.derived, a.score, a.level
      from alias_member am join advisory a on a.ext_id = am.ext_id
      where am.group_id = (select group_id from alias_member where ext_id = ${vulnerability})
    )
    select a.source, a.ext_id, a.summary, a.doc, a.modified, a.derived, a.score, a.level, coalesce(pv.outcome, m.outcome) as outcome,
      coalesce(pv.why, m.why) as why, m.first_seen, c.component, c.version, c.purl, c.ref, c.part, m.by_product
    from flaw a join here c on true join match m on m.advisory_id = a.id and m.version_id = c.version_id and m.closed_at is null
    left join platform_verdict pv on pv.release_id = ${releaseId}::uuid and pv.advisory_id = m.advisory_id and pv.version_id = m.version_id
    where pv.outcome is distinct from 'not-affected'
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
  return evidenceFrom(
    db,
    releaseId,
    place,
    vulnerability,
    await statementsOf(db, releaseId, place, vulnerability),
  );
}

/** The same from the statements, where they are read already. */
export async function evidenceFrom(
  db: Db,
  releaseId: string,
  place: string,
  vulnerability: string,
  statements: readonly Statement[],
): Promise<Evidence | null> {
  if (statements.length === 0) return null;
  // A statement about the package itself always makes a finding; those about a product may be overruled, which the whole
  // derivation knows (`decidedOutcome`). Planning it costs more than all else here.
  if (statements.every((statement) => statement.by_product)) {
    const { rows: found } = await sql`
      with ${findingRelations({ releases: sql`r.id = ${releaseId}::uuid`, narrow: true, components: sql`i.place = ${place}` })}
      select 1 from finding where group_id = (select group_id from alias_member where ext_id = ${vulnerability})`.execute(
      db,
    );
    if (found.length === 0) return null;
  }
  // `own`: an id of the flaw; the others are flaws that its records pass on, whose signs are signs of it.
  const { rows: names } = await sql<{ ext_id: string; own: boolean; epss: number | null; kev: boolean }>`
    with asked as (select group_id from alias_member where ext_id = ${vulnerability}),
    name as (
      select am.ext_id, true as own from alias_member am join asked using (group_id)
      union
      select u.ext_id, false from alias_member am join asked using (group_id) join advisory a on a.ext_id = am.ext_id
        join advisory_upstream u on u.advisory_id = a.id
    )
    select n.ext_id, n.own, s.score as epss, k.cve is not null as kev
    from name n left join epss_score s on s.cve = n.ext_id left join kev_entry k on k.cve = n.ext_id and k.removed_at is null
    order by 1`.execute(db);
  const ids = names.filter((row) => row.own);
  const scores = names.flatMap(({ epss }) => epss ?? []);
  const unique = new Map(
    statements.map((s) => [
      `${s.source}\u0000${s.ext_id}\u0000${s.why.range}\u0000${s.outcome}`,
      { source: s.source, id: s.ext_id, outcome: s.outcome, range: s.why.range, fixed: [...s.why.fixed] },
    ]),
  );
  const records = new Map(statements.map((s) => [`${s.source} ${s.ext_id}`, s]));
  return {
    ids: ids.map((row) => row.ext_id),
    versions: [...new Set(statements.map((s) => s.version ?? ''))].sort(),
    statements: [...unique.values()].sort((a, b) =>
      `${a.source}${a.id}${a.range}` < `${b.source}${b.id}${b.range}` ? -1 : 1,
    ),
    level:
      statements
        .map((s) => s.level)
        .sort((a, b) => RANKS.indexOf(b as never) - RANKS.indexOf(a as never))[0] ?? 'unknown',
    kev: names.some((row) => row.kev),
    epssBand: scores.length === 0 ? null : epssBand(Math.max(...scores)),
    exploits: [...records.values()]
      .flatMap((s) => s.doc.references ?? [])
      .filter((reference) => reference.type === 'EXPLOIT')
      .map((reference) => reference.url)
      .sort()
      .slice(0, 100),
    words: Object.fromEntries(
      [...records].map(([id, s]) => [id, wordPrints(`${s.summary}\n${s.doc.details ?? ''}`)] as const),
    ),
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
