// Runs the pure match over what the database holds, in both directions: new versions ask for their packages' advisories,
// new advisories ask for the versions in use. Cost follows the change, never the archive.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Affected, CpeConfiguration, MatchResult, PackageIdentity } from '../advisory.ts';
import type { History } from '../matching/commits.ts';
import { match } from '../matching/match.ts';
import { readHistories } from './git-histories.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

interface Candidate {
  readonly advisory_id: number;
  readonly version_id: number;
  readonly affected: Affected;
  readonly configurations: readonly CpeConfiguration[] | null;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly cpe: string;
  readonly commit_id: string;
}

export interface MatchDelta {
  readonly advisoryId: number;
  readonly versionId: number;
  readonly change: 'opened' | 'changed' | 'closed';
}

const CANDIDATES = sql`
  select a.advisory_id, v.id as version_id, a.doc as affected,
    case when p.ecosystem = 'cpe' then adv.doc->'configurations' end as configurations,
    p.ecosystem, p.name, v.version, v.scope, v.cpe, v.commit_id
  from affected a
  join advisory adv on adv.id = a.advisory_id and adv.withdrawn is null
  join package p on p.id = a.package_id
  join component_version v on v.package_id = a.package_id`;

/** Matches component versions that were not known before. Nothing of theirs is stored yet, so nothing can close. */
export async function matchNewVersions(
  db: Db,
  versionIds: readonly number[],
  now: Date,
): Promise<MatchDelta[]> {
  const deltas: MatchDelta[] = [];
  for (let at = 0; at < versionIds.length; at += 5_000) {
    const part = versionIds.slice(at, at + 5_000);
    const { rows } = await sql<Candidate>`${CANDIDATES} where v.id = any(${part}::int[])`.execute(db);
    deltas.push(...(await writeMatches(db, evaluate(rows, await historiesFor(db, rows)), now)));
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
    const { rows } = await sql<Candidate>`${CANDIDATES} where v.id = any(${part}::int[])`.execute(db);
    const outcomes = evaluate(rows, await historiesFor(db, rows));
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
): Promise<MatchDelta[]> {
  if (advisoryIds.length === 0) return [];
  const { rows } =
    await sql<Candidate>`${CANDIDATES} where a.advisory_id = any(${[...advisoryIds]}::int[])`.execute(db);
  const outcomes = evaluate(rows, await historiesFor(db, rows));
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
async function historiesFor(db: Db, rows: readonly Candidate[]): Promise<History | undefined> {
  const repos = rows.flatMap(({ commit_id, affected }) =>
    commit_id === ''
      ? []
      : affected.ranges.flatMap((range) => (range.kind === 'GIT' && range.repo !== null ? [range.repo] : [])),
  );
  return repos.length === 0 ? undefined : readHistories(db, repos);
}

const RANK = { affected: 2, undetermined: 1, 'not-affected': 0 } as const;

/** One outcome for each (advisory, version): statements about one package are joined by OR (OSV schema, `affected[]`). */
function evaluate(rows: readonly Candidate[], history: History | undefined): Map<string, MatchResult> {
  const outcomes = new Map<string, MatchResult>();
  for (const row of rows) {
    const identity: PackageIdentity = {
      ecosystem: row.ecosystem,
      name: row.name,
      scope: row.scope,
      version: row.version === '' ? null : row.version,
      from: row.cpe || `${row.ecosystem}:${row.name}`,
      cpe: row.cpe === '' ? null : row.cpe,
      commit: row.commit_id === '' ? null : row.commit_id,
    };
    const result = match(
      identity,
      row.affected,
      { configurations: row.configurations ?? [], withdrawn: null },
      history ? { history } : {},
    );
    if (result.outcome === 'not-affected') continue;
    const key = `${row.advisory_id}:${row.version_id}`;
    const known = outcomes.get(key);
    if (!known || RANK[result.outcome] > RANK[known.outcome]) outcomes.set(key, result);
  }
  return outcomes;
}

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
    insert into match as m (advisory_id, version_id, outcome, why, first_seen, changed_at)
    select r.advisory, r.version, r.outcome, r.why, ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(advisory int, version int, outcome text, why jsonb)
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
