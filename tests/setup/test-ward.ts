// A composed Ward over a database of its own, with a clock that tests hold and people who can do things.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import { compose, type Ward } from '../../workbench/compose.ts';
import { newSigningKey } from '../../workbench/kernel/ledger/note.ts';
import { NO_MAIL, type NotificationSettings } from '../../workbench/kernel/notifications/settings.ts';
import type { Grant, Principal, Role } from '../../workbench/kernel/people/roles.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { allMigrations, loadRooms } from '../../workbench/rooms/load.ts';
import { freshDatabase } from './fresh-database.ts';

export const PASSWORD = 'seven-Lasers over the harbour';

export const PUBLISHER = { name: 'Lumen Works', namespace: 'https://lumen.example', contact: null };

export interface TestWard extends Ward {
  readonly url: string;
  /** Moves Ward's clock. */
  advance(milliseconds: number): void;
  /** A person with these roles (organisation-wide unless a product is given) as a principal of a session. */
  person(name: string, roles: readonly Role[], productId?: string | null): Promise<Principal>;
  close(): Promise<void>;
}

export async function testWard(notifications: NotificationSettings = NO_MAIL): Promise<TestWard> {
  const database = await freshDatabase(allMigrations(await loadRooms()));
  const folder = await mkdtemp(join(tmpdir(), 'ward-blobs-'));
  let shift = 0;
  const ward = await compose({
    pool: database.pool,
    secrets: { session: 'test-secret-test-secret-test-secret-0000', ledgerKey: newSigningKey() },
    blobFolder: folder,
    baseUrl: 'http://127.0.0.1:8100',
    notifications,
    publisher: PUBLISHER,
    log: pino({ level: process.env.WARD_TEST_LOG ?? 'silent' }),
    now: () => new Date(Date.now() + shift),
  });
  return {
    ...ward,
    url: database.url,
    advance(milliseconds) {
      shift += milliseconds;
    },
    async person(name, roles, productId = null) {
      const email = `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.org`;
      const personId = await ward.people.ensurePerson({ name, email });
      for (const role of roles) {
        await createRecord(ward.records, SYSTEM, {
          kind: 'role-assignment',
          productId,
          body: { person: personId, role },
          reason: 'test',
        });
      }
      const grants: Grant[] = roles.map((role) => ({ role, productId }));
      return { via: 'session', personId, name, grants, scopes: null, tokenProductId: null };
    },
    async close() {
      await ward.jobs.stop();
      ward.feed.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function makeProduct(ward: Ward, name = 'Lumen test'): Promise<WardRecord> {
  return createRecord(ward.records, SYSTEM, { kind: 'product', productId: null, body: { name } });
}

export async function makeThreat(
  ward: Ward,
  author: Principal,
  productId: string,
  title = 'Spoofed console',
): Promise<WardRecord> {
  return createRecord(ward.records, author, {
    kind: 'threat',
    productId,
    body: { title, category: 'spoofing' },
  });
}

export const newId = () => v7();
