// Keeps alias groups right as records come, change and go: only the groups that a batch touches are computed anew, from
// the assertions themselves, so that a split is as easy as a merge.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { groupAliases } from '../matching/alias-groups.ts';
import { renewGroupOf } from './match-facts.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

export interface AliasStatement {
  readonly advisoryId: number;
  readonly id: string;
  readonly aliases: readonly string[];
}

/** Replaces what these advisories assert and renews the groups that are touched; gives every id that was named. */
export async function storeAliases(db: Db, statements: readonly AliasStatement[]): Promise<string[]> {
  if (statements.length === 0) return [];
  const advisoryIds = statements.map((statement) => statement.advisoryId);
  const before = await sql<{ a: string; b: string }>`
    delete from alias_assertion where advisory_id = any(${advisoryIds}::int[]) returning a, b`.execute(db);
  const pairs = statements.flatMap(({ advisoryId, id, aliases }) =>
    [...new Set(aliases)].filter((alias) => alias !== id).map((alias) => ({ advisoryId, a: id, b: alias })),
  );
  if (pairs.length > 0) {
    await sql`insert into alias_assertion (advisory_id, a, b)
      select * from unnest(${pairs.map((p) => p.advisoryId)}::int[], ${pairs.map((p) => p.a)}::text[], ${pairs.map((p) => p.b)}::text[])
      on conflict do nothing`.execute(db);
  }
  const touched = new Set([
    ...statements.map((statement) => statement.id),
    ...pairs.flatMap(({ a, b }) => [a, b]),
    ...before.rows.flatMap(({ a, b }) => [a, b]),
  ]);
  await renewGroups(db, [...touched]);
  return [...touched];
}

interface Member {
  readonly ext_id: string;
  /** 0 where it is in no group yet. */
  readonly group_id: number;
}

/**
 * Everything that hangs together with these ids, through present groups and through assertions. Each id and each group is
 * followed once, so the work grows with what is reached and not with its square.
 */
async function reach(db: Db, ids: readonly string[]): Promise<Member[]> {
  const found = new Map<string, number>();
  const groups = new Set<number>();
  let frontier = [...new Set(ids)];
  while (frontier.length > 0) {
    const { rows } = await sql<Member>`
      select f.id as ext_id, coalesce(m.group_id, 0) as group_id from unnest(${frontier}::text[]) as f(id)
      left join alias_member m on m.ext_id = f.id`.execute(db);
    for (const row of rows) found.set(row.ext_id, row.group_id);
    const fresh = [...new Set(rows.map((row) => row.group_id))].filter((id) => id !== 0 && !groups.has(id));
    for (const id of fresh) groups.add(id);
    const { rows: next } = await sql<{ id: string }>`
      select b as id from alias_assertion where a = any(${frontier}::text[])
      union select a from alias_assertion where b = any(${frontier}::text[])
      union select ext_id from alias_member where group_id = any(${fresh}::int[])`.execute(db);
    frontier = next.map((row) => row.id).filter((id) => !found.has(id));
  }
  return [...found].map(([ext_id, group_id]) => ({ ext_id, group_id }));
}

async function renewGroups(db: Db, ids: readonly string[]): Promise<void> {
  const members = await reach(db, ids);
  const all = members.map((row) => row.ext_id);
  const { rows: pairs } = await sql<{ a: string; b: string }>`
    select distinct a, b from alias_assertion where a = any(${all}::text[]) or b = any(${all}::text[])`.execute(
    db,
  );
  const groups = groupAliases(
    all,
    pairs.map(({ a, b }) => [a, b] as const),
  );
  const present = new Map(
    members.filter((row) => row.group_id !== 0).map((row) => [row.ext_id, row.group_id]),
  );
  const taken = new Set<number>();
  const rows: { ext_id: string; group_id: number }[] = [];
  const preferred: { id: number; preferred: string }[] = [];
  const fresh: { preferred: string; ids: readonly string[] }[] = [];
  for (const group of groups) {
    // The group keeps the number of its preferred id where that is free, else of any member: decisions stay with it.
    const candidates = [group.preferred, ...group.ids]
      .map((id) => present.get(id))
      .filter((id) => id !== undefined);
    const number = candidates.find((id) => !taken.has(id));
    if (number === undefined) {
      fresh.push({ preferred: group.preferred, ids: group.ids });
      continue;
    }
    taken.add(number);
    preferred.push({ id: number, preferred: group.preferred });
    rows.push(...group.ids.map((id) => ({ ext_id: id, group_id: number })));
  }
  if (fresh.length > 0) {
    const made = await sql<{ id: number }>`insert into alias_group (preferred)
      select p from unnest(${fresh.map((g) => g.preferred)}::text[]) with ordinality as t(p, n) order by n returning id`.execute(
      db,
    );
    fresh.forEach((group, index) => {
      const id = made.rows[index]?.id as number;
      rows.push(...group.ids.map((ext) => ({ ext_id: ext, group_id: id })));
    });
  }
  if (preferred.length > 0) {
    await sql`update alias_group g set preferred = n.preferred
      from unnest(${preferred.map((p) => p.id)}::int[], ${preferred.map((p) => p.preferred)}::text[]) as n(id, preferred)
      where g.id = n.id and g.preferred <> n.preferred`.execute(db);
  }
  // Only those whose group is another: an id that is new has no match yet.
  const moved = rows.filter(({ ext_id, group_id }) => {
    const before = present.get(ext_id);
    return before !== undefined && before !== group_id;
  });
  const written = rows.filter(({ ext_id, group_id }) => present.get(ext_id) !== group_id);
  await sql`insert into alias_member as m (ext_id, group_id)
    select * from unnest(${written.map((r) => r.ext_id)}::text[], ${written.map((r) => r.group_id)}::int[])
    on conflict (ext_id) do update set group_id = excluded.group_id`.execute(db);
  await renewGroupOf(
    db,
    moved.map((row) => row.ext_id),
  );
  // Groups that were merged into others stay empty and harmless; they are removed, nothing refers to them.
  const leftover = [...new Set(present.values())].filter((id) => !taken.has(id));
  if (leftover.length > 0) {
    await sql`delete from alias_group g where g.id = any(${leftover}::int[])
      and not exists (select 1 from alias_member m where m.group_id = g.id)`.execute(db);
  }
}
