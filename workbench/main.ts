// Composition root: configuration → database → kernel → rooms → HTTP → jobs. Nothing else knows everything.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerType } from '@hono/node-server';
import { serve } from '@hono/node-server';
import { compose, type Ward } from './compose.ts';
import type { Config } from './config.ts';
import {
  checkDatabase,
  type EmbeddedServer,
  openPool,
  startEmbeddedServer,
} from './kernel/database/index.ts';
import { defineErrors } from './kernel/errors.ts';
import { createApp } from './kernel/http/app.ts';
import { ledgerApi } from './kernel/ledger/api.ts';
import { notificationsApi } from './kernel/notifications/api.ts';
import { webhooksApi } from './kernel/notifications/webhook-api.ts';
import { peopleApi } from './kernel/people/api.ts';
import { scimApi } from './kernel/people/scim-api.ts';
import { recordsApi } from './kernel/records/api.ts';
import { loadSecrets } from './kernel/secrets.ts';
import { knowledgeApi } from './knowledge/api.ts';
import { makeLog } from './open-ward.ts';
import { openGateway } from './rooms/fleet/index.ts';
import { VERSION } from './version.ts';

const refuse = defineErrors({
  'start.port-taken': {
    status: 409,
    exit: 2,
    title: 'The port is taken',
    remedy: 'Stop the program that uses it, or choose another with --port N.',
  },
  'start.cannot-listen': {
    status: 409,
    exit: 2,
    title: 'Cannot listen on this address',
    remedy: 'Choose another with WARD_HOST or --port N.',
  },
});

export interface StartOptions {
  readonly config: Config;
  /** Serve pages and API, run jobs, or both. */
  readonly web: boolean;
  readonly worker: boolean;
  /** Load the Lumen 400 example when the database is new. */
  readonly example: boolean;
  readonly webRoot: string | null;
  /** One line of progress for the person who waits. */
  readonly progress: (line: string) => void;
}

export interface Running {
  readonly ward: Ward;
  /** Null for a worker without pages. */
  readonly url: string | null;
  /** Settles only when the database was lost for good. */
  readonly lost: Promise<Error>;
  stop(): Promise<void>;
}

/** Starts everything or nothing: when it throws, nothing keeps running. */
export async function start(options: StartOptions): Promise<Running> {
  const { config, progress } = options;
  const log = makeLog(config.logLevel);
  const stops: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse())
      await stop().catch((error: unknown) => log.warn({ err: error }, 'while stopping'));
  };
  try {
    let embedded: EmbeddedServer | null = null;
    if (config.databaseUrl === null) {
      progress('Starting the database');
      embedded = await startEmbeddedServer({ dataDir: config.dataDir, log });
      stops.push(() => (embedded as EmbeddedServer).stop());
    }
    const pool = openPool({
      database: config.databaseUrl ?? embedded?.config ?? '',
      applicationName: options.web ? 'ward web' : 'ward worker',
      max: 16,
      log,
    });
    stops.push(() => pool.end());
    await checkDatabase(pool);
    const secrets = await loadSecrets(config.secretsFile ?? join(config.dataDir, 'secrets.json'));
    const origin = config.baseUrl ?? `http://${hostInUrl(config.host)}:${config.port}`;
    const ward = await compose({
      pool,
      secrets,
      blobFolder: join(config.dataDir, 'blobs'),
      baseUrl: origin,
      signIn: config.signIn,
      notifications: config.notifications,
      publisher: config.publisher,
      log,
    });
    if (options.example) {
      const { loadExample } = await import('../example/load.ts');
      await loadExample(ward, progress);
    }
    if (options.worker) {
      await ward.jobs.start(2);
      stops.push(() => ward.jobs.stop());
    }
    await ward.feed.start();
    stops.push(async () => ward.feed.stop());
    if (options.worker) {
      const stopListening = ward.notifications.listen(ward.feed);
      stops.push(async () => stopListening());
    }
    let url: string | null = null;
    if (options.web) {
      url = await listen(ward, options, origin, stops);
      await embedded?.announce(url);
      if (config.fleetPort !== null) {
        const gateway = await openGateway(ward, { host: config.host, port: config.fleetPort, url });
        stops.push(() => gateway.close());
      }
    }
    return { ward, url, lost: embedded?.lost ?? new Promise(() => undefined), stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** The whole HTTP application over a composed Ward; tests ask it without a port. */
export async function appOf(
  ward: Ward,
  webRoot: string | null,
  allowedOrigin: string | null,
  trustedProxies: readonly string[] = [],
) {
  const routers = [
    peopleApi(ward.people, ward.notifications.mailInvitation),
    recordsApi(ward),
    ledgerApi(ward),
    notificationsApi(ward),
    webhooksApi(ward),
    knowledgeApi(ward),
    ...(await Promise.all(ward.rooms.flatMap((room) => (room.api ? [room.api(ward)] : [])))),
  ];
  const scim = scimApi(ward.people);
  return createApp({
    kernel: ward,
    routers,
    scim,
    webRoot,
    version: VERSION,
    allowedOrigin,
    trustedProxies,
  });
}

// Longer than the minute that proxies keep an idle connection: whoever ends it first must not be the one that is just being asked.
const KEEP_ALIVE_MS = 75_000;

async function listen(
  ward: Ward,
  options: StartOptions,
  origin: string,
  stops: (() => Promise<unknown>)[],
): Promise<string> {
  const { config } = options;
  const webRoot =
    options.webRoot !== null && existsSync(join(options.webRoot, 'index.html')) ? options.webRoot : null;
  const app = await appOf(ward, webRoot, origin, config.trustedProxies);
  const server = await new Promise<ServerType>((resolve, reject) => {
    const listening = serve(
      {
        fetch: app.fetch,
        hostname: config.host,
        port: config.port,
        serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS },
      },
      () => resolve(listening),
    );
    listening.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          refuse('start.port-taken', `Port ${config.port} on ${config.host} is used by another program.`, {
            at: `--port ${config.port}`,
            cause: error,
          }),
        );
      } else {
        reject(
          refuse('start.cannot-listen', `Cannot listen on ${config.host}:${config.port} (${error.code}).`, {
            cause: error,
          }),
        );
      }
    });
  });
  stops.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Event streams stay open for ever; closing them is what a stop means.
        if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 300).unref();
      }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return config.baseUrl ?? `http://${hostInUrl(config.host)}:${port}`;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
