// Takes in the history of a repository, and matches anew the components that are pinned to one of its commits.
import { readFile, stat } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Kernel } from '../kernel/kernel.ts';
import { SYSTEM } from '../kernel/people/roles.ts';
import { readCommits, refuseCommits, storeHistory } from './store/git-histories.ts';
import { IMPORT_LOCK } from './store/import-advisories.ts';
import { matchVersionsAgain } from './store/match-versions.ts';
import './store/tables.ts';

export interface CommitsRequest {
  /** Address as advisories name it: `https://github.com/openssl/openssl.git`. */
  readonly repository: string;
  readonly path: string;
  readonly actorId: string | null;
}

export interface CommitsResult {
  readonly repo: string;
  readonly commits: number;
  readonly changed: number;
}

const MAX_BYTES = 256 * 1024 * 1024;

/** Refuses `commits.not-readable`. When it returns, history and matches are durable. */
export async function importCommits(kernel: Kernel, request: CommitsRequest): Promise<CommitsResult> {
  const { path, repository, actorId } = request;
  const file = await stat(path).catch(() => null);
  if (!file?.isFile() || file.size > MAX_BYTES) {
    const what = file?.isFile() ? 'has more than 256 MiB' : 'is not a file';
    throw refuseCommits('commits.not-readable', `${path} ${what}.`, { at: path });
  }
  const graph = readCommits(await readFile(path, 'latin1'), path);
  return kernel.records.write(SYSTEM, async (unit) => {
    await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(unit.db);
    const repo = await storeHistory(unit.db, repository, graph, unit.now);
    const { rows } = await sql<{ id: number }>`
      select v.id from component_version v join package p on p.id = v.package_id
      where p.ecosystem = 'GIT' and p.name = ${repo} and v.commit_id <> ''`.execute(unit.db);
    const deltas = await matchVersionsAgain(
      unit.db,
      rows.map((row) => row.id),
      unit.now,
    );
    const commits = graph.parents.size;
    const content = { repository: repo, commits, by: actorId };
    await unit.commit([
      { type: 'note', action: 'knowledge.commits-imported', productId: null, record: null, content },
    ]);
    const advisories = [...new Set(deltas.map((delta) => delta.advisoryId))];
    if (advisories.length > 0) {
      await unit.emit({ type: 'matches.changed', payload: { advisories, ids: [] } });
    }
    return { repo, commits, changed: deltas.length };
  });
}
