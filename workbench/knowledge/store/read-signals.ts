// What is known beside the advisories, for rooms: exploitation by CVE, the curve of its forecast, the end of support.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { cycleOf } from '../signals/lifecycle.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

export interface EpssSignal {
  readonly score: number;
  readonly percentile: number | null;
  /** Day of the score; null where the source did not say it. */
  readonly day: string | null;
}

export interface KevSignal {
  readonly addedOn: string;
  readonly dueOn: string | null;
  readonly ransomware: 'known' | 'unknown';
  readonly name: string;
  readonly action: string;
  readonly source: string;
  readonly firstSeen: string;
  /** Set when CISA took the entry out again. */
  readonly removedAt: string | null;
}

export interface SsvcSignal {
  readonly role: string;
  readonly statedAt: string | null;
  readonly options: Readonly<Record<string, string>>;
}

export interface Signals {
  readonly epss: EpssSignal | null;
  readonly kev: KevSignal | null;
  readonly ssvc: SsvcSignal | null;
}

/** Signals of exactly these ids (pass all ids of an alias group); every id has an entry. Two statements, however many. */
export async function signalsOf(db: Db, ids: readonly string[]): Promise<Map<string, Signals>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Signals>();
  const { rows } = await sql<{
    id: string;
    epss: EpssSignal | null;
    kev: KevSignal | null;
    ssvc: SsvcSignal | null;
  }>`
    select w.id,
      case when e.cve is not null then jsonb_build_object('score', e.score, 'percentile', e.percentile, 'day', e.day) end as epss,
      case when k.cve is not null then jsonb_build_object('addedOn', k.added_on, 'dueOn', k.due_on, 'ransomware', k.ransomware,
        'name', k.name, 'action', k.action, 'source', k.source, 'firstSeen', k.first_seen, 'removedAt', k.removed_at) end as kev,
      (select jsonb_build_object('role', s.role, 'statedAt', s.stated_at, 'options', s.options) from ssvc_statement s
        where s.cve = w.id order by s.stated_at desc nulls last, s.role limit 1) as ssvc
    from unnest(${wanted}::text[]) as w(id)
    left join epss_score e on e.cve = w.id left join kev_entry k on k.cve = w.id`.execute(db);
  for (const { id, epss, kev, ssvc } of rows) found.set(id, { epss, kev, ssvc });
  return found;
}

/** Kept points of the curve by id, oldest first; ids without one have no entry. */
export async function epssHistoryOf(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, readonly (EpssSignal & { readonly day: string })[]>> {
  const { rows } = await sql<{ cve: string; points: (EpssSignal & { day: string })[] }>`
    select cve, jsonb_agg(jsonb_build_object('day', day, 'score', score, 'percentile', percentile) order by day) as points
    from epss_history where cve = any(${[...new Set(ids)]}::text[]) group by cve`.execute(db);
  return new Map(rows.map((row) => [row.cve, row.points]));
}

export interface LifecycleSignal {
  readonly product: string;
  readonly title: string;
  readonly cycle: string;
  readonly releasedOn: string | null;
  /** A day decides by itself; `ended` is null where the source does not say. */
  readonly activeUntil: string | null;
  readonly activeEnded: boolean | null;
  readonly lifeUntil: string | null;
  readonly lifeEnded: boolean | null;
  /** True for the cycle that the given version belongs to. */
  readonly ofVersion: boolean;
}

/** Cycles of the products that carry this identity, newest first; empty means that nothing is known, not that it is supported. */
export async function lifecycleOf(
  db: Db,
  identity: { readonly ecosystem: string; readonly name: string; readonly version: string | null },
): Promise<LifecycleSignal[]> {
  const { rows } = await sql<Omit<LifecycleSignal, 'ofVersion'>>`
    select l.product, l.title, l.cycle, l.released_on::text as "releasedOn", l.active_until::text as "activeUntil",
      l.active_ended as "activeEnded", l.life_until::text as "lifeUntil", l.life_ended as "lifeEnded"
    from lifecycle_identity i join lifecycle l on l.product = i.product
    where i.ecosystem = ${identity.ecosystem} and i.name = ${identity.name}
    order by l.product, l.released_on desc nulls last, l.cycle desc limit 2000`.execute(db);
  const { version } = identity;
  const products = new Map<string, string[]>();
  for (const row of rows) products.set(row.product, [...(products.get(row.product) ?? []), row.cycle]);
  return rows.map((row) => ({
    ...row,
    ofVersion: version !== null && cycleOf(version, products.get(row.product) ?? []) === row.cycle,
  }));
}
