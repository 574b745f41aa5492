// Stores signals in sets: unchanged rows cost a comparison, and who must reconsider something is told in the same
// transaction (`knowledge.signals-changed` with the ids).
import { sql } from 'kysely';
import type { Unit } from '../../kernel/records/records.ts';
import { EPSS_BANDS, type EpssScore } from '../signals/epss.ts';
import type { KevEntry } from '../signals/kev.ts';
import type { LifecycleProduct } from '../signals/lifecycle.ts';
import type { SsvcStatement } from '../signals/ssvc.ts';
import './tables.ts';

export interface SignalResult {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Entries that the source no longer has. */
  readonly removed: number;
  /** Why something was not done, in words; null where all is well. */
  readonly doubt: string | null;
}

export const SIGNALS_CHANGED = 'knowledge.signals-changed';
// A job's payload is read whole; a first import names more than a thousand CVEs.
const IDS_AN_EVENT = 500;

// One writer at a time: two readings of one catalogue would else see each other's entries as dropped.
const SIGNAL_LOCK = 8100163;

async function lock(unit: Unit): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SIGNAL_LOCK})`.execute(unit.db);
}

async function tell(unit: Unit, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += IDS_AN_EVENT)
    await unit.emit({ type: SIGNALS_CHANGED, payload: { ids: ids.slice(at, at + IDS_AN_EVENT) } });
}

export interface KevCatalogue {
  readonly entries: readonly KevEntry[];
  /** False where part of it could not be read: then nothing counts as dropped. */
  readonly whole: boolean;
  readonly source: string;
}

/**
 * Stores a catalogue. An entry that a whole catalogue lacks is marked as removed, but not by an older catalogue than the
 * one known, and not when more than a tenth would go: that is a damaged file rather than a decision of CISA.
 */
export async function storeKev(unit: Unit, { entries, whole, source }: KevCatalogue): Promise<SignalResult> {
  await lock(unit);
  const { rows: known } = await sql<{ live: number; newest: string | null }>`
    select count(*)::int as live, max(added_on)::text as newest from kev_entry where removed_at is null`.execute(
    unit.db,
  );
  const last = new Map(entries.map((entry) => [entry.cve, entry]));
  const rows = [...last.values()];
  const newest =
    rows
      .map((entry) => entry.addedOn)
      .sort()
      .at(-1) ?? '';
  const isOlder = known[0]?.newest != null && newest < known[0].newest;
  const { rows: written } = await sql<{ cve: string; fresh: boolean; back: boolean }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as g(cve text, "addedOn" date, "dueOn" date, ransomware text, name text, product text, action text)),
    gone as (select k.cve from kev_entry k join given g on g.cve = k.cve where k.removed_at is not null)
    insert into kev_entry as k (cve, added_on, due_on, ransomware, name, product, action, source, first_seen, changed_at)
    select g.cve, g."addedOn", g."dueOn", g.ransomware, g.name, g.product, g.action, ${source}, ${unit.now}, ${unit.now} from given g
    on conflict (cve) do update set added_on = excluded.added_on, due_on = excluded.due_on, ransomware = excluded.ransomware,
      name = excluded.name, product = excluded.product, action = excluded.action, source = excluded.source,
      changed_at = excluded.changed_at, removed_at = case when ${isOlder} then k.removed_at end
    where (k.added_on, k.due_on, k.ransomware, k.name, k.product, k.action) is distinct from
      (excluded.added_on, excluded.due_on, excluded.ransomware, excluded.name, excluded.product, excluded.action)
      or (k.removed_at is not null and not ${isOlder})
    returning k.cve, (k.xmax = 0) as fresh, k.cve in (select cve from gone) as back`.execute(unit.db);
  const added = written.filter((row) => row.fresh);
  const removal =
    whole && !isOlder ? await removeKev(unit, rows, known[0]?.live ?? 0) : { cves: [], doubt: null };
  await tell(unit, [
    ...added.map((row) => row.cve),
    ...written.filter((r) => r.back).map((r) => r.cve),
    ...removal.cves,
  ]);
  return {
    added: added.length,
    changed: written.length - added.length,
    unchanged: rows.length - written.length,
    removed: removal.cves.length,
    doubt: isOlder
      ? `The catalogue ends with ${newest}, before the one that is known (${known[0]?.newest}); nothing was taken out.`
      : removal.doubt,
  };
}

async function removeKev(
  unit: Unit,
  rows: readonly KevEntry[],
  liveBefore: number,
): Promise<{ cves: string[]; doubt: string | null }> {
  const cves = rows.map((row) => row.cve);
  const { rows: missing } = await sql<{ cve: string }>`
    select cve from kev_entry where removed_at is null and cve <> all(${cves}::text[]) order by cve`.execute(
    unit.db,
  );
  if (missing.length === 0) return { cves: [], doubt: null };
  if (missing.length > Math.max(5, liveBefore / 10)) {
    return {
      cves: [],
      doubt: `The catalogue lacks ${missing.length} of ${liveBefore} known entries; none was taken out, because that is more than a tenth.`,
    };
  }
  const gone = missing.map((row) => row.cve);
  await sql`update kev_entry set removed_at = ${unit.now}, changed_at = ${unit.now}
    where cve = any(${gone}::text[])`.execute(unit.db);
  return { cves: gone, doubt: null };
}

/**
 * Only rows whose score or day is another are written; an older day never replaces a newer one. Of CVEs that some component
 * in use matches a point of the curve is kept: the first, then each that moved by 0.005 or more. One statement a set.
 */
export async function storeEpss(unit: Unit, scores: readonly EpssScore[]): Promise<SignalResult> {
  await lock(unit);
  const rows = [...new Map(scores.map((score) => [score.cve, score])).values()];
  const [low, middle, high] = EPSS_BANDS;
  const band = (column: 'score' | 'old_score') => {
    const of = sql.ref(column);
    return sql`((${of} >= ${low})::int + (${of} >= ${middle})::int + (${of} >= ${high})::int)`;
  };
  const { rows: found } = await sql<{ crossed: string[] | null; added: number; changed: number }>`
    with given as materialized (
      select g.*, e.cve is not null as known, e.score as old_score, e.percentile as old_percentile, e.day as old_day
      from unnest(${rows.map((r) => r.cve)}::text[], ${rows.map((r) => r.score)}::float8[],
        ${rows.map((r) => r.percentile)}::float8[], ${rows.map((r) => r.day)}::date[]) as g(cve, score, percentile, day)
      left join epss_score e on e.cve = g.cve
      where e.day is null or g.day is null or g.day >= e.day),
    -- apart, because the check for a conflict costs as much as the write; the lock above keeps other writers out
    updated as (
      update epss_score e set score = g.score, percentile = g.percentile, day = coalesce(g.day, e.day), changed_at = ${unit.now}
      from given g where g.cve = e.cve
        and (g.old_score, g.old_percentile, g.old_day) is distinct from (g.score, g.percentile, coalesce(g.day, g.old_day))
      returning false as fresh),
    inserted as (
      insert into epss_score (cve, score, percentile, day, changed_at)
      select cve, score, percentile, day, ${unit.now} from given where not known order by cve
      returning true as fresh),
    written as (select fresh from updated union all select fresh from inserted),
    matched as materialized (
      select distinct other.ext_id as cve from match m
      join advisory a on a.id = m.advisory_id
      join alias_member own on own.ext_id = a.ext_id
      join alias_member other on other.group_id = own.group_id
      where m.closed_at is null and other.ext_id like 'CVE-%'
      union
      select u.ext_id from match m join advisory_upstream u on u.advisory_id = m.advisory_id
      where m.closed_at is null and u.ext_id like 'CVE-%'),
    kept as (
      insert into epss_history as h (cve, day, score, percentile)
      select g.cve, g.day, g.score, g.percentile from given g join matched on matched.cve = g.cve
      left join lateral (
        select h.day, h.score from epss_history h where h.cve = g.cve order by h.day desc limit 1) last on true
      where g.day is not null and (last.day is null or (g.day >= last.day and abs(g.score - last.score) >= 0.005))
      on conflict (cve, day) do update set score = excluded.score, percentile = excluded.percentile)
    select (select array_agg(cve order by cve) from given where ${band('score')} <> coalesce(${band('old_score')}, 0)) as crossed,
      (count(*) filter (where fresh))::int as added, (count(*) filter (where not fresh))::int as changed from written`.execute(
    unit.db,
  );
  const { crossed, added = 0, changed = 0 } = found[0] ?? { crossed: null };
  await tell(unit, crossed ?? []);
  return { added, changed, unchanged: rows.length - added - changed, removed: 0, doubt: null };
}

/** Replaces the cycles and identities of these products. */
export async function storeLifecycles(
  unit: Unit,
  products: readonly LifecycleProduct[],
): Promise<SignalResult> {
  await lock(unit);
  const last = new Map(products.map((product) => [product.product, product]));
  const names = [...last.keys()];
  const cycles = [...last.values()].flatMap(({ product, title, cycles: list }) =>
    list.map(({ cycle, releasedOn, activeSupport, endOfLife }) => ({
      product,
      title,
      cycle,
      released_on: releasedOn,
      active_until: activeSupport.on,
      active_ended: activeSupport.ended,
      life_until: endOfLife.on,
      life_ended: endOfLife.ended,
    })),
  );
  const identities = [...last.values()].flatMap(({ product, identities: list }) =>
    list.map(({ ecosystem, name, from }) => ({ product, ecosystem, name, stated: from })),
  );
  const gone = await sql<{ product: string }>`
    delete from lifecycle l where l.product = any(${names}::text[]) and not exists (
      select 1 from jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) as g(product text, cycle text)
      where g.product = l.product and g.cycle = l.cycle)
    returning l.product`.execute(unit.db);
  const { rows: written } = await sql<{ fresh: boolean }>`
    insert into lifecycle as l (product, cycle, title, released_on, active_until, active_ended, life_until, life_ended, changed_at)
    select g.product, g.cycle, g.title, g.released_on, g.active_until, g.active_ended, g.life_until, g.life_ended, ${unit.now}
    from jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) as g(product text, cycle text, title text, released_on date,
      active_until date, active_ended boolean, life_until date, life_ended boolean)
    on conflict (product, cycle) do update set title = excluded.title, released_on = excluded.released_on,
      active_until = excluded.active_until, active_ended = excluded.active_ended, life_until = excluded.life_until,
      life_ended = excluded.life_ended, changed_at = excluded.changed_at
    where (l.title, l.released_on, l.active_until, l.active_ended, l.life_until, l.life_ended) is distinct from
      (excluded.title, excluded.released_on, excluded.active_until, excluded.active_ended, excluded.life_until, excluded.life_ended)
    returning (xmax = 0) as fresh`.execute(unit.db);
  await sql`delete from lifecycle_identity i where i.product = any(${names}::text[])`.execute(unit.db);
  await sql`insert into lifecycle_identity (product, ecosystem, name, stated)
    select g.product, g.ecosystem, g.name, g.stated
    from jsonb_to_recordset(${JSON.stringify(identities)}::jsonb) as g(product text, ecosystem text, name text, stated text)
    on conflict do nothing`.execute(unit.db);
  const added = written.filter((row) => row.fresh).length;
  return {
    added,
    changed: written.length - added,
    unchanged: cycles.length - written.length,
    removed: gone.rows.length,
    doubt: null,
  };
}

/** What CISA said of a CVE; an older statement of the same role never replaces a newer one. */
export async function storeSsvc(unit: Unit, statements: readonly SsvcStatement[]): Promise<void> {
  const last = new Map(statements.map((s) => [`${s.cve} ${s.role}`, s]));
  if (last.size === 0) return;
  const { rows } = await sql<{ cve: string }>`
    insert into ssvc_statement as s (cve, role, stated_at, options)
    select g.cve, g.role, g."statedAt", g.options
    from jsonb_to_recordset(${JSON.stringify([...last.values()])}::jsonb) as g(cve text, role text, "statedAt" timestamptz, options jsonb)
    on conflict (cve, role) do update set stated_at = excluded.stated_at, options = excluded.options
    where s.options <> excluded.options and (s.stated_at is null or excluded.stated_at >= s.stated_at)
    returning s.cve`.execute(unit.db);
  await tell(unit, [...new Set(rows.map((row) => row.cve))].sort());
}
