// Gives packages and component versions their numbers, in sets: one statement however many there are.
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
  const values = sql`from unnest(${list.map((n) => n.ecosystem)}::text[], ${list.map((n) => n.name)}::text[]) as w(ecosystem, name)`;
  await sql`insert into package (ecosystem, name)
    select w.ecosystem, w.name ${values}
    where not exists (select 1 from package p where p.ecosystem = w.ecosystem and p.name = w.name)
    on conflict do nothing`.execute(db);
  const { rows } = await sql<{ id: number; ecosystem: string; name: string }>`
    select p.id, p.ecosystem, p.name ${values} join package p on p.ecosystem = w.ecosystem and p.name = w.name`.execute(
    db,
  );
  for (const row of rows) ids.set(packageKey(row), row.id);
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
  const rows = [...wanted.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, identity]) => ({
      key,
      package_id: packages.get(packageKey(identity)) as number,
      version: identity.version ?? '',
      scope: identity.scope,
      cpe: identity.cpe ?? '',
      commit_id: identity.commit ?? '',
    }));
  const values = sql`from unnest(${rows.map((r) => r.key.replaceAll('\u0000', '\u0001'))}::text[], ${rows.map((r) => r.package_id)}::int[],
    ${rows.map((r) => r.version)}::text[], ${rows.map((r) => r.scope)}::text[], ${rows.map((r) => r.cpe)}::text[],
    ${rows.map((r) => r.commit_id)}::text[]) as w(key, package_id, version, scope, cpe, commit_id)`;
  const inserted = await sql<{ id: number }>`
    insert into component_version (package_id, version, scope, cpe, commit_id)
    select w.package_id, w.version, w.scope, w.cpe, w.commit_id ${values}
    on conflict do nothing returning id`.execute(db);
  const { rows: found } = await sql<{ key: string; id: number }>`
    select w.key, v.id ${values} join component_version v
      on v.package_id = w.package_id and v.version = w.version and v.scope = w.scope and v.cpe = w.cpe and v.commit_id = w.commit_id`.execute(
    db,
  );
  for (const row of found) ids.set(row.key.replaceAll('\u0001', '\u0000'), row.id);
  return { ids, added: inserted.rows.map((row) => row.id) };
}
