// Before the tests that need PostgreSQL: one embedded server for the whole run, or the one of WARD_TEST_DATABASE_URL.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../workbench/kernel/database/embedded-server.ts';
import { silentLog } from '../../workbench/kernel/database/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database in which the tests may create databases. */
    databaseUrl: string;
  }
}

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const external = process.env.WARD_TEST_DATABASE_URL;
  if (external) {
    project.provide('databaseUrl', external);
    return undefined;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'ward-tests-'));
  const server = await startEmbeddedServer({
    dataDir,
    log: silentLog,
    // The data lives as long as the run: nothing is lost by not waiting for the disk.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  project.provide('databaseUrl', server.connectionString);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
