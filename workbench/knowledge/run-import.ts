// One import, from files to matches, with its row in the list of runs: the place is kept with each batch, so that a run
// that was killed goes on where it stood, and the same files again change nothing.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { defineErrors, isWardError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { SYSTEM } from '../kernel/people/roles.ts';
import { type ImportState, importFiles, newImportState, type RunProgress } from './import-files.ts';
import { findFiles } from './importers/files.ts';
import { defaultImportLimits } from './importers/limits.ts';
import { renewCoverage } from './store/import-advisories.ts';
import { renewKnowledgeStatistics } from './store/renew-statistics.ts';
import './store/tables.ts';

export interface ImportRequest {
  readonly paths: readonly string[];
  /** What people see as the origin; two runs of one source can be resumed. */
  readonly source: string;
  readonly actorId: string | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RunResult extends RunProgress {
  readonly id: string;
  /** True when it went on behind the last record of a run that had not ended. */
  readonly resumed: boolean;
  readonly firstProblems: readonly { at: string; message: string }[];
}

const refuse = defineErrors({
  'knowledge.import-running': {
    status: 409,
    exit: 2,
    title: 'The same import is running',
    remedy: 'Wait until it has ended; look at it under Knowledge or with `ward knowledge status`.',
  },
});

/** Refuses what `readRecords` refuses; a record that cannot be read is counted as a problem and does not stop the rest. */
export async function runImport(kernel: Kernel, request: ImportRequest): Promise<RunResult> {
  const client = await kernel.pool.connect();
  try {
    // Held by the connection: a process that is killed lets go of it.
    const { rows } = await client.query<{ own: boolean }>(
      'select pg_try_advisory_lock(8100162, hashtext($1)) as own',
      [request.source],
    );
    if (!rows[0]?.own)
      throw refuse('knowledge.import-running', `${request.source} is being imported already.`);
    return await runAlone(kernel, request);
  } finally {
    await client
      .query('select pg_advisory_unlock(8100162, hashtext($1))', [request.source])
      .catch(() => undefined);
    client.release();
  }
}

async function runAlone(kernel: Kernel, request: ImportRequest): Promise<RunResult> {
  const { db } = kernel;
  const id = kernel.newId();
  const fingerprint = await fingerprintOf(request.paths);
  const last = await db
    .selectFrom('knowledge_run')
    .select(['id', 'status', 'cursor', 'fingerprint'])
    .where('source', '=', request.source)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  // Only the newest run of the source can be resumed, and only over the very same files.
  const resumed = last && last.status !== 'done' && last.fingerprint === fingerprint ? last : undefined;
  const after = resumed?.cursor ?? null;
  if (last && last.status === 'running') {
    const message = 'Ended early; a later run went on.';
    await db
      .updateTable('knowledge_run')
      .set({ status: 'failed', finished_at: kernel.now(), message })
      .where('id', '=', last.id)
      .execute();
  }
  await db
    .insertInto('knowledge_run')
    .values({
      id,
      started_at: kernel.now(),
      finished_at: null,
      actor_id: request.actorId,
      source: request.source,
      status: 'running',
      cursor: after,
      fingerprint,
      problems: '[]',
      bytes_read: 0,
      bytes_total: 0,
      message: null,
    })
    .execute();
  try {
    return await importFrom(kernel, request, id, after);
  } catch (error) {
    if (after !== null && isWardError(error) && error.code === 'advisory.place-is-gone') {
      return importFrom(kernel, request, id, null);
    }
    const message = isWardError(error) ? error.message : 'The import broke off; run it again to go on.';
    await db
      .updateTable('knowledge_run')
      .set({ status: 'failed', finished_at: kernel.now(), message })
      .where('id', '=', id)
      .execute()
      .catch(() => undefined);
    throw error;
  }
}

/** Of path, size and time of change of every file; '' when a path cannot be read, which the reader then refuses. */
async function fingerprintOf(paths: readonly string[]): Promise<string> {
  try {
    const sum = createHash('sha256');
    for (const { path, bytes } of await findFiles(paths, defaultImportLimits)) {
      sum.update(`${path}\u0000${bytes}\u0000${(await stat(path)).mtimeMs}\n`);
    }
    return sum.digest('hex');
  } catch {
    return '';
  }
}

async function importFrom(
  kernel: Kernel,
  request: ImportRequest,
  id: string,
  after: string | null,
): Promise<RunResult> {
  const state = newImportState(after);
  await importFiles(kernel, state, {
    run: id,
    paths: request.paths,
    source: request.source,
    after,
    ...(request.signal ? { signal: request.signal } : {}),
    onBatch: async () => {
      await saveRun(kernel, id, state);
      request.onProgress?.({ ...state.counts });
    },
  });
  await endRun(kernel, id, request, state);
  return { id, ...state.counts, resumed: after !== null, firstProblems: state.problems.slice(0, 20) };
}

async function saveRun(kernel: Kernel, id: string, { counts, problems, cursor }: ImportState): Promise<void> {
  await kernel.db
    .updateTable('knowledge_run')
    .set({
      cursor,
      read_count: counts.read,
      added: counts.added,
      changed: counts.changed,
      unchanged: counts.unchanged,
      problem_count: counts.problems,
      problems: JSON.stringify(problems),
      not_matched: counts.notMatched,
      bytes_read: counts.bytesRead,
      bytes_total: counts.bytesTotal,
    })
    .where('id', '=', id)
    .execute();
}

/** Coverage, the end of the run, the entry in the ledger and the event: together or not at all. */
async function endRun(
  kernel: Kernel,
  id: string,
  request: Pick<ImportRequest, 'source' | 'actorId'>,
  { counts }: ImportState,
): Promise<void> {
  await renewKnowledgeStatistics(kernel.db, counts.added + counts.changed);
  await kernel.records.write(SYSTEM, async (unit) => {
    await renewCoverage(unit.db);
    await unit.db
      .updateTable('knowledge_run')
      .set({ status: 'done', finished_at: unit.now })
      .where('id', '=', id)
      .execute();
    const { added, changed, unchanged } = counts;
    await unit.commit([
      {
        type: 'note',
        action: 'knowledge.imported',
        productId: null,
        record: null,
        content: {
          run: id,
          source: request.source,
          by: request.actorId,
          read: counts.read,
          added,
          changed,
          unchanged,
          problems: counts.problems,
        },
      },
    ]);
    await unit.emit({ type: 'knowledge.imported', payload: { run: id } });
  });
}
