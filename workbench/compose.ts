// Puts the kernel and the rooms together over one database. The server, the commands and the tests all start here.

import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { folderBlobs } from './kernel/blobs/blobs.ts';
import { createDatabase, migrate } from './kernel/database/index.ts';
import type { Tables } from './kernel/database/schema.ts';
import { ChangeFeed } from './kernel/http/live.ts';
import { Jobs } from './kernel/jobs/jobs.ts';
import type { Kernel, Publisher, Room } from './kernel/kernel.ts';
import { createLedger } from './kernel/ledger/ledger.ts';
import { noteSigner } from './kernel/ledger/note.ts';
import { Notifications } from './kernel/notifications/notifications.ts';
import { NO_MAIL, type NotificationSettings } from './kernel/notifications/settings.ts';
import { createPeople, type PeopleService } from './kernel/people/create-people.ts';
import { roleAssignmentKind } from './kernel/people/role-assignment.ts';
import { checkRoleAssignment } from './kernel/people/role-guard.ts';
import type { SignInSettings } from './kernel/people/sign-in-settings.ts';
import { makeKinds } from './kernel/records/kinds.ts';
import { createRecords } from './kernel/records/records.ts';
import type { Secrets } from './kernel/secrets.ts';
import { registerFeedJobs } from './knowledge/feeds/jobs.ts';
import { allMigrations, loadRooms } from './rooms/load.ts';

export interface ComposeOptions {
  readonly pool: Pool;
  readonly secrets: Secrets;
  readonly blobFolder: string;
  readonly baseUrl: string;
  readonly signIn?: SignInSettings;
  readonly log: Logger;
  /** By default nothing leaves the house. */
  readonly notifications?: NotificationSettings;
  /** Without one no CSAF document is written. */
  readonly publisher?: Publisher | null;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface Ward extends Kernel {
  readonly people: PeopleService;
  readonly feed: ChangeFeed;
  readonly rooms: readonly Room[];
}

/** Brings the schema up to date, then builds the kernel and lets every room register its guards and jobs. */
export async function compose(options: ComposeOptions): Promise<Ward> {
  const { pool, secrets, log } = options;
  const now = options.now ?? (() => new Date());
  const newId = options.newId ?? (() => v7());
  const rooms = await loadRooms();
  await migrate(pool, allMigrations(rooms), log);
  const jobs = new Jobs(pool, log);
  await jobs.migrate();
  const db = createDatabase<Tables>(pool);
  const kinds = makeKinds([roleAssignmentKind, ...rooms.flatMap((room) => room.kinds)]);
  const people = createPeople({
    pool,
    db,
    kinds,
    secret: secrets.session,
    baseUrl: options.baseUrl,
    ...(options.signIn ? { signIn: options.signIn } : {}),
    now,
    newId,
    log,
  });
  const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  const signer = noteSigner(`ward-${id}`, secrets.ledgerKey);
  const ledger = createLedger(db, `ward-ledger/${id}`, signer);
  const records = createRecords({ db, kinds, jobs, people, now, newId });
  records.addGuard(roleAssignmentKind.kind, checkRoleAssignment);
  const notifications = new Notifications({
    db,
    jobs,
    kinds,
    vault: people.context.vault,
    baseUrl: options.baseUrl.replace(/\/$/, ''),
    settings: options.notifications ?? NO_MAIL,
    now,
    newId,
    log,
  });
  const ward: Ward = {
    db,
    pool,
    kinds,
    records,
    ledger,
    people,
    vault: people.context.vault,
    jobs,
    notifications,
    log,
    now,
    newId,
    publisher: options.publisher ?? null,
    rooms,
    blobs: folderBlobs(options.blobFolder),
    feed: new ChangeFeed(pool, log),
  };
  registerFeedJobs(ward);
  for (const room of rooms) {
    room.guards?.(ward);
    room.jobs?.(ward);
  }
  return ward;
}
