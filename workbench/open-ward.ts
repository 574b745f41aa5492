// Ward for a command: beside a running one when there is one, else over its own short-lived server.
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Ward } from './compose.ts';
import type { Config } from './config.ts';
import { checkDatabase, openPool, startEmbeddedServer } from './kernel/database/index.ts';
import { findRunningServer } from './kernel/database/open-running.ts';
import { isWardError } from './kernel/errors.ts';
import { loadSecrets } from './kernel/secrets.ts';

/** Logs go to standard error as JSON lines; secrets are masked. */
export function makeLog(level: Config['logLevel']): Logger {
  const secret = ['password', 'authorization', 'cookie', 'token', 'secret', 'totp', 'pass'];
  return pino(
    { level, redact: [...secret, ...secret.map((name) => `*.${name}`)] },
    pino.destination({ dest: 2, sync: true }),
  );
}

export interface OpenDatabase {
  readonly pool: ReturnType<typeof openPool>;
  close(): Promise<void>;
}

/** Refuses with the `data.*` and `database.*` codes. */
export async function openDatabase(config: Config, log: Logger): Promise<OpenDatabase> {
  if (config.databaseUrl !== null) {
    const pool = openPool({
      database: config.databaseUrl,
      applicationName: 'ward command',
      max: 6,
      statementTimeoutMs: 0,
      log,
    });
    await checkDatabase(pool);
    return { pool, close: () => pool.end() };
  }
  try {
    const server = await startEmbeddedServer({ dataDir: config.dataDir, log });
    const pool = openPool({
      database: server.config,
      applicationName: 'ward command',
      max: 6,
      statementTimeoutMs: 0,
      log,
    });
    return {
      pool,
      async close() {
        await pool.end();
        await server.stop();
      },
    };
  } catch (error) {
    const running =
      isWardError(error) && error.code === 'data.in-use' ? await findRunningServer(config.dataDir) : null;
    if (!running) throw error;
    const pool = openPool({
      database: { ...running },
      applicationName: 'ward command',
      max: 6,
      statementTimeoutMs: 0,
      log,
    });
    await checkDatabase(pool);
    return { pool, close: () => pool.end() };
  }
}

/**
 * Bundlers may run the modules of a chunk in another order than their imports say. Schemas that describe themselves for
 * OpenAPI need Zod to be extended before any of them is made, so that step is awaited on its own.
 */
export async function extendSchemas(): Promise<void> {
  await import('@hono/zod-openapi');
}

/** Runs the work over a composed Ward and closes everything behind it. */
export async function withWard<T>(config: Config, work: (ward: Ward) => Promise<T>): Promise<T> {
  const log = makeLog(config.logLevel);
  const database = await openDatabase(config, log);
  try {
    const secrets = await loadSecrets(config.secretsFile ?? join(config.dataDir, 'secrets.json'));
    await extendSchemas();
    const { compose } = await import('./compose.ts');
    const ward = await compose({
      pool: database.pool,
      secrets,
      blobFolder: join(config.dataDir, 'blobs'),
      baseUrl: config.baseUrl ?? `http://${config.host}:${config.port}`,
      signIn: config.signIn,
      notifications: config.notifications,
      log,
    });
    return await work(ward);
  } finally {
    await database.close();
  }
}
