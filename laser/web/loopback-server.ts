// A small web server for this machine alone: fixed files, JSON in and out, events. What another site's page could send to it is refused.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const MOST_BODY_BYTES = 16 * 1024;

export interface Asked {
  /** Parts of the path that the route left open. */
  readonly parts: readonly string[];
  readonly body: unknown;
  readonly cookie: string | null;
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  /** Sets the session's cookie; null takes it away. */
  readonly cookie?: string | null;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `*` stands for one part, e.g. `/api/units/*`. */
  readonly path: string;
  readonly answer: (asked: Asked) => Promise<Answer> | Answer;
}

export interface EventStream {
  readonly path: string;
  /** Called for each reader; gives what ends it. */
  readonly open: (send: (event: unknown) => void) => () => void;
}

export interface LoopbackOptions {
  readonly port: number;
  readonly files: Readonly<Record<string, { readonly type: string; readonly content: string | Uint8Array }>>;
  readonly routes: readonly Route[];
  readonly events?: EventStream;
  /** Name of the cookie; servers on other ports of this machine share the cookie jar. */
  readonly cookieName: string;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export async function openLoopback(
  options: LoopbackOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const { files, routes, events, cookieName } = options;
  let host = '';
  const server = createServer((request, response) => {
    void answer(request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) say(response, 500, { code: 'fault', says: 'Something went wrong here.' });
      else response.destroy();
    });
  });
  server.requestTimeout = 30_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    // Another site cannot name this host in its own address (DNS rebinding), nor send from its own origin.
    const origin = request.headers.origin;
    if (request.headers.host !== host || (origin !== undefined && origin !== `http://${host}`))
      return say(response, 403, { code: 'not-here', says: 'This page is for this machine only.' });
    const pathname = pathOf(request.url ?? '/');
    if (pathname === null)
      return say(response, 400, { code: 'malformed', says: 'The request cannot be read.' });
    if (pathname === '/favicon.ico') {
      response.statusCode = 204;
      response.end();
      return;
    }
    const file = Object.hasOwn(files, pathname) ? files[pathname] : undefined;
    if (request.method === 'GET' && file) {
      response.setHeader('content-type', file.type);
      response.end(file.content);
      return;
    }
    if (request.method === 'GET' && events && pathname === events.path)
      return stream(events, request, response);
    for (const route of routes) {
      const parts = request.method === route.method ? match(route.path, pathname) : null;
      if (!parts) continue;
      const body = route.method === 'POST' ? await readBody(request) : null;
      if (body === undefined)
        return say(response, 400, { code: 'malformed', says: 'The request cannot be read.' });
      const given = await route.answer({ parts, body, cookie: readCookie(request, cookieName) });
      if (given.cookie !== undefined)
        response.setHeader(
          'set-cookie',
          `${cookieName}=${given.cookie ?? ''}; HttpOnly; SameSite=Strict; Path=/${given.cookie === null ? '; Max-Age=0' : ''}`,
        );
      return say(response, given.status ?? 200, given.body);
    }
    say(response, 404, { code: 'not-found', says: 'There is nothing here.' });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body ?? null));
}

function stream({ open }: EventStream, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'text/event-stream');
  response.flushHeaders();
  const close = open((event) => {
    // A reader that does not keep up is let go; it comes back by itself.
    if (response.writableLength > 1 << 20) response.destroy();
    else response.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  request.once('close', close);
}

/** Null when it is none, or one of its parts cannot be decoded. */
function pathOf(url: string): string | null {
  try {
    const { pathname } = new URL(url, 'http://here');
    decodeURIComponent(pathname);
    return pathname;
  } catch {
    return null;
  }
}

function match(pattern: string, path: string): string[] | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parts: string[] = [];
  for (const [at, part] of wanted.entries())
    if (part === '*') parts.push(decodeURIComponent(given[at] as string));
    else if (part !== given[at]) return null;
  return parts;
}

/** Undefined when it is no JSON or too large. Only `application/json`: a form of another site cannot send it. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type'] !== 'application/json') return undefined;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > MOST_BODY_BYTES) return undefined;
    pieces.push(piece as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    return undefined;
  }
}

function readCookie(request: IncomingMessage, name: string): string | null {
  for (const cookie of (request.headers.cookie ?? '').split('; '))
    if (cookie.startsWith(`${name}=`)) return cookie.slice(name.length + 1) || null;
  return null;
}
