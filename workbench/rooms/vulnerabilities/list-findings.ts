// Lists of findings: filtered, sorted, grouped, counted and paged in the database. The derivation runs once for each request.
import { type RawBuilder, sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readableProducts } from '../../kernel/people/roles.ts';
import { type DecideWithinDays, decideTimes } from '../products/index.ts';
import { findingRelations, RANKS } from './derive-findings.ts';
import { DECIDE_WITHIN_DAYS, decideBy } from './triage-policy.ts';
import { conflictCondition } from './vex/conflicts.ts';
import './tables.ts';

type Db = Kernel['db'];

export const FINDING_SORTS = [
  'priority',
  'severity',
  'exploitation',
  'due',
  'vulnerability',
  'component',
  'first-seen',
] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

export interface FindingFilter {
  readonly releaseId?: string | undefined;
  readonly productId?: string | undefined;
  readonly levels?: readonly string[] | undefined;
  /** `undecided`, `reopened`, `overdue`, or states of the finding record. */
  readonly states?: readonly string[] | undefined;
  readonly outcome?: 'affected' | 'undetermined' | undefined;
  /** Known to be exploited (CISA KEV). */
  readonly kev?: boolean | undefined;
  /** Least EPSS probability, 0 to 1. */
  readonly epss?: number | undefined;
  readonly hasFix?: boolean | undefined;
  /** Exactly this flaw, by any of its ids. */
  readonly vulnerability?: string | undefined;
  /** Exactly this place. */
  readonly place?: string | undefined;
  /** Any of these places; nothing else is looked up. */
  readonly places?: readonly string[] | undefined;
  /** First seen on or after this day. */
  readonly since?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: FindingSort | undefined;
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
  readonly decide_from: Date;
  /** Day by which it should be decided, by the times of its product. */
  readonly decide_by: string;
  readonly epss: number | null;
  readonly percentile: number | null;
  readonly kev: boolean;
  /** Day by which CISA asks agencies to act. */
  readonly kev_due: string | null;
  readonly ransomware: boolean;
  readonly finding_id: string | null;
  readonly finding_key: string | null;
  readonly finding_state: string | null;
  readonly assessment_id: string | null;
  readonly assessment_key: string | null;
  readonly assessment_state: string | null;
  readonly assessment_revision: number | null;
  readonly assessment_status: string | null;
}

export interface FindingPage {
  readonly items: readonly FindingRow[];
  readonly next: number | null;
  readonly total: number;
  /** Counts over the filtered whole. */
  readonly byLevel: Readonly<Record<string, number>>;
  readonly undecided: number;
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

type Times = ReadonlyMap<string, DecideWithinDays>;

const daysOf = (times: DecideWithinDays) => sql`case when kev then ${times.kev}::int
  else (array[${sql.join(RANKS.map((level) => times[level]))}]::int[])[rank + 1] end`;

/** By the approved plan of each product that has one, else by the defaults. */
function dueBy(times: Times): RawBuilder<unknown> {
  const own = [...times].map(
    // A row names its release only; that of its product are few and found once.
    ([product, theirs]) => sql`when release_id in (select id from record where kind = 'release'
      and product_id = ${product}::uuid) then ${daysOf(theirs)}`,
  );
  const days =
    own.length === 0
      ? daysOf(DECIDE_WITHIN_DAYS)
      : sql`case ${sql.join(own, sql` `)} else ${daysOf(DECIDE_WITHIN_DAYS)} end`;
  return sql`(decide_from + make_interval(days => ${days}))`;
}

const like = (text: string) => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

function conditionsOf(filter: FindingFilter, now: Date, due: RawBuilder<unknown>): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (filter.levels?.length) {
    const ranks = filter.levels.map((level) => RANKS.indexOf(level as never)).filter((rank) => rank >= 0);
    all.push(sql`rank = any(${ranks}::int[])`);
  }
  if (filter.outcome) all.push(sql`outcome = ${filter.outcome}`);
  if (filter.kev) all.push(sql`kev`);
  if (filter.epss !== undefined) all.push(sql`epss >= ${filter.epss}`);
  if (filter.hasFix !== undefined) all.push(sql`has_fix = ${filter.hasFix}`);
  if (filter.vulnerability)
    all.push(sql`group_id = (select group_id from alias_member where ext_id = ${filter.vulnerability})`);
  if (filter.place) all.push(sql`place = ${filter.place}`);
  // Decisions are not looked up by component.
  if (filter.places) all.push(sql`place = any(${[...filter.places]}::text[])`);
  if (filter.since) all.push(sql`first_seen >= ${filter.since}::date`);
  if (filter.states?.length)
    all.push(
      sql`(${sql.join(
        filter.states.map((state) => stateIs(state, now, due)),
        sql` or `,
      )})`,
    );
  if (filter.text) {
    const wanted = like(filter.text);
    all.push(sql`(lower(component) like ${wanted} or lower(coalesce(purl, '')) like ${wanted} or group_id in (
      select am.group_id from (select distinct group_id from light) g join alias_member am on am.group_id = g.group_id
      left join advisory a on a.ext_id = am.ext_id where lower(am.ext_id) like ${wanted} or lower(a.summary) like ${wanted}))`);
  }
  return sql.join(all, sql` and `);
}

function stateIs(state: string, now: Date, due: RawBuilder<unknown>): RawBuilder<unknown> {
  if (state === 'undecided') return sql`undecided`;
  if (state === 'reopened') return sql`assessment_state = 'reopened'`;
  if (state === 'contradicted') return conflictCondition('finding');
  if (state === 'to-approve') return sql`assessment_state = 'draft'`;
  if (state === 'overdue') return sql`(undecided and ${due} < ${now})`;
  return sql`finding_state = ${state}`;
}

const ordersOf = (due: RawBuilder<unknown>): Readonly<Record<FindingSort, RawBuilder<unknown>>> => ({
  // Exploited first, then what is likely to be and would do most.
  priority: sql`kev desc, rank * coalesce(epss, 0.01) desc, rank desc, score desc nulls last, vulnerability`,
  severity: sql`rank desc, score desc nulls last, vulnerability`,
  exploitation: sql`kev desc, epss desc nulls last, rank desc, vulnerability`,
  due: sql`undecided desc, ${due}, rank desc, vulnerability`,
  vulnerability: sql`vulnerability`,
  component: sql`lower(component), vulnerability`,
  'first-seen': sql`first_seen desc, vulnerability`,
});

/**
 * What a row shows beyond what is sorted by; looked up for the rows of a page only. From both ends (`offset 0` keeps the planner
 * to it): from the component alone it would go through all its flaws for each row, from the flaw alone through all releases.
 */
const DETAILS = sql`
  select array_agg(distinct a.ext_id) as ids,
    (array_agg(a.summary order by (a.source = 'NVD'), length(a.summary) desc))[1] as summary,
    array_agg(distinct coalesce(v.version, '')) as versions,
    min(v.name) as component, min(v.purl) as purl,
    (select coalesce(array_agg(distinct x), '{}') from jsonb_array_elements(jsonb_agg(m.why)) w, jsonb_array_elements_text(w->'fixed') x) as fixed
  from (
    select i.version_id, c.version, c.name, c.purl from sbom s join component c on c.sbom_id = s.id and c.place = p.place
    join component_identity i on i.component_id = c.id
    where s.release_id = p.release_id and s.superseded_at is null offset 0
  ) v cross join (
    select a.id, a.ext_id, a.summary, a.source from alias_member am join advisory a on a.ext_id = am.ext_id
    where am.group_id = p.group_id offset 0
  ) a
  join match m on m.advisory_id = a.id and m.version_id = v.version_id and m.closed_at is null
  left join platform_verdict pv on m.waits and pv.release_id = p.release_id and pv.advisory_id = m.advisory_id and pv.version_id = m.version_id
  -- a version that the platform of this release takes out is no version of the finding
  where pv.outcome is distinct from 'not-affected'`;

/** The records of a row, and the signs of its flaw. */
const HEADS = sql`
  select r.title as release_title, r.product_id, f.key as finding_key, e.key as assessment_key, e.revision as assessment_revision,
    s.percentile, s.kev_due, coalesce(s.ransomware, false) as ransomware
  from record r left join record f on f.id = p.finding_id left join record e on e.id = p.assessment_id
  left join flaw_signal s on s.group_id = p.group_id where r.id = p.release_id`;

/** Findings that a supplier's statement contradicts. Free where nobody has said anything. */
export async function countContradicted(db: Db, principal: Principal): Promise<number> {
  const { rows } = await sql`select 1 from vex_cover limit 1`.execute(db);
  if (rows.length === 0) return 0;
  return (await listFindings(db, principal, { states: ['contradicted'] }, 0, 1)).total;
}

/** Findings that this person may read, with their counts: so all of them are derived. */
export async function listFindings(
  db: Db,
  principal: Principal,
  filter: FindingFilter,
  offset: number,
  limit: number,
  now = new Date(),
): Promise<FindingPage> {
  const times = await decideTimes(db);
  const due = dueBy(times);
  const order = sql`${ordersOf(due)[filter.sort ?? 'severity']}, release_key, place`;
  const { rows } = await sql<{
    items: StoredRow[];
    counts: { rank: number; n: number; undecided: number }[];
  }>`
    with ${findingRelations({
      releases: scopeOf(filter, principal),
      narrow: isNarrow(filter),
      named: isNamed(filter),
      ...(filter.places ? { components: sql`i.place = any(${[...filter.places]}::text[])` } : {}),
    })},
    fitting as materialized (select * from finding where ${conditionsOf(filter, now, due)}),
    -- cut first and numbered then: the first rows of 50,000 are found without sorting all of them
    page as (
      select f.*, row_number() over (order by ${order}) as position
      from (select * from fitting order by ${order} limit ${limit + 1} offset ${offset}) f
    )
    select coalesce((select jsonb_agg(to_jsonb(p) || to_jsonb(d) || to_jsonb(h) order by p.position) from page p
        cross join lateral (${DETAILS}) d cross join lateral (${HEADS}) h), '[]') as items,
      coalesce((select jsonb_agg(c) from (select rank, count(*) as n, count(*) filter (where undecided) as undecided from fitting group by rank) c), '[]') as counts`.execute(
    db,
  );
  const { items, counts } = rows[0]!;
  return {
    ...pageOf(items, times, offset, limit),
    total: counts.reduce((sum, row) => sum + row.n, 0),
    byLevel: Object.fromEntries(counts.map((row) => [RANKS[row.rank] ?? 'unknown', row.n])),
    undecided: counts.reduce((sum, row) => sum + row.undecided, 0),
  };
}

/** A row as the database gives it. */
type StoredRow = Omit<FindingRow, 'first_seen' | 'decide_from' | 'decide_by' | 'level'> & {
  readonly first_seen: string;
  readonly decide_from: string;
  readonly rank: number;
};

/** Of rows that are one more than the page where there is another page. */
function pageOf(
  items: readonly StoredRow[],
  times: Times,
  offset: number,
  limit: number,
): Pick<FindingPage, 'items' | 'next'> {
  return {
    items: items.slice(0, limit).map((item) => ({
      ...item,
      level: RANKS[item.rank] ?? 'unknown',
      first_seen: new Date(item.first_seen),
      decide_from: new Date(item.decide_from),
      decide_by: decideBy(
        { level: RANKS[item.rank] ?? 'unknown', kev: item.kev, from: item.decide_from },
        times.get(item.product_id),
      ),
    })),
    next: items.length > limit ? offset + limit : null,
  };
}

/** Orders in which a finding never comes before the best that its flaw can be: kev, epss and name are the flaw's, rank and score at most its. */
const BY_FLAW: readonly FindingSort[] = ['severity', 'priority', 'exploitation', 'vulnerability'];
/** With more flaws than this in question all of them are derived. */
const MOST_FLAWS = 2_000;

/**
 * The same page without the counts, and so without deriving all: flaws are taken in the order of the best that a finding of theirs can
 * be, and what comes before the first flaw that was not taken is final. Costs what the open matches cost to be summed up by flaw.
 */
export async function pageOfFindings(
  db: Db,
  principal: Principal,
  filter: FindingFilter,
  offset: number,
  limit: number,
  now = new Date(),
): Promise<FindingPage | Pick<FindingPage, 'items' | 'next'>> {
  const wanted = offset + limit + 1;
  const mayBeCut =
    BY_FLAW.includes(filter.sort ?? 'severity') &&
    !isNarrow(filter) &&
    !isNamed(filter) &&
    filter.vulnerability === undefined &&
    filter.place === undefined &&
    // Others are few among many: they would be looked for twice.
    (filter.states ?? []).every((state) => state === 'undecided');
  for (let flaws = wanted + 50; mayBeCut && flaws <= MOST_FLAWS; flaws *= 8) {
    const page = await cutPage(db, principal, filter, offset, limit, now, flaws);
    if (page !== null) return page;
  }
  return listFindings(db, principal, filter, offset, limit, now);
}

/** Null when the flaws that were taken do not fill the page. */
async function cutPage(
  db: Db,
  principal: Principal,
  filter: FindingFilter,
  offset: number,
  limit: number,
  now: Date,
  flaws: number,
): Promise<Pick<FindingPage, 'items' | 'next'> | null> {
  const times = await decideTimes(db);
  const due = dueBy(times);
  const byFlaw = ordersOf(due)[filter.sort ?? 'severity'];
  const order = sql`${byFlaw}, release_key, place`;
  const { rows } = await sql<{ items: StoredRow[]; is_cut: boolean }>`
    with best as (
      select m.group_id, max(m.rank) as rank, max(m.score) as score from match m where m.closed_at is null group by 1
    ),
    top as materialized (
      select t.*, row_number() over (order by ${byFlaw}) as n from (
        select b.*, g.preferred as vulnerability, s.epss, coalesce(s.kev, false) as kev from best b join alias_group g on g.id = b.group_id
        left join flaw_signal s on s.group_id = b.group_id
      ) t where ${flawConditions(filter)} order by ${byFlaw} limit ${flaws + 1}
    ),
    ${findingRelations({
      releases: scopeOf(filter, principal),
      narrow: false,
      groups: sql`select group_id from top where n <= ${flaws}`,
    })},
    fitting as materialized (select * from finding where ${conditionsOf(filter, now, due)}),
    -- the first flaw that was not taken stands where its best finding could stand
    line as materialized (
      select l.*, row_number() over (order by ${order}) as position from (
        select * from (
          select release_id, group_id, place, release_key, vulnerability, rank, score, epss, kev, false as is_end from fitting
          union all select null, group_id, '', '', vulnerability, rank, score, epss, kev, true from top where n > ${flaws}
        ) e order by ${order} limit ${offset + limit + 1}
      ) l
    ),
    page as (
      select f.*, l.position from line l join fitting f on f.release_id = l.release_id and f.group_id = l.group_id and f.place = l.place
      where not l.is_end and l.position > ${offset}
    )
    select coalesce((select jsonb_agg(to_jsonb(p) || to_jsonb(d) || to_jsonb(h) order by p.position) from page p
        cross join lateral (${DETAILS}) d cross join lateral (${HEADS}) h), '[]') as items,
      exists (select 1 from line where is_end) as is_cut`.execute(db);
  const { items, is_cut } = rows[0]!;
  return is_cut ? null : pageOf(items, times, offset, limit);
}

/** What of the filter can be said of a flaw already. */
function flawConditions(filter: FindingFilter): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (filter.kev) all.push(sql`kev`);
  if (filter.epss !== undefined) all.push(sql`epss >= ${filter.epss}`);
  const ranks = (filter.levels ?? [])
    .map((level) => RANKS.indexOf(level as never))
    .filter((rank) => rank >= 0);
  if (ranks.length > 0) all.push(sql`rank >= ${Math.min(...ranks)}`);
  return sql.join(all, sql` and `);
}

const isNamed = (filter: FindingFilter): boolean => filter.text !== undefined || filter.sort === 'component';

const isNarrow = (filter: FindingFilter): boolean =>
  filter.releaseId !== undefined || filter.productId !== undefined;

export interface FindingGroup {
  /** Preferred id of the flaw, or the place of the component. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly level: string;
  readonly score: number | null;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly findings: number;
  readonly undecided: number;
  readonly releases: number;
  /** Components of a flaw, or flaws of a component. */
  readonly others: number;
  readonly first_seen: Date;
}

export interface FindingGroups {
  readonly items: readonly FindingGroup[];
  readonly next: number | null;
  readonly total: number;
}

/** The same findings, summed up by flaw or by component; the worst first. */
export async function groupFindings(
  db: Db,
  principal: Principal,
  filter: FindingFilter,
  by: 'vulnerability' | 'component',
  offset: number,
  limit: number,
  now = new Date(),
): Promise<FindingGroups> {
  const key = by === 'vulnerability' ? sql`vulnerability` : sql`place`;
  const other = by === 'vulnerability' ? sql`place` : sql`vulnerability`;
  const title = by === 'vulnerability' ? sql`vulnerability` : sql`min(component)`;
  const worst = sql`kev desc, rank desc, epss desc nulls last, undecided desc`;
  const orders: Partial<Record<FindingSort, RawBuilder<unknown>>> = {
    exploitation: sql`kev desc, epss desc nulls last, rank desc`,
    vulnerability: sql`title`,
    component: sql`lower(title)`,
    'first-seen': sql`first_seen desc`,
  };
  const order = orders[filter.sort ?? 'severity'] ?? worst;
  const due = dueBy(await decideTimes(db));
  const { rows } = await sql<{
    items: (Omit<FindingGroup, 'first_seen' | 'level'> & { first_seen: string; rank: number })[];
    total: number;
  }>`
    with ${findingRelations({
      releases: scopeOf(filter, principal),
      narrow: isNarrow(filter),
      named: by === 'component' || isNamed(filter),
    })},
    grouped as materialized (
      select ${key} as id, ${title} as title, min(group_id) as group_id, max(rank) as rank, max(score) as score, max(epss) as epss,
        bool_or(kev) as kev, count(*) as findings, count(*) filter (where undecided) as undecided,
        count(distinct release_id) as releases, count(distinct ${other}) as others, min(first_seen) as first_seen
      from finding where ${conditionsOf(filter, now, due)} group by ${key}
    ),
    page as (
      select g.*, row_number() over (order by ${order}, id) as position
      from (select * from grouped order by ${order}, id limit ${limit + 1} offset ${offset}) g
    )
    select coalesce((select jsonb_agg(to_jsonb(p) || jsonb_build_object('summary', ${
      by === 'vulnerability'
        ? sql`coalesce((select a.summary from alias_member am join advisory a on a.ext_id = am.ext_id
            where am.group_id = p.group_id order by (a.source = 'NVD'), length(a.summary) desc limit 1), '')`
        : sql`''`
    }) order by p.position) from page p), '[]') as items, (select count(*)::int from grouped) as total`.execute(
    db,
  );
  const { items, total } = rows[0]!;
  return {
    items: items.slice(0, limit).map((item) => ({
      ...item,
      level: RANKS[item.rank] ?? 'unknown',
      first_seen: new Date(item.first_seen),
    })),
    next: items.length > limit ? offset + limit : null,
    total,
  };
}

/** One finding; undefined when nothing matches there, or this person may not read the release. */
export async function findFinding(
  db: Db,
  principal: Principal,
  at: { readonly releaseId: string; readonly place: string; readonly vulnerability: string },
): Promise<FindingRow | undefined> {
  const { items } = await listFindings(
    db,
    principal,
    { releaseId: at.releaseId, place: at.place, vulnerability: at.vulnerability },
    0,
    1,
  );
  return items[0];
}
