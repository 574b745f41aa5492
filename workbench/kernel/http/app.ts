// The HTTP server's outside: request ids, headers, limits, who asks, rooms' routes, API description, live updates, pages.

import { getConnInfo } from '@hono/node-server/conninfo';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Kernel } from '../kernel.ts';
import { isShared } from '../people/back-off.ts';
import { clientAddressFrom, clientKey } from './client-address.ts';
import type { Env } from './env.ts';
import { streamChanges } from './live.ts';
import { countRequests, metricsText } from './metrics.ts';
import { pages } from './pages.ts';
import { answerError, refuseHttp } from './problem.ts';
import { rateLimit, STRANGER_CHANGES, STRANGER_READS } from './rate-limit.ts';
import { guard, newRouter } from './router.ts';

export interface AppParts {
  readonly kernel: Kernel;
  /** Routers under `/api`, the kernel's own first. */
  readonly routers: readonly OpenAPIHono<Env>[];
  /** What another standard puts elsewhere, with its own errors; it says itself who may call it. */
  readonly scim: OpenAPIHono<Env>;
  /** Folder with the built pages; null serves the API alone. */
  readonly webRoot: string | null;
  readonly version: string;
  /** Origins that may send cookies with changes, besides the request's own host. */
  readonly allowedOrigin: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

// Uploads stream and set their own limit; everything else is small JSON.
const JSON_LIMIT = 2 * 1024 * 1024;
export const UPLOAD_PATHS =
  /^\/api\/((sboms|knowledge|vex|requirements|rule-packs)\/upload|harms\/(preview|import)|products\/[^/]+\/system-models\/import)$/;
// A system model of 10,000 elements is one record.
const RECORD_LIMIT = 16 * 1024 * 1024;
const RECORD_PATHS = /^\/api\/(records(\/[^/]+)?|releases\/[^/]+\/assurance\/what-if)$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

function jsonOfAtMost(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw refuseHttp('http.too-large', `A request may have ${maxSize} bytes.`);
    },
  });
}

export function createApp(parts: AppParts): OpenAPIHono<Env> {
  const { kernel, routers, scim, webRoot, version, allowedOrigin } = parts;
  const addressOf = clientAddressFrom(parts.trustedProxies);
  const limits = { changes: rateLimit(STRANGER_CHANGES), reads: rateLimit(STRANGER_READS) };
  const app = newRouter();
  const json = jsonOfAtMost(JSON_LIMIT);
  const record = jsonOfAtMost(RECORD_LIMIT);
  /** Behind a proxy that is not named in the settings all people have one address, which then cannot be limited. */
  const limitStrangers = (c: Context<Env>) => {
    const address = c.get('clientAddress');
    if (isShared(address)) return;
    (SAFE_METHODS.has(c.req.method) ? limits.reads : limits.changes).take(clientKey(address));
  };
  app.onError((error, c) => answerError(jsonSyntax(error), c));
  app.notFound((c) =>
    answerError(refuseHttp('http.not-found', `There is nothing at ${c.req.path.slice(0, 200)}.`), c),
  );

  app.use('*', async (c, next) => {
    const requestId = kernel.newId();
    c.set('requestId', requestId);
    c.set('log', kernel.log.child({ requestId, method: c.req.method, path: c.req.path }));
    c.set('principal', null);
    c.set('sessionId', null);
    c.set('clientAddress', addressOf(peerAddress(c), c.req.header('x-forwarded-for')));
    const started = performance.now();
    await next();
    c.res.headers.set('x-request-id', requestId);
    countRequests(c.req.method, c.req.routePath, c.res.status, performance.now() - started);
  });
  app.use(
    '*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      crossOriginOpenerPolicy: 'same-origin',
      crossOriginResourcePolicy: 'same-origin',
      strictTransportSecurity: false,
    }),
  );
  app.use('/api/*', async (c, next) => {
    if (!SAFE_METHODS.has(c.req.method)) requireOwnOrigin(c.req.raw.headers, allowedOrigin);
    c.header('cache-control', 'no-store');
    if (c.req.url.includes('%00'))
      throw refuseHttp('http.invalid', 'The address holds a character that cannot be stored.');
    if (UPLOAD_PATHS.test(c.req.path)) return next();
    requireJson(c.req.raw);
    return (RECORD_PATHS.test(c.req.path) ? record : json)(c, next);
  });
  app.use('/api/*', async (c, next) => {
    const known = await kernel.people.principalOf(c.req.raw.headers);
    if (known) {
      c.set('principal', known.principal);
      c.set('sessionId', known.sessionId);
    } else {
      limitStrangers(c);
    }
    return next();
  });
  app.use('/scim/*', async (c, next) => {
    if (!(await kernel.people.principalOf(c.req.raw.headers))) limitStrangers(c);
    return next();
  });

  for (const router of routers) app.route('/api', router);
  app.route('/scim/v2', scim);
  app.get('/api/live', guard({ who: 'member', scope: 'read' }), streamChanges(kernel));
  app.get('/healthz', async (c) => {
    await kernel.pool.query('select 1');
    return c.json({ status: 'ok', version });
  });
  app.use('/metrics', async (c, next) => {
    const known = await kernel.people.principalOf(c.req.raw.headers);
    c.set('principal', known?.principal ?? null);
    return guard({ who: 'roles', roles: ['administrator', 'auditor'], scope: 'read' })(c, next);
  });
  app.get('/metrics', async (c) => c.text(await metricsText(kernel.pool)));
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Ward',
      version,
      description: 'The security life cycle of health software: records, components, findings, evidence.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
  if (webRoot !== null) app.get('*', pages(webRoot));
  return app;
}

function peerAddress(c: Parameters<typeof getConnInfo>[0]): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown';
  } catch {
    return 'local'; // app.request() in tests has no connection
  }
}

/** A browser says where a request comes from; a page of another site cannot make changes with our cookie. */
function requireOwnOrigin(headers: Headers, allowedOrigin: string | null): void {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw refuseHttp('http.wrong-origin', "Changes are taken from Ward's own pages only.");
  }
  if (origin === null) return; // not a browser: tokens carry their own proof
  const host = headers.get('host');
  if (origin === allowedOrigin || origin === `http://${host}` || origin === `https://${host}`) return;
  throw refuseHttp('http.wrong-origin', "Changes are taken from Ward's own pages only.");
}

/** A body of another type would not be looked at by the schema of its route. */
function requireJson(request: Request): void {
  if (request.body === null || hasNoBody(request.headers)) return;
  const type = request.headers.get('content-type') ?? '';
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) return;
  throw refuseHttp('http.wrong-media-type', 'The body is not called JSON by its content-type.');
}

/** RFC 9112 6.3: neither length nor coding, or a length of zero. The server's adapter makes an empty stream of it. */
function hasNoBody(headers: Headers): boolean {
  const length = headers.get('content-length');
  if (length !== null) return length === '0';
  return !headers.has('transfer-encoding') && !headers.has('content-type');
}

/** Hono reports unreadable JSON as an HTTPException with status 400. */
function jsonSyntax(error: unknown): unknown {
  const status = (error as { status?: unknown }).status;
  return error instanceof Error && error.name === 'HTTPException' && status === 400
    ? refuseHttp('http.malformed', 'The body is not JSON.')
    : error instanceof Error && /Malformed JSON/.test(error.message)
      ? refuseHttp('http.malformed', 'The body is not JSON.')
      : error;
}
