// One import of advisories, from files to matches: batch by batch, each batch one transaction with its cursor, so that a
// run that was killed goes on where it stood, and the same files again change nothing.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { defineErrors, isWardError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { SYSTEM } from '../kernel/people/roles.ts';
import type { Advisory } from './advisory.ts';
import { findFiles } from './importers/files.ts';
import { defaultImportLimits } from './importers/limits.ts';
import { readAdvisory } from './importers/read-advisory.ts';
import { readRecords } from './importers/read-records.ts';
import { type BatchResult, importAdvisories, renewCoverage } from './store/import-advisories.ts';
import './store/tables.ts';

export interface ImportRequest {
  readonly paths: readonly string[];
  /** What people see as the origin; two runs of one source can be resumed. */
  readonly source: string;
  readonly actorId: string | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface RunResult extends RunProgress {
  readonly id: string;
  /** True when it went on behind the last record of a run that had not ended. */
  readonly resumed: boolean;
  readonly firstProblems: readonly { at: string; message: string }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const refuse = defineErrors({
  'knowledge.import-running': {
    status: 409,
    exit: 2,
    title: 'The same import is running',
    remedy: 'Wait until it has ended; look at it under Knowledge or with `ward knowledge status`.',
  },
});

const BATCH = 500;
const KEPT_PROBLEMS = 100;

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
    await tellFailure(kernel, request.source, message).catch(() => undefined);
    throw error;
  }
}

/** Told once a day for a source, however often it is tried. */
async function tellFailure(kernel: Kernel, source: string, message: string): Promise<void> {
  await kernel.notifications.tell(kernel.db, [
    {
      topic: 'feed-failing',
      occasion: `${source}:${kernel.now().toISOString().slice(0, 10)}`,
      items: [
        {
          subject: source,
          productId: null,
          title: `${source} could not be imported`,
          text: message,
          link: '/knowledge',
        },
      ],
    },
  ]);
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
  const counts: Mutable<RunProgress> = {
    read: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    problems: 0,
    bytesRead: 0,
    bytesTotal: 0,
  };
  const problems: { at: string; message: string }[] = [];
  const report = (at: string, message: string) => {
    counts.problems += 1;
    if (problems.length < KEPT_PROBLEMS) problems.push({ at, message });
  };
  let batch: { advisory: Advisory; place: string }[] = [];
  let cursor = after;

  const flush = async () => {
    if (batch.length > 0) await storeBatch(kernel, id, batch.splice(0), report, counts);
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
        bytes_read: counts.bytesRead,
        bytes_total: counts.bytesTotal,
      })
      .where('id', '=', id)
      .execute();
    request.onProgress?.({ ...counts });
  };

  const items = readRecords(request.paths, {
    ...(after === null ? {} : { after }),
    ...(request.signal ? { signal: request.signal } : {}),
    onProgress: ({ bytesRead, bytesTotal }) => {
      counts.bytesRead = bytesRead;
      counts.bytesTotal = bytesTotal;
    },
  });
  for await (const item of items) {
    if (item.kind === 'problem') report(item.problem.at ?? item.place, item.problem.message);
    if (item.kind !== 'record') continue;
    counts.read += 1;
    cursor = item.place;
    try {
      batch.push({ advisory: readAdvisory(item.record), place: item.place });
    } catch (error) {
      if (!isWardError(error)) throw error;
      report(`${item.place}${error.at ? ` ${error.at}` : ''}`, error.message);
    }
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  batch = [];
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
  return { id, ...counts, resumed: after !== null, firstProblems: problems.slice(0, 20) };
}

/** A batch that the database refuses is halved until the one record that is at fault stands alone. */
async function storeBatch(
  kernel: Kernel,
  run: string,
  batch: readonly { advisory: Advisory; place: string }[],
  report: (at: string, message: string) => void,
  counts: Mutable<RunProgress>,
): Promise<void> {
  try {
    const result = await storeTogether(
      kernel,
      run,
      batch.map((item) => item.advisory),
    );
    counts.added += result.added;
    counts.changed += result.changed;
    counts.unchanged += result.unchanged;
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (batch.length === 1) {
      report(batch[0]?.place ?? '', 'The database cannot hold this record.');
      return;
    }
    const middle = batch.length >> 1;
    await storeBatch(kernel, run, batch.slice(0, middle), report, counts);
    await storeBatch(kernel, run, batch.slice(middle), report, counts);
  }
}

function storeTogether(kernel: Kernel, run: string, advisories: readonly Advisory[]): Promise<BatchResult> {
  return kernel.records.write(SYSTEM, async (unit) => {
    const result = await importAdvisories(unit.db, advisories, unit.now);
    // All that changed, not only what matches otherwise now: a merged group or a worse score moves decisions too.
    if (result.changedIds.length > 0) {
      const payload = {
        advisories: [...result.changedIds],
        ids: [...result.touchedIds],
        run,
        at: unit.now.toISOString(),
      };
      await unit.emit({ type: 'matches.changed', payload });
    }
    return result;
  });
}

/** SQLSTATE classes 22 (data exception) and 54 (limit exceeded): this input, not the database, is at fault. */
function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(22|54)/.test(code);
}
