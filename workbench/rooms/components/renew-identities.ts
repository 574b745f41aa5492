// An alias changed: components in force that it can touch are identified anew, and only what is new to them is matched.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { identify } from '../../knowledge/identity/identify.ts';
import { curatedDigest, readAliases } from '../../knowledge/store/identity-aliases.ts';
import { IMPORT_LOCK } from '../../knowledge/store/import-advisories.ts';
import { identityKey, internVersions } from '../../knowledge/store/intern.ts';
import { matchNewVersions } from '../../knowledge/store/match-versions.ts';
import { renewPlatformVerdicts } from './platforms.ts';
import { lockSurroundings, SUPPLEMENT } from './read-supplements.ts';
import './tables.ts';

interface Present {
  readonly id: string;
  readonly sbom_id: string;
  readonly release_id: string;
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly cpes: string[];
  readonly commit_id: string | null;
  readonly repository: string | null;
  readonly not_watched: string | null;
  readonly identity_note: string;
}

// What people corrected goes before what the SBOM says.
const KNOWN_PURL = sql`coalesce(${SUPPLEMENT}->>'purl', c.purl)`;
const PRESENT = sql`c.id, c.sbom_id, s.release_id, c.name, c.version, ${KNOWN_PURL} as purl,
  case when ${SUPPLEMENT} ? 'cpe' then array[${SUPPLEMENT}->>'cpe'] else c.cpes end as cpes,
  c.commit_id, c.detail->>'repository' as repository, c.not_watched, c.identity_note`;

const AT_ONCE = 2_000;

/** Gives the releases that changed. `keys` are alias keys (`generic/openssl`); null looks at every component with a purl. */
export async function renewIdentities(kernel: Kernel, keys: readonly string[] | null): Promise<string[]> {
  const changed = new Set<string>();
  // The part before `@` and `?` has no wildcard of LIKE but `_` and `%`, which are quoted.
  const starts = keys?.map((key) => `pkg:${key.replace(/[\\%_]/g, '\\$&')}%`) ?? ['pkg:%'];
  for (let after = '0'; ; ) {
    const { rows } = await sql<Touched>`
      select c.id, r.product_id from component c join sbom s on s.id = c.sbom_id and s.superseded_at is null
        join record r on r.id = s.release_id
      where c.id > ${after}::bigint and lower(${KNOWN_PURL}) like any(${starts}::text[]) order by c.id limit ${AT_ONCE}`.execute(
      kernel.db,
    );
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    for (const release of await renewSome(kernel, rows)) changed.add(release);
  }
  return [...changed];
}

/** The list that ships with Ward may be another one than that under which the components were identified. */
export async function renewForCuratedList(kernel: Kernel): Promise<void> {
  const digest = curatedDigest();
  const known = await kernel.db.selectFrom('identity_state').select('curated_digest').executeTakeFirst();
  if (known?.curated_digest === digest) return;
  await renewIdentities(kernel, null);
  await kernel.db
    .insertInto('identity_state')
    .values({ curated_digest: digest })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ curated_digest: digest }))
    .execute();
}

interface Touched {
  readonly id: string;
  readonly product_id: string | null;
}

function renewSome(kernel: Kernel, touched: readonly Touched[]): Promise<string[]> {
  return kernel.records.write(SYSTEM, async (unit) => {
    await lockSurroundings(
      unit.db,
      touched.map((row) => row.product_id),
      'change',
    );
    // Read under the lock: what people corrected meanwhile counts.
    const { rows } = await sql<Present>`
      select ${PRESENT} from component c join sbom s on s.id = c.sbom_id and s.superseded_at is null
        join record r on r.id = s.release_id
      where c.id = any(${touched.map((row) => row.id)}::bigint[]) order by c.id`.execute(unit.db);
    return rows.length === 0 ? [] : renewRows(unit, rows);
  });
}

/** Components in force at these places of a product; where given, of this version only. */
export async function renewPlaces(
  unit: Unit,
  productId: string,
  places: readonly { readonly place: string; readonly version: string | null }[],
): Promise<string[]> {
  const { rows } = await sql<Present>`
    select ${PRESENT} from component c join sbom s on s.id = c.sbom_id and s.superseded_at is null
      join record r on r.id = s.release_id and r.product_id = ${productId}::uuid
      where exists (select 1 from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as g(place text, version text)
        where g.place = c.place and (g.version is null or g.version = c.version)) order by c.id`.execute(
    unit.db,
  );
  return rows.length === 0 ? [] : renewRows(unit, rows);
}

async function renewRows(unit: Unit, rows: readonly Present[]): Promise<string[]> {
  await sql`select pg_advisory_xact_lock_shared(${IMPORT_LOCK})`.execute(unit.db);
  const aliases = await readAliases(unit.db);
  const identified = rows.map((row) => ({
    row,
    ...identify({ ...row, commit: row.commit_id }, aliases),
  }));
  const versions = await internVersions(
    unit.db,
    identified.flatMap((item) => item.identities),
  );
  await matchNewVersions(unit.db, versions.added, unit.now);
  const links = identified.flatMap(({ row, identities }) =>
    identities.map((identity) => ({
      component: row.id,
      sbom: row.sbom_id,
      version: versions.ids.get(identityKey(identity)) as number,
      tied: identity.tied === true,
    })),
  );
  const touched = await replaceLinks(unit, rows, links);
  const told = identified.filter(
    ({ row, note, notWatched }) => note !== row.identity_note || notWatched !== row.not_watched,
  );
  await tellComponents(
    unit,
    told.map(({ row, note, notWatched }) => ({ id: row.id, note, notWatched })),
  );
  const releases = [...new Set(rows.filter((row) => touched.has(row.id)).map((row) => row.release_id))];
  await renewPlatformVerdicts(unit.db, releases);
  await unit.emit(...releases.map((release) => ({ type: 'release.rematched', payload: { release } })));
  return releases;
}

interface Link {
  readonly component: string;
  readonly sbom: string;
  readonly version: number;
  readonly tied: boolean;
}

/** Gives the components whose identities are others than before. */
async function replaceLinks(
  unit: Unit,
  rows: readonly Present[],
  links: readonly Link[],
): Promise<Set<string>> {
  const given = sql`from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as g(component bigint, sbom uuid, version int, tied boolean)`;
  const gone = await sql<{ component_id: string }>`
    delete from component_identity i where i.component_id = any(${rows.map((row) => row.id)}::bigint[])
      and not exists (select 1 ${given} where g.component = i.component_id and g.version = i.version_id)
    returning i.component_id`.execute(unit.db);
  const added = await sql<{ component_id: string }>`
    insert into component_identity as i (version_id, component_id, sbom_id, tied, place) select distinct on (g.version, g.component)
      g.version, g.component, g.sbom, g.tied, c.place ${given} join component c on c.id = g.component order by g.version, g.component, g.tied desc
    on conflict (version_id, component_id) do update set tied = excluded.tied where i.tied <> excluded.tied
    returning i.component_id`.execute(unit.db);
  return new Set([...gone.rows, ...added.rows].map((row) => row.component_id));
}

async function tellComponents(
  unit: Unit,
  told: readonly { readonly id: string; readonly note: string; readonly notWatched: string | null }[],
): Promise<void> {
  if (told.length === 0) return;
  await sql`update component c set identity_note = t.note, not_watched = t."notWatched"
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as t(id bigint, note text, "notWatched" text) where c.id = t.id`.execute(
    unit.db,
  );
  await sql`update sbom s set watched_count = w.n from (
      select sbom_id, count(*) filter (where not_watched is null)::int as n from component
      where sbom_id in (select sbom_id from component where id = any(${told.map((row) => row.id)}::bigint[])) group by sbom_id
    ) w where s.id = w.sbom_id and s.watched_count <> w.n`.execute(unit.db);
}
