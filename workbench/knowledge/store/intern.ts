// Gives packages and component versions their numbers, in sets. Most are known: they are looked up first, and only what is missing
// is added, since an insert that meets its row costs more than a look, and uses up a number.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { PackageIdentity } from '../advisory.ts';
import { type PackageName, packageKey } from '../identity/package-key.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/** Numbers of the packages, by `packageKey`; new ones are added. */
export async function internPackages(db: Db, names: readonly PackageName[]): Promise<Map<string, number>> {
  const wanted = new Map(names.map((name) => [packageKey(name), name]));
  const ids = new Map<string, number>();
  if (wanted.size === 0) return ids;
  // Sorted, so that two importers take the same locks in the same order.
  const list = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
  const find = async (names: readonly PackageName[]): Promise<PackageName[]> => {
    if (names.length === 0) return [];
    const { rows } = await sql<{ id: number; n: number }>`
      select p.id, w.n::int from unnest(${names.map((n) => n.ecosystem)}::text[], ${names.map((n) => n.name)}::text[])
        with ordinality as w(ecosystem, name, n)
      join package p on p.ecosystem = w.ecosystem and p.name = w.name`.execute(db);
    const found = new Set(rows.map((row) => row.n - 1));
    for (const row of rows) ids.set(packageKey(names[row.n - 1] as PackageName), row.id);
    return names.filter((_, index) => !found.has(index));
  };
  const missing = await find(list);
  if (missing.length === 0) return ids;
  const { rows: added } = await sql<{ id: number; ecosystem: string; name: string }>`
    insert into package (ecosystem, name)
    select * from unnest(${missing.map((n) => n.ecosystem)}::text[], ${missing.map((n) => n.name)}::text[])
    on conflict do nothing returning id, ecosystem, name`.execute(db);
  for (const row of added) ids.set(packageKey(row), row.id);
  // What somebody else has added meanwhile.
  await find(missing.filter((name) => !ids.has(packageKey(name))));
  return ids;
}

export const identityKey = (identity: PackageIdentity): string =>
  [
    identity.ecosystem,
    identity.name,
    identity.version ?? '',
    identity.scope,
    identity.cpe ?? '',
    identity.commit ?? '',
  ].join('\u0000');

export interface InternedVersions {
  /** Number of the component version, by `identityKey`. */
  readonly ids: ReadonlyMap<string, number>;
  /** Those that were not known before: only they need matching. */
  readonly added: readonly number[];
}

export async function internVersions(
  db: Db,
  identities: readonly PackageIdentity[],
): Promise<InternedVersions> {
  const wanted = new Map(identities.map((identity) => [identityKey(identity), identity]));
  const ids = new Map<string, number>();
  if (wanted.size === 0) return { ids, added: [] };
  const packages = await internPackages(db, [...wanted.values()]);
  const rows: VersionRow[] = [...wanted.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, identity]) => ({
      key,
      package_id: packages.get(packageKey(identity)) as number,
      version: identity.version ?? '',
      scope: identity.scope,
      cpe: identity.cpe ?? '',
      commit_id: identity.commit ?? '',
    }));
  const missing = await findVersions(db, rows, ids);
  if (missing.length === 0) return { ids, added: [] };
  const { rows: inserted } = await sql<{ id: number } & Omit<VersionRow, 'key'>>`
    insert into component_version (package_id, version, scope, cpe, commit_id)
    select package_id, version, scope, cpe, commit_id from ${asTable(missing)}
    on conflict do nothing returning id, package_id, version, scope, cpe, commit_id`.execute(db);
  const added = new Map(inserted.map((row) => [rowKey(row), row.id]));
  const others: VersionRow[] = [];
  for (const row of missing) {
    const id = added.get(rowKey(row));
    if (id === undefined) others.push(row);
    else ids.set(row.key, id);
  }
  // What somebody else has added meanwhile.
  if (others.length > 0) await findVersions(db, others, ids);
  return { ids, added: [...added.values()] };
}

interface VersionRow {
  readonly key: string;
  readonly package_id: number;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
  readonly commit_id: string;
}

const rowKey = ({ package_id, version, scope, cpe, commit_id }: Omit<VersionRow, 'key'>): string =>
  [package_id, version, scope, cpe, commit_id].join('\u0000');

const asTable = (rows: readonly VersionRow[]) => sql`unnest(${rows.map((r) => r.package_id)}::int[],
  ${rows.map((r) => r.version)}::text[], ${rows.map((r) => r.scope)}::text[], ${rows.map((r) => r.cpe)}::text[],
  ${rows.map((r) => r.commit_id)}::text[]) with ordinality as w(package_id, version, scope, cpe, commit_id, n)`;

/** Notes the numbers of those that are there, and gives the others. */
async function findVersions(
  db: Db,
  rows: readonly VersionRow[],
  ids: Map<string, number>,
): Promise<VersionRow[]> {
  const { rows: found } = await sql<{ n: number; id: number }>`
    select w.n::int, v.id from ${asTable(rows)} join component_version v
      on v.package_id = w.package_id and v.version = w.version and v.scope = w.scope and v.cpe = w.cpe and v.commit_id = w.commit_id`.execute(
    db,
  );
  for (const { n, id } of found) ids.set((rows[n - 1] as VersionRow).key, id);
  return found.length === rows.length ? [] : rows.filter(({ key }) => !ids.has(key));
}
