// Stores a batch of advisories: unchanged ones cost a comparison of digests, changed ones are matched by delta.
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { canonicalText } from '../../kernel/ledger/canonical.ts';
import type { Advisory } from '../advisory.ts';
import { worstSeverity } from '../cvss.ts';
import { packageKey } from '../identity/package-key.ts';
import { storeAliases } from './alias-store.ts';
import { internPackages } from './intern.ts';
import { renewRanks } from './match-facts.ts';
import { type MatchDelta, matchAdvisories } from './match-versions.ts';
import './tables.ts';

export interface BatchResult {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly changedIds: readonly number[];
  readonly matches: readonly MatchDelta[];
  /** Every id that the changed records name or named: their groups may have changed. */
  readonly touchedIds: readonly string[];
}

interface Prepared {
  readonly advisory: Advisory;
  readonly digest: string;
}

// One importer at a time: two feeds that speak of the same flaw would else build its group twice.
export const IMPORT_LOCK = 8100161;

/** Told when a phase has ended, for measurements. */
export type Mark = (phase: 'store' | 'aliases' | 'candidates' | 'compare' | 'write') => void;

/** Idempotent: the same records again change nothing. A record that is older than the stored one is left alone. */
export async function importAdvisories(
  tx: Transaction<Tables>,
  advisories: readonly Advisory[],
  now: Date,
  mark: Mark = () => undefined,
): Promise<BatchResult> {
  await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(tx);
  const prepared = lastOfEach(advisories);
  const fresh = await onlyChanged(tx, prepared);
  if (fresh.length === 0)
    return {
      added: 0,
      changed: 0,
      unchanged: advisories.length,
      changedIds: [],
      matches: [],
      touchedIds: [],
    };
  const stored = await upsert(tx, fresh, now);
  const ids = stored.map((row) => row.id);
  await replaceAffected(tx, fresh, stored);
  await renewRanks(
    tx,
    stored.filter((row) => row.revision > 1).map((row) => row.id),
  );
  mark('store');
  const touchedIds = await storeAliases(
    tx,
    fresh.map(({ advisory }, index) => ({
      advisoryId: ids[index] as number,
      id: advisory.id,
      aliases: advisory.aliases,
    })),
  );
  await replaceUpstream(tx, fresh, stored);
  mark('aliases');
  const matches = await matchAdvisories(tx, ids, now, mark);
  mark('write');
  const added = stored.filter((row) => row.revision === 1).length;
  return {
    added,
    changed: stored.length - added,
    unchanged: advisories.length - stored.length,
    changedIds: ids,
    matches,
    touchedIds,
  };
}

const keyOf = (advisory: { source: string; id: string }) => `${advisory.source}\u0000${advisory.id}`;

function lastOfEach(advisories: readonly Advisory[]): Prepared[] {
  const last = new Map<string, Prepared>();
  for (const advisory of advisories) {
    const known = last.get(keyOf(advisory));
    if (known && known.advisory.modified > advisory.modified) continue;
    last.set(keyOf(advisory), {
      advisory,
      digest: createHash('sha256').update(canonicalText(advisory)).digest('hex'),
    });
  }
  return [...last.values()];
}

async function onlyChanged(tx: Transaction<Tables>, prepared: readonly Prepared[]): Promise<Prepared[]> {
  const { rows } = await sql<{ source: string; ext_id: string; digest: string; modified: Date }>`
    select a.source, a.ext_id, encode(a.digest, 'hex') as digest, a.modified
    from unnest(${prepared.map((p) => p.advisory.source)}::text[], ${prepared.map((p) => p.advisory.id)}::text[]) as w(source, id)
    join advisory a on a.source = w.source and a.ext_id = w.id`.execute(tx);
  const known = new Map(rows.map((row) => [keyOf({ source: row.source, id: row.ext_id }), row]));
  return prepared.filter(({ advisory, digest }) => {
    const row = known.get(keyOf(advisory));
    return !row || (row.digest !== digest && row.modified <= new Date(advisory.modified));
  });
}

async function upsert(
  tx: Transaction<Tables>,
  fresh: readonly Prepared[],
  now: Date,
): Promise<{ id: number; revision: number }[]> {
  const rows = fresh.map(({ advisory, digest }, position) => {
    const { affected: _affected, summary, source, id, modified, withdrawn, derived, ...doc } = advisory;
    const worst = worstSeverity(advisory.severities);
    return {
      position,
      source,
      ext_id: id,
      digest,
      modified,
      withdrawn,
      derived,
      doc,
      summary: summary.slice(0, 2_000),
      score: worst?.base ?? null,
      level: worst?.level ?? 'unknown',
    };
  });
  const { rows: stored } = await sql<{ id: number; revision: number; source: string; ext_id: string }>`
    insert into advisory as a (source, ext_id, digest, modified, withdrawn, derived, doc, summary, score, level, first_seen, last_changed)
    select r.source, r.ext_id, decode(r.digest, 'hex'), r.modified, r.withdrawn, r.derived, r.doc, r.summary, r.score, r.level, ${now}, ${now}
    from jsonb_to_recordset(${storable(rows)}::jsonb) as r(position int, source text, ext_id text, digest text, modified timestamptz,
      withdrawn timestamptz, derived boolean, doc jsonb, summary text, score real, level text)
    order by r.source, r.ext_id
    on conflict (source, ext_id) do update set digest = excluded.digest, modified = excluded.modified,
      withdrawn = excluded.withdrawn, derived = excluded.derived, doc = excluded.doc, summary = excluded.summary,
      score = excluded.score, level = excluded.level, revision = a.revision + 1, last_changed = excluded.last_changed
    returning a.id, a.revision, a.source, a.ext_id`.execute(tx);
  const byKey = new Map(stored.map((row) => [keyOf({ source: row.source, id: row.ext_id }), row]));
  return fresh.map(({ advisory }) => byKey.get(keyOf(advisory)) as { id: number; revision: number });
}

async function replaceAffected(
  tx: Transaction<Tables>,
  fresh: readonly Prepared[],
  stored: readonly { id: number; revision: number }[],
): Promise<void> {
  const changed = stored.filter((row) => row.revision > 1).map((row) => row.id);
  if (changed.length > 0)
    await sql`delete from affected where advisory_id = any(${changed}::int[])`.execute(tx);
  const packages = await internPackages(
    tx,
    fresh.flatMap(({ advisory }) => advisory.affected),
  );
  const rows = fresh.flatMap(({ advisory }, index) =>
    advisory.affected.map((affected) => ({
      advisory_id: stored[index]?.id,
      package_id: packages.get(packageKey(affected)),
      scope: affected.scope,
      doc: affected,
    })),
  );
  for (let at = 0; at < rows.length; at += 2_000) {
    await sql`insert into affected (advisory_id, package_id, scope, doc)
      select r.advisory_id, r.package_id, r.scope, r.doc
      from jsonb_to_recordset(${storable(rows.slice(at, at + 2_000))}::jsonb) as r(advisory_id int, package_id int, scope text, doc jsonb)`.execute(
      tx,
    );
  }
}

/** The flaws that these records pass on (OSV `upstream`): directed, so they join no group. */
async function replaceUpstream(
  tx: Transaction<Tables>,
  fresh: readonly Prepared[],
  stored: readonly { id: number; revision: number }[],
): Promise<void> {
  const changed = stored.filter((row) => row.revision > 1).map((row) => row.id);
  if (changed.length > 0)
    await sql`delete from advisory_upstream where advisory_id = any(${changed}::int[])`.execute(tx);
  const rows = fresh.flatMap(({ advisory }, index) =>
    [...new Set(advisory.upstream)].map((id) => ({ advisory: stored[index]?.id, id })),
  );
  if (rows.length === 0) return;
  await sql`insert into advisory_upstream (advisory_id, ext_id)
    select * from unnest(${rows.map((row) => row.advisory)}::int[], ${rows.map((row) => row.id)}::text[])`.execute(
    tx,
  );
}

/** NUL cannot be stored in PostgreSQL; advisories are texts of others, so it is shown as U+FFFD instead of being refused. */
function storable(value: unknown): string {
  return JSON.stringify(value).replaceAll('\\u0000', '\\ufffd');
}

/**
 * Counts anew which ecosystems the imported records cover; a distribution counts by release (`Debian:12`), since records
 * about one say nothing of another. Run once at the end of an import.
 */
export async function renewCoverage(tx: Transaction<Tables>): Promise<void> {
  await sql`insert into coverage (ecosystem, records, newest)
    select p.ecosystem || case when a.scope = '' then '' else ':' || a.scope end, count(distinct a.advisory_id), max(adv.modified)
    from affected a join package p on p.id = a.package_id join advisory adv on adv.id = a.advisory_id
    where adv.withdrawn is null
    group by 1
    on conflict (ecosystem) do update set records = excluded.records, newest = excluded.newest`.execute(tx);
}
