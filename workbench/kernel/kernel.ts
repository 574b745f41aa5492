// What a room is given, and what a room gives: the contract between the kernel and the rooms.
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Blobs } from './blobs/blobs.ts';
import type { Tables } from './database/schema.ts';
import type { Env } from './http/env.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { People } from './people/people.ts';
import type { Vault } from './people/secrets.ts';
import type { KindDefinition } from './records/kind.ts';
import type { Kinds } from './records/kinds.ts';
import type { Records } from './records/records.ts';

/** Time and chance come as arguments, so that tests can hold them. */
export interface Ambient {
  readonly now: () => Date;
  /** A UUID v7: sorts by time. */
  readonly newId: () => string;
}

/** Who publishes documents for others; a setting of the house, never guessed. */
export interface Publisher {
  readonly name: string;
  /** Address that the publisher controls, e.g. `https://psirt.example.org`. */
  readonly namespace: string;
  readonly contact: string | null;
}

export interface Kernel extends Ambient {
  readonly db: Kysely<Tables>;
  readonly pool: Pool;
  readonly kinds: Kinds;
  readonly records: Records;
  readonly ledger: Ledger;
  readonly people: People;
  /** Seals what must be read again with the secret of the house. */
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly notifications: Notifications;
  readonly blobs: Blobs;
  readonly log: Logger;
  /** Null: not set. */
  readonly publisher: Publisher | null;
}

/** One folder of `rooms/`, named as the standard names the process. Not every room has every part. */
export interface Room {
  readonly name: string;
  readonly kinds: readonly KindDefinition[];
  readonly migrations?: readonly { readonly id: string; readonly sql: string }[];
  /** Routes under `/api`; loaded only where pages are served, so that commands start quickly. */
  readonly api?: (kernel: Kernel) => Promise<OpenAPIHono<Env>>;
  /** Registers tasks, the events that start them, and what the room finds newsworthy in the ledger. */
  readonly jobs?: (kernel: Kernel) => void;
  /** Registers checks that a kind needs beside its schema. */
  readonly guards?: (kernel: Kernel) => void;
}
