// What people are told of findings and decisions. Knowledge and SBOMs by their events, decisions by the ledger; each in
// the transaction that says how far it was read, so that nothing is lost and nothing told twice.
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Entry } from '../../kernel/notifications/follow-ledger.ts';
import type { NoticeDraft, NoticeItem } from '../../kernel/notifications/tell.ts';
import { SIGNALS_CHANGED } from '../../knowledge/store/store-signals.ts';
import { decidedOutcome } from './decided-outcome.ts';
import { type FlawState, flawNews } from './flaw-news.ts';
import { BY_DATE } from './reopen-due.ts';
import './tables.ts';

type Tx = Transaction<Tables>;

export function registerNotices(kernel: Kernel): void {
  const { db, jobs, notifications } = kernel;
  jobs.task('tell-advisories', async (payload) => {
    const { advisories, run, at } = payload as { advisories: number[]; run?: string; at?: string };
    if (run === undefined || at === undefined) return;
    await db.transaction().execute(async (tx) => {
      await notifications.tell(tx, await newsOfAdvisories(tx, advisories, `import:${run}`, new Date(at)));
    });
  });
  jobs.task('tell-signals', async (payload) => {
    await db.transaction().execute(async (tx) => {
      const { rows } = await sql<{
        id: number;
      }>`select distinct a.id from alias_member m join alias_member o on o.group_id = m.group_id
        join advisory a on a.ext_id = o.ext_id where m.ext_id = any(${payload.ids as string[]}::text[])
        union select advisory_id from advisory_upstream where ext_id = any(${payload.ids as string[]}::text[])`.execute(
        tx,
      );
      const day = kernel.now().toISOString().slice(0, 10);
      // Nothing of it is a new finding: no match was first seen in this moment.
      await notifications.tell(
        tx,
        await newsOfAdvisories(
          tx,
          rows.map((row) => row.id),
          `signals:${day}`,
          new Date(0),
        ),
      );
    });
  });
  jobs.on(SIGNALS_CHANGED, 'tell-signals', () => ({ queue: 'tell' }));
  // A verdict about the platform may come after the advisory was told of, or turn without one.
  jobs.task('tell-verdicts', async ({ release }) => {
    await db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ id: number }>`select distinct advisory_id as id from platform_verdict
        where release_id = ${release as string}::uuid and outcome = 'affected'`.execute(tx);
      if (rows.length === 0) return;
      const run = `verdicts:${release as string}:${kernel.now().toISOString().slice(0, 10)}`;
      const ids = rows.map((row) => row.id);
      await notifications.tell(tx, await newsOfAdvisories(tx, ids, run, new Date(0)));
    });
  });
  jobs.on('release.rematched', 'tell-verdicts', () => ({ queue: 'tell' }));
  jobs.task('tell-sbom', async (payload) => {
    await db.transaction().execute(async (tx) => {
      await notifications.tell(tx, await newsOfSbom(tx, payload.sbom as string));
    });
  });
  // One after the other: two at once would both find a flaw as it was.
  jobs.on('matches.changed', 'tell-advisories', () => ({ queue: 'tell' }));
  jobs.on('sbom.imported', 'tell-sbom', () => ({ queue: 'tell' }));
  notifications.addReader(newsOfDecisions);
}

interface Hit {
  readonly product_id: string;
  readonly vulnerability: string;
  readonly component: string;
  readonly release_key: string;
  readonly releases: number;
  /** Releases in which it was not found before. */
  readonly fresh: number;
  /** The people of the product were told of it at some time. */
  readonly told: boolean;
  readonly level: string;
  readonly score: number | null;
  readonly exploited: boolean;
  readonly fixed: boolean;
}

/** What is known of the platform may say that a record does not hold in this release (rooms/components/platforms.ts). */
const VERDICT = sql`left join platform_verdict pv on m.waits and pv.release_id = s.release_id and pv.advisory_id = m.advisory_id
        and pv.version_id = m.version_id`;
/** What `decidedOutcome` reads of one place, from rows of hits: people are told of no flaw that the list leaves out. */
const DECIDED_BY = sql`array_agg(distinct component_id) as component_ids, bool_or(outcome = 'affected' and not by_product) as package_hit,
        bool_or(not by_product) as package_speaks, bool_or(outcome = 'affected' and by_product) as product_hit,
        bool_or(outcome = 'affected' and by_product and tied) as tied_hit`;
const LEVELS = sql`array['none', 'unknown', 'low', 'medium', 'high', 'critical']`;

/** One row for each flaw and product that the advisories touch: the mass of releases is counted, not listed. */
async function hitsOf(tx: Tx, advisories: readonly number[], at: Date): Promise<Hit[]> {
  const { rows } = await sql<Hit>`
    with touched as (
      select distinct am.group_id from advisory a join alias_member am on am.ext_id = a.ext_id where a.id = any(${[...advisories]}::int[])
    ), hit as (
      select r.product_id, r.id as release_id, r.key, t.group_id, c.place, c.name, i.component_id, i.tied, m.first_seen, m.why, a.score,
        coalesce(pv.outcome, m.outcome) as outcome, m.by_product, array_position(${LEVELS}, a.level) as level,
        exists (select 1 from alias_member km left join advisory ka on ka.ext_id = km.ext_id
          left join advisory_upstream ku on ku.advisory_id = ka.id
          join kev_entry k on k.cve in (km.ext_id, ku.ext_id) and k.removed_at is null
          where km.group_id = t.group_id) as exploited
      from touched t join alias_member am on am.group_id = t.group_id join advisory a on a.ext_id = am.ext_id
      join match m on m.advisory_id = a.id and m.closed_at is null
      join component_identity i on i.version_id = m.version_id
      join sbom s on s.id = i.sbom_id and s.superseded_at is null
      join record r on r.id = s.release_id and r.state <> 'end-of-life'
      join component c on c.id = i.component_id
      ${VERDICT}
      where pv.outcome is distinct from 'not-affected'
    ), place as (
      select product_id, release_id, key, group_id, place, min(name) as name, min(first_seen) as first_seen, max(level) as level,
        max(score) as score, bool_or(coalesce(exploited, false)) as exploited,
        bool_or(jsonb_array_length(coalesce(why->'fixed', '[]')) > 0) as fixed, ${DECIDED_BY}
      from hit group by product_id, release_id, key, group_id, place
    )
    select f.product_id, g.preferred as vulnerability, min(f.name) as component, min(f.key) as release_key,
      count(distinct f.release_id)::int as releases,
      count(distinct f.release_id) filter (where f.first_seen = ${at}::timestamptz)::int as fresh,
      (${LEVELS})[max(f.level)] as level, max(f.score) as score, bool_or(f.exploited) as exploited,
      bool_or(f.fixed) as fixed,
      exists (select 1 from alias_member tm join notice_found t on t.ext_id = tm.ext_id and t.product_id = f.product_id
        where tm.group_id = f.group_id) as told
    from place f join alias_group g on g.id = f.group_id join record rel on rel.id = f.release_id
      cross join lateral (${decidedOutcome}) o
    where o.outcome <> 'not-affected'
    group by f.product_id, f.group_id, g.preferred order by 1, 2`.execute(tx);
  return rows;
}

export async function newsOfAdvisories(
  tx: Tx,
  advisories: readonly number[],
  occasion: string,
  at: Date,
): Promise<NoticeDraft[]> {
  const hits = await hitsOf(tx, advisories, at);
  const changes = await flawChanges(tx, hits);
  await keepTold(tx, hits);
  const drafts = new Map<string, NoticeDraft & { items: NoticeItem[] }>();
  const add = (topic: NoticeDraft['topic'], item: NoticeItem) => {
    const draft = drafts.get(topic) ?? {
      topic,
      occasion,
      items: [],
    };
    draft.items.push(item);
    drafts.set(topic, draft);
  };
  for (const hit of hits) {
    const urgent = hit.level === 'critical' || hit.exploited;
    const item = {
      productId: hit.product_id,
      title: `${hit.vulnerability} in ${hit.component}`,
      link: `/findings?${new URLSearchParams({ q: hit.vulnerability })}`,
      level: hit.level,
      urgent,
    };
    const where = inReleases(hit.releases, hit.release_key);
    // Told per batch: the same flaw in a later batch of the import is the same line.
    const subject = `${hit.vulnerability}:${hit.product_id}`;
    if (hit.fresh > 0)
      add('finding-new', { ...item, subject, text: `Found ${inReleases(hit.fresh, hit.release_key)}.` });
    else if (!hit.told)
      add('finding-new', { ...item, subject, text: `Now counts ${where}: what decides about it changed.` });
    for (const change of changes.get(hit.vulnerability) ?? [])
      add(change.topic, {
        ...item,
        subject: `${subject}:${change.text}`,
        text: `${change.text} It is ${where}.`,
        urgent: urgent || change.topic === 'finding-exploited',
      });
  }
  return [...drafts.values()];
}

async function keepTold(tx: Tx, hits: readonly Hit[]): Promise<void> {
  const rows = hits
    .filter(({ told }) => !told)
    .map(({ product_id, vulnerability }) => ({ product_id, ext_id: vulnerability }));
  if (rows.length === 0) return;
  await sql`insert into notice_found (product_id, ext_id)
    select product_id, ext_id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(product_id uuid, ext_id text)
    on conflict do nothing`.execute(tx);
}

/** Compares with what was last told of each flaw, and keeps what is told now. A flaw seen first has no past to compare. */
async function flawChanges(tx: Tx, hits: readonly Hit[]) {
  const now = new Map<string, FlawState>();
  for (const hit of hits) {
    const known = now.get(hit.vulnerability);
    now.set(hit.vulnerability, {
      level: hit.level,
      exploited: hit.exploited || (known?.exploited ?? false),
      fixed: hit.fixed || (known?.fixed ?? false),
    });
  }
  const ids = [...now.keys()].sort();
  // A group may have got another preferred id: any of its ids may be the one that was kept.
  const { rows } = await sql<{ vulnerability: string } & FlawState>`
    select g.preferred as vulnerability, f.level, f.exploited, f.fixed from alias_group g
    join alias_member m on m.group_id = g.id join notice_flaw f on f.ext_id = m.ext_id
    where g.preferred = any(${ids}::text[])`.execute(tx);
  const before = new Map(rows.map((row) => [row.vulnerability, row]));
  const kept = ids.map((id) => ({ ext_id: id, ...(now.get(id) as FlawState) }));
  await sql`insert into notice_flaw (ext_id, level, exploited, fixed)
    select ext_id, level, exploited, fixed from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as f(ext_id text, level text, exploited boolean, fixed boolean)
    on conflict (ext_id) do update set level = excluded.level, exploited = excluded.exploited, fixed = excluded.fixed`.execute(
    tx,
  );
  return new Map(
    ids.map((id) => {
      const past = before.get(id);
      return [id, past ? flawNews(past, now.get(id) as FlawState) : []];
    }),
  );
}

/** What a release has since its new SBOM and had not before it. */
export async function newsOfSbom(tx: Tx, sbomId: string): Promise<NoticeDraft[]> {
  const { rows } = await sql<{
    release_id: string;
    release_key: string;
    title: string;
    product_id: string;
    findings: number;
    worst: string;
    named: string[];
  }>`
    with own as (select s.*, r.key, r.title, r.product_id from sbom s join record r on r.id = s.release_id where s.id = ${sbomId}::uuid),
    -- its own components, and those of the SBOMs that were in force until it came or still are
    hit as (
      select s.id = own.id as new, s.release_id, i.component_id, i.place, i.tied, am.group_id, m.by_product, coalesce(pv.outcome, m.outcome) as outcome,
        array_position(${LEVELS}, a.level) as level
      from own join sbom s on s.release_id = own.release_id and (s.id = own.id
        or s.imported_at < own.imported_at and (s.superseded_at is null or s.superseded_at >= own.imported_at))
      join component_identity i on i.sbom_id = s.id
      join match m on m.version_id = i.version_id and m.closed_at is null
      join advisory a on a.id = m.advisory_id join alias_member am on am.ext_id = a.ext_id
      ${VERDICT}
      where pv.outcome is distinct from 'not-affected'
    ), spot as (
      select new, release_id, place, group_id, max(level) as level, ${DECIDED_BY} from hit group by new, release_id, place, group_id
    ), found as (
      select f.new, f.place, f.group_id, f.level from spot f join record rel on rel.id = f.release_id
        cross join lateral (${decidedOutcome}) o where o.outcome <> 'not-affected'
    ), fresh as (
      select f.group_id, f.level from found f where f.new and not exists (
        select 1 from found past where not past.new and past.place = f.place and past.group_id = f.group_id)
    ), told as (
      insert into notice_found (product_id, ext_id)
      select distinct own.product_id, g.preferred from own cross join found f join alias_group g on g.id = f.group_id
      where f.new on conflict do nothing
    )
    select own.release_id, own.key as release_key, own.title, own.product_id, count(*)::int as findings,
      (${LEVELS})[max(fresh.level)] as worst,
      (array_agg(g.preferred order by fresh.level desc, g.preferred))[1:3] as named
    from own cross join fresh join alias_group g on g.id = fresh.group_id
    group by own.release_id, own.key, own.title, own.product_id`.execute(tx);
  const [news] = rows;
  if (!news) return [];
  const findings =
    news.findings === 1 ? '1 new finding' : `${news.findings.toLocaleString('en')} new findings`;
  return [
    {
      topic: 'finding-new',
      occasion: `sbom:${sbomId}`,
      items: [
        {
          subject: sbomId,
          productId: news.product_id,
          recordId: news.release_id,
          title: `${news.release_key} ${news.title}: ${findings}`,
          text: `With its new SBOM: ${news.named.join(', ')}${news.findings > news.named.length ? ' and others' : ''}.`,
          link: `/releases/${news.release_key}`,
          level: news.worst,
          urgent: news.worst === 'critical',
        },
      ],
    },
  ];
}

/** Decisions that Ward re-opened: one event for each flaw and day, however many releases it is decided in. */
export async function newsOfDecisions(tx: Tx, entries: readonly Entry[]): Promise<NoticeDraft[]> {
  const moved = entries.filter(
    ({ action, actor, content, record }) =>
      action === 'record.transitioned' &&
      actor === null &&
      record !== null &&
      content.transition === 'reopen',
  );
  const softened = entries.filter(
    ({ action, record }) => action === 'assessment.evidence-moved' && record !== null,
  );
  if (moved.length + softened.length === 0) return [];
  const { rows } = await sql<{
    id: string;
    kind: string;
    key: string;
    title: string;
    product_id: string | null;
    vulnerability: string | null;
    has_assessment: boolean;
    judged: string | null;
    level: string | null;
  }>`
    select r.id, j.to_id as judged, r.kind, r.key, r.title, r.product_id, g.preferred as vulnerability,
      (select e.evidence->>'level' from assessment_evidence e where e.assessment_id = r.id order by e.id desc limit 1) as level,
      exists (select 1 from link l join record a on a.id = l.from_id where l.type = 'judges' and l.to_id = r.id
        and l.ended_at is null and a.state <> 'closed') as has_assessment
    from record r
    left join lateral (select l.to_id from link l where l.type = 'judges' and l.from_id = r.id order by l.made_at desc limit 1) j on true
    left join finding_place fp on fp.finding_id = coalesce(j.to_id, r.id)
    left join alias_member m on m.ext_id = fp.ext_id left join alias_group g on g.id = m.group_id
    where r.id = any(${[...moved, ...softened].map((entry) => entry.record as string)}::uuid[])
      and r.kind in ('assessment', 'finding')`.execute(tx);
  const known = new Map(rows.map((row) => [row.id, row]));
  const followed = new Set(rows.flatMap(({ judged }) => judged ?? []));
  // A finding follows its assessment; it is told by itself where there is none, and where it comes back from being put off while
  // the assessment stays as it is.
  const isTold = (entry: Entry, id: string, hasAssessment: boolean) =>
    !hasAssessment || (entry.content.from === 'deferred' && !followed.has(id));
  const drafts = new Map<string, NoticeDraft & { items: NoticeItem[] }>();
  for (const entry of [...moved, ...softened]) {
    const record = known.get(entry.record as string);
    if (!record || (record.kind === 'finding' && !isTold(entry, record.id, record.has_assessment))) continue;
    const day = entry.at.toISOString().slice(0, 10);
    const soft = entry.action === 'assessment.evidence-moved';
    const reason = soft ? (entry.content.reasons as string[]).join(' ') : String(entry.content.reason ?? '');
    const byDate = !soft && BY_DATE.includes(reason);
    const topic = soft ? 'finding-worsened' : byDate ? 'decision-expired' : 'decision-reopened';
    const occasion = byDate ? day : `${record.vulnerability ?? record.key}:${day}`;
    const draft = drafts.get(`${topic} ${occasion}`) ?? { topic, occasion, items: [] };
    draft.items.push({
      subject: `${record.id}:${entry.seq}`,
      productId: record.product_id,
      recordId: record.id,
      title: `${record.key} ${record.title}`,
      text: reason,
      link: `/r/${record.key}`,
      ...(record.level === null ? {} : { level: record.level }),
      urgent: record.level === 'critical',
    });
    drafts.set(`${topic} ${occasion}`, draft);
  }
  return [...drafts.values()];
}

function inReleases(count: number, key: string): string {
  return count === 1 ? `in ${key}` : `in ${count.toLocaleString('en')} releases`;
}
