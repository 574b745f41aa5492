// What is known: counts, coverage, age, runs; and every record again as it was read.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Advisory, Affected } from '../advisory.ts';
import './tables.ts';

export interface RunView {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly source: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
  readonly notMatched: number;
  readonly firstProblems: { at: string; message: string }[];
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly message: string | null;
}

export interface KnowledgeStatus {
  readonly advisories: number;
  readonly withdrawn: number;
  readonly coverage: { ecosystem: string; records: number; newest: string | null }[];
  readonly runs: RunView[];
}

export async function knowledgeStatus(db: Kysely<Tables>): Promise<KnowledgeStatus> {
  const [{ rows: counts }, coverage, runs] = await Promise.all([
    sql<{
      all: number;
      withdrawn: number;
    }>`select count(*)::int as all, (count(*) filter (where withdrawn is not null))::int as withdrawn from advisory`.execute(
      db,
    ),
    db.selectFrom('coverage').selectAll().orderBy('records', 'desc').limit(200).execute(),
    db.selectFrom('knowledge_run').selectAll().orderBy('started_at', 'desc').limit(20).execute(),
  ]);
  return {
    advisories: counts[0]?.all ?? 0,
    withdrawn: counts[0]?.withdrawn ?? 0,
    coverage: coverage.map((row) => ({
      ecosystem: row.ecosystem,
      records: row.records,
      newest: row.newest?.toISOString() ?? null,
    })),
    runs: runs.map((row) => ({
      id: row.id,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      source: row.source,
      status: row.status,
      read: row.read_count,
      added: row.added,
      changed: row.changed,
      unchanged: row.unchanged,
      problems: row.problem_count,
      notMatched: row.not_matched,
      firstProblems: (row.problems as { at: string; message: string }[]).slice(0, 20),
      bytesRead: Number(row.bytes_read),
      bytesTotal: Number(row.bytes_total),
      message: row.message,
    })),
  };
}

/** Every advisory; the compact file is made of them. */
export async function allAdvisories(db: Kysely<Tables>): Promise<Advisory[]> {
  const { rows } = await sql<{
    source: string;
    ext_id: string;
    summary: string;
    modified: Date;
    withdrawn: Date | null;
    derived: boolean;
    doc: Omit<Advisory, 'affected' | 'summary' | 'source' | 'id' | 'modified' | 'withdrawn' | 'derived'>;
    affected: Affected[];
  }>`
    select a.source, a.ext_id, a.summary, a.modified, a.withdrawn, a.derived, a.doc,
      coalesce((select jsonb_agg(f.doc) from affected f where f.advisory_id = a.id), '[]') as affected from advisory a`.execute(
    db,
  );
  return rows.map((row) => ({
    ...row.doc,
    source: row.source,
    id: row.ext_id,
    summary: row.summary,
    modified: row.modified.toISOString(),
    withdrawn: row.withdrawn?.toISOString() ?? null,
    derived: row.derived,
    affected: row.affected,
  }));
}
