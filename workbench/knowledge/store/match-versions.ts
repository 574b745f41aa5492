// Runs the pure match over what the database holds, in both directions: new versions ask for their packages' advisories,
// new advisories ask for the versions in use. Cost follows the change, never the archive.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Affected, CpeConfiguration, MatchResult, PackageIdentity } from '../advisory.ts';
import type { History } from '../matching/commits.ts';
import { match } from '../matching/match.ts';
import { readHistories } from './git-histories.ts';
import { rankOf } from './match-facts.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

/** What one advisory says of one package. */
interface Statement {
  readonly advisory_id: number;
  readonly package_id: number;
  readonly doc: Affected;
  readonly configurations: readonly CpeConfiguration[] | null;
}

interface Version {
  readonly id: number;
  readonly package_id: number;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
  readonly commit_id: string;
}

/** Statements and versions meet in the program by package: joined in the database each would be sent and read many times over. */
interface Candidates {
  readonly statements: readonly Statement[];
  readonly versions: readonly Version[];
}

export interface MatchDelta {
  readonly advisoryId: number;
  readonly versionId: number;
  readonly change: 'opened' | 'changed' | 'closed';
}

const STATEMENTS = sql`
  select a.advisory_id, a.package_id, a.doc,
    case when a.doc->>'ecosystem' = 'cpe' then adv.doc->'configurations' end as configurations
  from affected a join advisory adv on adv.id = a.advisory_id and adv.withdrawn is null`;

const VERSIONS = sql`
  select v.id, v.package_id, p.ecosystem, p.name, v.version, v.scope, v.cpe, v.commit_id
  from component_version v join package p on p.id = v.package_id`;

async function candidatesOfVersions(db: Db, ids: readonly number[]): Promise<Candidates> {
  const { rows: versions } = await sql<Version>`${VERSIONS} where v.id = any(${[...ids]}::int[])`.execute(db);
  const packages = [...new Set(versions.map((row) => row.package_id))];
  const { rows: statements } =
    await sql<Statement>`${STATEMENTS} where a.package_id = any(${packages}::int[])`.execute(db);
  return { statements, versions };
}

/** Most advisories are about packages that nobody uses: their statements, which may be large, are not read. */
async function candidatesOfAdvisories(db: Db, ids: readonly number[]): Promise<Candidates> {
  const { rows: used } = await sql<{ package_id: number }>`
    select distinct a.package_id from affected a where a.advisory_id = any(${[...ids]}::int[])
      and exists (select 1 from component_version v where v.package_id = a.package_id)`.execute(db);
  const packages = used.map((row) => row.package_id);
  if (packages.length === 0) return { statements: [], versions: [] };
  const { rows: statements } = await sql<Statement>`${STATEMENTS}
    where a.advisory_id = any(${[...ids]}::int[]) and a.package_id = any(${packages}::int[])`.execute(db);
  const { rows: versions } =
    await sql<Version>`${VERSIONS} where v.package_id = any(${packages}::int[])`.execute(db);
  return { statements, versions };
}

/** Matches component versions that were not known before. Nothing of theirs is stored yet, so nothing can close. */
export async function matchNewVersions(
  db: Db,
  versionIds: readonly number[],
  now: Date,
): Promise<MatchDelta[]> {
  const deltas: MatchDelta[] = [];
  for (let at = 0; at < versionIds.length; at += 5_000) {
    const part = versionIds.slice(at, at + 5_000);
    const found = await candidatesOfVersions(db, part);
    deltas.push(...(await writeMatches(db, evaluate(found, await historiesFor(db, found)), now)));
  }
  return deltas;
}

/** Matches versions again whose surroundings changed (a history was added), and closes what they match no longer. */
export async function matchVersionsAgain(
  db: Db,
  versionIds: readonly number[],
  now: Date,
): Promise<MatchDelta[]> {
  const deltas: MatchDelta[] = [];
  for (let at = 0; at < versionIds.length; at += 5_000) {
    const part = versionIds.slice(at, at + 5_000);
    const found = await candidatesOfVersions(db, part);
    const outcomes = evaluate(found, await historiesFor(db, found));
    const open = await sql<{ advisory_id: number; version_id: number }>`
      select advisory_id, version_id from match where version_id = any(${part}::int[]) and closed_at is null`.execute(
      db,
    );
    deltas.push(...(await closeGone(db, open.rows, outcomes, now)));
    deltas.push(...(await writeMatches(db, outcomes, now)));
  }
  return deltas;
}

/** Matches advisories that are new or changed against every version in use, and closes what they match no longer. */
export async function matchAdvisories(
  db: Db,
  advisoryIds: readonly number[],
  now: Date,
  mark: (phase: 'candidates' | 'compare') => void = () => undefined,
): Promise<MatchDelta[]> {
  if (advisoryIds.length === 0) return [];
  const found = await candidatesOfAdvisories(db, advisoryIds);
  mark('candidates');
  const outcomes = evaluate(found, await historiesFor(db, found));
  mark('compare');
  const open = await sql<{ advisory_id: number; version_id: number }>`
    select advisory_id, version_id from match where advisory_id = any(${[...advisoryIds]}::int[]) and closed_at is null`.execute(
    db,
  );
  const closed = await closeGone(db, open.rows, outcomes, now);
  return [...(await writeMatches(db, outcomes, now)), ...closed];
}

/** Closes the open matches that came out no more. */
async function closeGone(
  db: Db,
  open: readonly { advisory_id: number; version_id: number }[],
  outcomes: ReadonlyMap<string, MatchResult>,
  now: Date,
): Promise<MatchDelta[]> {
  const gone = open.filter((row) => !outcomes.has(`${row.advisory_id}:${row.version_id}`));
  if (gone.length === 0) return [];
  await sql`update match m set closed_at = ${now}, changed_at = ${now}
    from unnest(${gone.map((r) => r.advisory_id)}::int[], ${gone.map((r) => r.version_id)}::int[]) as g(a, v)
    where m.advisory_id = g.a and m.version_id = g.v`.execute(db);
  return gone.map((row) => ({ advisoryId: row.advisory_id, versionId: row.version_id, change: 'closed' }));
}

/** Histories are read only where a component is pinned to a commit and an advisory names commits. */
async function historiesFor(db: Db, { statements, versions }: Candidates): Promise<History | undefined> {
  if (versions.every(({ commit_id }) => commit_id === '')) return undefined;
  const repos = statements.flatMap(({ doc }) =>
    doc.ranges.flatMap((range) => (range.kind === 'GIT' && range.repo !== null ? [range.repo] : [])),
  );
  return repos.length === 0 ? undefined : readHistories(db, repos);
}

const RANK = { affected: 2, undetermined: 1, 'not-affected': 0 } as const;

/** One outcome for each (advisory, version): statements about one package are joined by OR (OSV schema, `affected[]`). */
function evaluate(
  { statements, versions }: Candidates,
  history: History | undefined,
): Map<string, MatchResult> {
  const byPackage = new Map<number, { row: Version; identity: PackageIdentity }[]>();
  for (const row of versions) {
    const entry = { row, identity: identityOf(row) };
    const others = byPackage.get(row.package_id);
    if (others) others.push(entry);
    else byPackage.set(row.package_id, [entry]);
  }
  const outcomes = new Map<string, MatchResult>();
  const context = history ? { history } : {};
  for (const { advisory_id, package_id, doc, configurations } of statements) {
    const advisory = { configurations: configurations ?? [], withdrawn: null };
    for (const { row, identity } of byPackage.get(package_id) ?? []) {
      const result = match(identity, doc, advisory, context);
      if (result.outcome === 'not-affected') continue;
      const key = `${advisory_id}:${row.id}`;
      const known = outcomes.get(key);
      if (!known || RANK[result.outcome] > RANK[known.outcome]) outcomes.set(key, result);
    }
  }
  return outcomes;
}

const identityOf = (row: Version): PackageIdentity => ({
  ecosystem: row.ecosystem,
  name: row.name,
  scope: row.scope,
  version: row.version === '' ? null : row.version,
  from: row.cpe || `${row.ecosystem}:${row.name}`,
  cpe: row.cpe === '' ? null : row.cpe,
  commit: row.commit_id === '' ? null : row.commit_id,
});

async function writeMatches(
  db: Db,
  outcomes: ReadonlyMap<string, MatchResult>,
  now: Date,
): Promise<MatchDelta[]> {
  if (outcomes.size === 0) return [];
  const rows = [...outcomes].map(([key, { outcome, why }]) => {
    const [advisory, version] = key.split(':').map(Number);
    return { advisory, version, outcome, why };
  });
  const { rows: written } = await sql<{ advisory_id: number; version_id: number; fresh: boolean }>`
    insert into match as m (advisory_id, version_id, outcome, why, first_seen, changed_at, group_id, rank, score)
    select r.advisory, r.version, r.outcome, r.why, ${now}, ${now}, am.group_id, ${rankOf(sql`a.level`)}, a.score
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(advisory int, version int, outcome text, why jsonb)
    join advisory a on a.id = r.advisory join alias_member am on am.ext_id = a.ext_id
    on conflict (advisory_id, version_id) do update
      set outcome = excluded.outcome, why = excluded.why, changed_at = excluded.changed_at, closed_at = null
      where m.outcome <> excluded.outcome or m.why <> excluded.why or m.closed_at is not null
    returning m.advisory_id, m.version_id, (m.first_seen = m.changed_at) as fresh`.execute(db);
  return written.map((row) => ({
    advisoryId: row.advisory_id,
    versionId: row.version_id,
    change: row.fresh ? 'opened' : 'changed',
  }));
}
