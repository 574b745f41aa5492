// The records of a product's thread and their links, in one round to the database.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { TRACED, type TraceGraph, type TraceLink, type TraceNode } from './trace.ts';

type Db = Kernel['db'];

export interface TraceRelease {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly state: string;
}
export interface ProductTrace {
  readonly graph: TraceGraph;
  /** The newest first. */
  readonly releases: readonly TraceRelease[];
}

// Arrays instead of objects: with 20,000 links the names of fields would be most of what is sent.
type NodeRow = [
  id: string,
  kind: TraceNode['kind'],
  key: string,
  number: number,
  title: string,
  state: string,
  outcome: TraceNode['outcome'],
  ranOn: string | null,
];
type LinkRow = [id: string, type: string, from: string, to: string, suspect: boolean];
type ReleaseRow = [id: string, key: string, title: string, state: string];

export async function readTrace(db: Db, productId: string): Promise<ProductTrace> {
  const { rows } = await sql<{ nodes: NodeRow[]; links: LinkRow[]; releases: ReleaseRow[] }>`
    with node as materialized (
      select id, kind, key, number, title, state, case when kind = 'result' then body->>'outcome' end as outcome,
        case when kind = 'result' then coalesce(body->>'ranOn', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')) end as ran_on
      from record where product_id = ${productId}::uuid and kind = any(${[...TRACED]}::text[])
    ), tie as (
      select l.id, l.type, l.from_id, l.to_id, far.revision > l.seen_revision as suspect
      from node join link l on l.from_id = node.id and l.ended_at is null join record far on far.id = l.to_id
    ), rel as (
      select id, key, title, state, number from record where product_id = ${productId}::uuid and kind = 'release'
    )
    select
      (select coalesce(json_agg(json_build_array(id, kind, key, number, title, state, outcome, ran_on)), '[]') from node) as nodes,
      (select coalesce(json_agg(json_build_array(id, type, from_id, to_id, suspect)), '[]') from tie) as links,
      (select coalesce(json_agg(json_build_array(id, key, title, state) order by number desc), '[]') from rel) as releases
  `.execute(db);
  const { nodes = [], links = [], releases = [] } = rows[0] ?? {};
  const ranIn = new Map<string, string[]>();
  for (const [, type, from, to] of links) {
    if (type !== 'in') continue;
    const known = ranIn.get(from);
    if (known) known.push(to);
    else ranIn.set(from, [to]);
  }
  return {
    graph: {
      nodes: nodes.map(([id, kind, key, number, title, state, outcome, ranOn]) => ({
        id,
        kind,
        key,
        number,
        title,
        state,
        outcome,
        ranOn,
        releases: ranIn.get(id) ?? NONE,
      })),
      links: links.map(([id, type, from, to, suspect]): TraceLink => ({ id, type, from, to, suspect })),
    },
    releases: releases.map(([id, key, title, state]) => ({ id, key, title, state })),
  };
}

const NONE: readonly string[] = [];

export interface SuspectLink {
  readonly id: string;
  readonly type: string;
  readonly from: { readonly kind: string; readonly key: string; readonly title: string };
  readonly to: {
    readonly kind: string;
    readonly key: string;
    readonly title: string;
    readonly revision: number;
  };
  readonly seenRevision: number;
  readonly seenBody: Record<string, never> | null;
  readonly body: Record<string, never>;
  readonly changedAt: string;
  readonly changedBy: string | null;
}

/** Suspect links from the product's records, with what their author saw at the far end; also to records beyond the thread. */
export async function readSuspects(
  db: Db,
  productId: string,
  page: { readonly offset: number; readonly limit: number; readonly ids: readonly string[] | null },
): Promise<{ readonly items: readonly SuspectLink[]; readonly total: number }> {
  const only = page.ids === null ? sql`true` : sql`l.id = any(${[...page.ids]}::uuid[])`;
  const { rows } = await sql<{ total: number; items: SuspectLink[] }>`
    with suspect as materialized (
      select l.id, l.type, l.seen_revision, f.kind as from_kind, f.key as from_key, f.title as from_title, f.number,
        t.id as to_id, t.kind as to_kind, t.key as to_key, t.title as to_title, t.revision, t.body, t.updated_at, t.updated_by
      from record f join link l on l.from_id = f.id and l.ended_at is null join record t on t.id = l.to_id
      where f.product_id = ${productId}::uuid and t.revision > l.seen_revision and ${only}
    ), part as (
      select * from suspect order by to_kind, to_key, from_kind, number, id offset ${page.offset} limit ${page.limit}
    )
    select (select count(*)::int from suspect) as total, (select coalesce(json_agg(json_build_object(
        'id', p.id, 'type', p.type, 'seenRevision', p.seen_revision,
        'from', json_build_object('kind', p.from_kind, 'key', p.from_key, 'title', p.from_title),
        'to', json_build_object('kind', p.to_kind, 'key', p.to_key, 'title', p.to_title, 'revision', p.revision),
        'body', p.body, 'seenBody', l.content->'body', 'changedAt', p.updated_at, 'changedBy', e.name)
        order by p.to_kind, p.to_key, p.from_kind, p.number, p.id), '[]')
      from part p left join ledger l on l.record = p.to_id and l.revision = p.seen_revision
        and l.action in ('record.created', 'record.edited')
      left join person e on e.id = p.updated_by) as items`.execute(db);
  return rows[0] ?? { items: [], total: 0 };
}
