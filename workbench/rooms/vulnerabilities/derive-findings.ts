// Findings as they follow from the facts: components of the SBOMs in force, open matches, alias groups; joined with what
// people decided and with the signs of exploitation. Nothing is stored for a finding until somebody decides.
//
// Two steps, so that a list of many thousands stays quick: `findingRelations` gives every finding with just what is filtered,
// sorted and counted by; texts and lists are looked up for the rows of one page.
import { type RawBuilder, sql } from 'kysely';
import { LEVELS_BY_RANK } from '../../knowledge/store/match-facts.ts';
import { decidedOutcome } from './decided-outcome.ts';

/** Order of levels in lists. */
export const RANKS = LEVELS_BY_RANK;

export interface DerivedScope {
  /** Condition on the release, as the row `r` of `record`. */
  readonly releases: RawBuilder<unknown>;
  /** True when the releases are few: then only the versions in them are looked up, else all that match anything. */
  readonly narrow: boolean;
  /** Condition on the component, as the row `i` of `component_identity`. */
  readonly components?: RawBuilder<unknown>;
  /** Numbers of the alias groups to look at, as a query; where given, the rest costs nothing. */
  readonly groups?: RawBuilder<unknown>;
  /** With `component` and `purl`, which cost a look at every component; else they are looked up for the rows that are shown. */
  readonly named?: boolean;
}

/**
 * The common table expressions `rel … finding`; append `select … from finding`.
 *
 * `finding`, with just what is filtered, sorted and counted by, because it is as long as the list: release_id, release_key, group_id,
 * vulnerability, place, rank, score, outcome, has_fix, first_seen, epss, kev, finding_id, finding_state, assessment_id/_state/_status,
 * decide_from (the day from which a decision is awaited), undecided; where asked for, component and purl.
 */
export function findingRelations({
  releases,
  narrow,
  components = sql`true`,
  groups,
  named = false,
}: DerivedScope): RawBuilder<unknown> {
  // Versions are matched once however many releases hold them; so they are also summed up once.
  const only = narrow
    ? sql`and m.version_id in (select i.version_id from rel join sbom s on s.release_id = rel.id and s.superseded_at is null
        join component_identity i on i.sbom_id = s.id and ${components})`
    : sql``;
  // By their advisories, for which there is an index.
  const among = groups
    ? sql`and m.advisory_id = any(array(select a.id from alias_member am join advisory a on a.ext_id = am.ext_id
        where am.group_id in (${groups})))`
    : sql``;
  const sums = (m: string) => {
    const of = (column: string) => sql.ref(`${m}.${column}`);
    const affected = sql`${of('outcome')} = 'affected'`;
    return sql`max(${of('rank')}) as rank, max(${of('score')}) as score,
      bool_or(${affected} and not ${of('by_product')}) as package_hit, bool_or(not ${of('by_product')}) as package_speaks,
      bool_or(${affected} and ${of('by_product')}) as product_hit, bool_or(${of('has_fix')}) as has_fix,
      min(${of('first_seen')}) as first_seen`;
  };
  const names = (f: string) => (named ? sql`, ${sql.ref(`${f}.component`)}, ${sql.ref(`${f}.purl`)}` : sql``);
  return sql`
    rel as materialized (
      select r.id, r.key from record r where r.kind = 'release' and ${releases}
    ),
    of_version as materialized (
      select m.version_id, m.group_id, ${sums('m')} from match m
      where m.closed_at is null and not m.waits ${only} ${among}
      group by 1, 2
    ),
    -- what NVD says of a product on a platform is another thing in each release
    on_platform as (
      select s.release_id, m.version_id, i.component_id, i.place, i.tied, m.group_id, m.rank, m.score, m.has_fix, m.first_seen, m.by_product,
        coalesce(v.outcome, m.outcome) as outcome
      from match m join component_identity i on i.version_id = m.version_id and ${components}
      join sbom s on s.id = i.sbom_id and s.superseded_at is null join rel on rel.id = s.release_id
      left join platform_verdict v on v.release_id = s.release_id and v.advisory_id = m.advisory_id and v.version_id = m.version_id
      where m.closed_at is null and m.waits and v.outcome is distinct from 'not-affected' ${only} ${among}
    ),
    hit as (
      select s.release_id, v.group_id, i.component_id, i.place, i.tied, v.rank, v.score, v.package_hit, v.package_speaks, v.product_hit,
        v.has_fix, v.first_seen
      from of_version v join component_identity i on i.version_id = v.version_id and ${components}
      join sbom s on s.id = i.sbom_id and s.superseded_at is null join rel on rel.id = s.release_id
      union all
      select a.release_id, a.group_id, a.component_id, a.place, a.tied, ${sums('a')} from on_platform a group by 1, 2, 3, 4, 5
    ),
    spot as (
      select h.release_id, h.group_id, h.place, max(h.rank) as rank, max(h.score) as score,
        bool_or(h.package_hit) as package_hit, bool_or(h.package_speaks) as package_speaks, bool_or(h.product_hit) as product_hit,
        bool_or(h.product_hit and h.tied) as tied_hit, bool_or(h.has_fix) as has_fix, min(h.first_seen) as first_seen,
        array_agg(h.component_id) filter (where not h.package_speaks) as component_ids
        ${named ? sql`, min(c.name) as component, min(c.purl) as purl` : sql``}
      from hit h ${named ? sql`join component c on c.id = h.component_id` : sql``}
      group by 1, 2, 3
    ),
    light as materialized (
      -- narrow rows, for this is the widest step: what stands for a release is joined to what is left; and the table itself, not
      -- rel, because the planner knows that an id names one row of it
      select f.release_id, f.group_id, f.place, f.rank, f.score, f.has_fix, f.first_seen, o.outcome ${names('f')}
      from spot f join record rel on rel.id = f.release_id cross join lateral (${decidedOutcome}) o
    ),
    -- ids that are one flaw may have been decided on before they were known to be one: the newest record counts
    decision as materialized (
      select distinct on (fp.release_id, fp.place, am.group_id) fp.release_id, fp.place, am.group_id,
        d.id as finding_id, d.state as finding_state, d.updated_at as finding_moved
      from finding_place fp join rel on rel.id = fp.release_id join alias_member am on am.ext_id = fp.ext_id
      join record d on d.id = fp.finding_id ${groups ? sql`where am.group_id in (${groups})` : sql``}
      order by fp.release_id, fp.place, am.group_id, d.number desc
    ),
    judgement as materialized (
      select distinct on (l.to_id) l.to_id as finding_id, e.id as assessment_id, e.state as assessment_state,
        e.body->>'status' as assessment_status
      from decision d join link l on l.to_id = d.finding_id and l.type = 'judges' and l.ended_at is null
      join record e on e.id = l.from_id and e.state <> 'closed'
      order by l.to_id, e.number desc
    ),
    finding as (
      select f.release_id, rel.key as release_key, f.group_id, f.vulnerability, f.place ${names('f')}, f.rank, f.score, f.outcome,
        f.has_fix, f.first_seen, f.epss, coalesce(f.kev, false) as kev, f.finding_id, f.finding_state, f.assessment_id,
        f.assessment_state, f.assessment_status,
        greatest(f.first_seen, case when f.assessment_state = 'reopened' then f.finding_moved end) as decide_from,
        coalesce(f.finding_state, 'new') in ('new', 'in-triage') as undecided
      from (
        -- A full join is never a nested loop, which the planner takes when it expects a handful of rows: 20,000 flaws on one
        -- component would be compared with each other. The offset keeps it from being made a left join by what follows.
        select f.*, g.preferred as vulnerability, s.epss, s.kev, d.finding_id, d.finding_state, d.finding_moved,
          j.assessment_id, j.assessment_state, j.assessment_status
        from light f left join alias_group g on g.id = f.group_id left join flaw_signal s on s.group_id = f.group_id
        full join decision d on d.release_id = f.release_id and d.place = f.place and d.group_id = f.group_id
        full join judgement j on j.finding_id = d.finding_id
        offset 0
      ) f join record rel on rel.id = f.release_id
      -- not above, where the planner would take the condition for a rare one and plan for a handful of rows
      where f.outcome <> 'not-affected'
    )`;
}
