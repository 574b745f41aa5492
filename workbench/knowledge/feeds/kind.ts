// What every kind of feed is given and what it promises: each step is stored before its cursor is, so that a run which is
// killed goes on behind the last whole step, and a step that is done twice changes nothing.
import type { z } from 'zod';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { RecordFormat } from '../importers/detect.ts';
import type { HttpClient } from './http-client.ts';

export interface FeedRun<Settings = JsonObject> {
  readonly url: string;
  readonly settings: Settings;
  /** As the last whole step left it; `{}` at the very first. */
  readonly cursor: JsonObject;
  readonly http: HttpClient;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** A path in a folder of this run. */
  file(name: string): string;
  /** Reads one document without storing it; refuses `feed.wrong-content` when any record of it cannot be read. */
  check(path: string, formats: readonly RecordFormat[], url: string): Promise<void>;
  /** Checks what was fetched (refuses `feed.wrong-content`), then stores it. */
  store(paths: readonly string[], formats: readonly RecordFormat[]): Promise<void>;
  saveCursor(cursor: JsonObject): Promise<void>;
  /** What is being done now, for people. */
  step(text: string, done?: number, total?: number): Promise<void>;
  /** Something that was left out, which is no failure. */
  note(message: string): void;
}

export interface FeedKind<Settings = JsonObject> {
  readonly title: string;
  readonly settings: z.ZodType<Settings>;
  run(feed: FeedRun<Settings>): Promise<void>;
}
