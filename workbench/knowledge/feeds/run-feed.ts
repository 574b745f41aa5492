// One run of one feed: alone, with its cursor kept after each stored step, and its end written down, good or bad. What
// was good stays good when a run fails.
import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWardError } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import { type ImportState, importFiles, newImportState, problemOfFiles } from '../import-files.ts';
import { FORMAT_TITLES, type RecordFormat } from '../importers/detect.ts';
import { renewCoverage } from '../store/import-advisories.ts';
import { renewKnowledgeStatistics } from '../store/renew-statistics.ts';
import { refuseFeed } from './errors.ts';
import { HttpClient, type HttpOptions, proxyOf, shown } from './http-client.ts';
import { feedKind, feedSettings } from './kinds/index.ts';
import { leftOutOf } from './left-out.ts';
import { FEED_LOCK, type FeedCounts, type FeedView, findFeed, note } from './store.ts';

export interface RunFeedOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (text: string, done: number | null, total: number | null) => void;
  readonly http?: Pick<HttpOptions, 'limits' | 'sleep'>;
}

export interface FeedOutcome {
  readonly feed: string;
  readonly ok: boolean;
  readonly counts: FeedCounts;
  readonly bytes: number;
  /** Documents that cannot be read and are tried again at each run: with any the feed is incomplete. */
  readonly leftOut: number;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

const MAX_NOTES = 20;
const MINUTE_MS = 60_000;
const FIRST_RETRY_MINUTES = 5;
const LAST_RETRY_MINUTES = 24 * 60;
/** Smaller files are read whole once before any of it is stored; larger ones are archives that check themselves. */
const CHECK_BELOW = 64 * 1024 * 1024;

/** Refuses `feed.not-found` and `feed.running`; a failure of the feed itself is an outcome, and is written down. */
export async function runFeed(
  kernel: Kernel,
  id: string,
  options: RunFeedOptions = {},
): Promise<FeedOutcome> {
  const feed = await findFeed(kernel.db, id, kernel.now());
  const client = await kernel.pool.connect();
  try {
    // Held by the connection: a process that is killed lets go of it.
    const { rows } = await client.query<{ own: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as own',
      [FEED_LOCK, id],
    );
    if (!rows[0]?.own)
      throw refuseFeed('feed.running', `${feed.title} is being fetched already.`, { at: id });
    return await runAlone(kernel, feed, options);
  } finally {
    await client.query('select pg_advisory_unlock($1, hashtext($2))', [FEED_LOCK, id]).catch(() => undefined);
    client.release();
  }
}

async function runAlone(kernel: Kernel, feed: FeedView, options: RunFeedOptions): Promise<FeedOutcome> {
  const { db } = kernel;
  const started = kernel.now();
  // Whoever ends a run writes that down: a run that is still written as running was killed.
  const { running_since } = await db
    .selectFrom('knowledge_feed')
    .select('running_since')
    .where('id', '=', feed.id)
    .executeTakeFirstOrThrow();
  const { cursor } = await db
    .updateTable('knowledge_feed')
    .set({
      running_since: started,
      last_run_at: started,
      step: 'Starting',
      step_done: null,
      step_total: null,
      // Should this process be killed, the feed is due again soon.
      next_run_at: new Date(started.getTime() + FIRST_RETRY_MINUTES * MINUTE_MS),
    })
    .where('id', '=', feed.id)
    .returning('cursor')
    .executeTakeFirstOrThrow();
  const state = newImportState();
  const run = new Run(kernel, feed, state, options, running_since !== null);
  try {
    await run.go(cursor);
    return await run.endWell();
  } catch (error) {
    if (options.signal?.aborted) {
      await run.endStopped();
      throw error;
    }
    const outcome = await run.endFailed(error);
    if (!isWardError(error)) throw error;
    return outcome;
  } finally {
    await run.cleanUp();
  }
}

class Run {
  readonly #run: string;
  readonly #notes: string[] = [];
  #bytes = 0;
  #leftOut: number;
  #folder = '';
  #http: HttpClient | null = null;

  constructor(
    readonly kernel: Kernel,
    readonly feed: FeedView,
    readonly state: ImportState,
    readonly options: RunFeedOptions,
    /** What the run before has stored is behind the cursor, and not told of yet. */
    readonly afterKill: boolean,
  ) {
    this.#run = kernel.newId();
    this.#leftOut = feed.leftOutCount;
  }

  async go(cursor: JsonObject): Promise<void> {
    const { kernel, feed, options } = this;
    const { id: installation } = await kernel.db
      .selectFrom('installation')
      .select('id')
      .executeTakeFirstOrThrow();
    // The same folder each time, so that what a killed run left is taken away by the next one.
    this.#folder = join(tmpdir(), `ward-feed-${installation}-${feed.id}`);
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const signal = options.signal ?? new AbortController().signal;
    this.#http = new HttpClient({
      ...options.http,
      signal,
      proxy: proxyOf(process.env),
      start: feed.url,
      onBytes: (bytes) => {
        this.#bytes += bytes;
      },
    });
    await feedKind(feed.kind).run({
      url: feed.url,
      settings: feedSettings(feed.kind, feed.settings),
      cursor,
      http: this.#http,
      now: kernel.now,
      signal,
      file: (name) => join(this.#folder, name.replace(/[^\w.-]/g, '_')),
      check: (path, formats, url) => this.#check([path], formats, { signal, each: true }, shown(url)),
      store: (paths, formats) => this.#store(paths, formats, signal),
      saveCursor: async (next) => {
        this.#leftOut = leftOutOf(next).length;
        await kernel.db
          .updateTable('knowledge_feed')
          .set({ cursor: JSON.stringify(next), counts: JSON.stringify(this.#counts()), bytes: this.#bytes })
          .where('id', '=', feed.id)
          .execute();
      },
      step: (text, done, total) => this.#step(text, done ?? null, total ?? null),
      note: (message) => {
        if (this.#notes.length < MAX_NOTES && !this.#notes.includes(message)) this.#notes.push(message);
      },
    });
  }

  #counts(): FeedCounts {
    const { read, added, changed, unchanged, problems, notMatched } = this.state.counts;
    const unread = this.state.problems.map(({ message }) => message);
    return {
      read,
      added,
      changed,
      unchanged,
      problems,
      notMatched,
      notes: [...this.#notes, ...unread].slice(0, MAX_NOTES),
    };
  }

  async #step(text: string, done: number | null, total: number | null): Promise<void> {
    this.options.signal?.throwIfAborted();
    this.options.onStep?.(text, done, total);
    await this.kernel.db
      .updateTable('knowledge_feed')
      .set({ step: text.slice(0, 200), step_done: done, step_total: total })
      .where('id', '=', this.feed.id)
      .execute();
  }

  async #store(
    paths: readonly string[],
    formats: readonly RecordFormat[],
    signal: AbortSignal,
  ): Promise<void> {
    const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size)));
    if (sizes.reduce((sum, size) => sum + size, 0) < CHECK_BELOW)
      await this.#check(paths, formats, { signal });
    const { counts } = this.state;
    const before = counts.bytesRead;
    try {
      await importFiles(this.kernel, this.state, {
        run: this.#run,
        paths,
        source: this.feed.title,
        signal,
        strict: true,
        onBatch: () => this.#step('Storing', counts.bytesRead - before, counts.bytesTotal - before),
      });
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  async #check(
    paths: readonly string[],
    formats: readonly RecordFormat[],
    how: Parameters<typeof problemOfFiles>[2],
    at = this.feed.url,
  ): Promise<void> {
    const problem = await problemOfFiles(paths, formats, how);
    if (problem === null) return;
    if (problem !== 'nothing') throw this.#inWords(problem, at);
    const names = formats
      .flatMap((format) => (format === 'unknown' ? [] : [FORMAT_TITLES[format]]))
      .join(' or ');
    throw refuseFeed('feed.wrong-content', `The file holds nothing of ${names}.`, { at });
  }

  /** Readers name the file; what people know is the feed. */
  #inWords(error: unknown, at = this.feed.url): unknown {
    if (!isWardError(error) || !error.code.startsWith('advisory.')) return error;
    const message = error.message.replaceAll(`${this.#folder}/`, '');
    return refuseFeed('feed.wrong-content', message, { at, cause: error });
  }

  #hasMoved(): boolean {
    const { added, changed } = this.state.counts;
    return added + changed > 0 || this.afterKill;
  }

  async endWell(): Promise<FeedOutcome> {
    const counts = this.#counts();
    const { kernel, feed } = this;
    const moved = this.#hasMoved();
    await renewKnowledgeStatistics(kernel.db, counts.added + counts.changed);
    await kernel.records.write(SYSTEM, async (unit) => {
      if (moved) await renewCoverage(unit.db);
      const { now } = unit;
      await unit.db
        .updateTable('knowledge_feed')
        .set({
          running_since: null,
          step: null,
          last_good_at: now,
          ...(moved ? { last_changed_at: now } : {}),
          error: null,
          error_code: null,
          error_remedy: null,
          failing_since: null,
          failures: 0,
          next_run_at: new Date(now.getTime() + feed.everyMinutes * MINUTE_MS),
          counts: JSON.stringify(counts),
          bytes: this.#bytes,
        })
        .where('id', '=', feed.id)
        .execute();
      // A run that found nothing new is no event; else the ledger would grow by the hour.
      const asBefore =
        feed.failing === null && feed.lastGoodAt !== null && this.#leftOut === feed.leftOutCount;
      if (!moved && asBefore) return;
      const { notes: _notes, ...numbers } = counts;
      await note(unit, 'knowledge.feed-fetched', { feed: feed.id, ...numbers, leftOut: this.#leftOut });
      if (moved) await unit.emit({ type: 'knowledge.imported', payload: { feed: feed.id } });
    });
    return { feed: feed.id, ok: true, counts, bytes: this.#bytes, leftOut: this.#leftOut, error: null };
  }

  async endFailed(error: unknown): Promise<FeedOutcome> {
    const { kernel, feed } = this;
    const told = isWardError(error)
      ? { code: error.code, message: error.message, remedy: error.remedy }
      : {
          code: 'fault',
          message: 'Something broke inside Ward.',
          remedy: 'Look at the log; report it if it stays.',
        };
    const failures = (feed.failing?.failures ?? 0) + 1;
    const wait = Math.min(FIRST_RETRY_MINUTES * 2 ** Math.min(failures - 1, 20), LAST_RETRY_MINUTES);
    await kernel.records.write(SYSTEM, async (unit) => {
      // What came before the failure stays, and the next run will find nothing new in it.
      if (this.#hasMoved()) {
        await renewCoverage(unit.db);
        await unit.emit({ type: 'knowledge.imported', payload: { feed: feed.id } });
      }
      await unit.db
        .updateTable('knowledge_feed')
        .set({
          running_since: null,
          step: null,
          error: told.message.slice(0, 1_000),
          error_code: told.code,
          error_remedy: told.remedy,
          failing_since: feed.failing?.since ?? unit.now,
          failures,
          next_run_at: new Date(unit.now.getTime() + wait * MINUTE_MS),
          bytes: this.#bytes,
        })
        .where('id', '=', feed.id)
        .execute();
      // Once for a row of failures.
      if (feed.failing === null)
        await note(unit, 'knowledge.feed-failing', {
          feed: feed.id,
          code: told.code,
          message: told.message.slice(0, 1_000),
        });
    });
    return {
      feed: feed.id,
      ok: false,
      counts: this.#counts(),
      bytes: this.#bytes,
      leftOut: this.#leftOut,
      error: told,
    };
  }

  async endStopped(): Promise<void> {
    // Where something was stored it stays written as running, as after a kill: the next run tells of it.
    const since = this.#hasMoved() ? this.kernel.now() : null;
    await this.kernel.db
      .updateTable('knowledge_feed')
      .set({ running_since: since, step: null, next_run_at: this.kernel.now() })
      .where('id', '=', this.feed.id)
      .execute()
      .catch(() => undefined);
  }

  async cleanUp(): Promise<void> {
    await this.#http?.close().catch(() => undefined);
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
