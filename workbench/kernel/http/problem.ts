// Refusals as RFC 9457 problem documents; faults are logged with their request id and answered without inner detail.
import type { Context } from 'hono';
import { z } from 'zod';
import type { WardError } from '../errors.ts';
import { defineErrors, isWardError } from '../errors.ts';
import type { Env } from './env.ts';

export const refuseHttp = defineErrors({
  'http.not-found': {
    status: 404,
    exit: 3,
    title: 'Nothing here',
    remedy: 'Check the address, or search with Ctrl+K.',
  },
  'http.malformed': {
    status: 400,
    exit: 3,
    title: 'The request cannot be read',
    remedy: 'Send JSON as the API description at /api/openapi.json says.',
  },
  'http.invalid': {
    status: 422,
    exit: 3,
    title: 'Some fields are not right',
    remedy: 'Correct the fields that are named and send it again.',
  },
  'http.wrong-media-type': {
    status: 415,
    exit: 3,
    title: 'The body is not JSON',
    remedy: 'Send JSON with the header content-type: application/json.',
  },
  'http.too-large': { status: 413, exit: 3, title: 'Too large', remedy: 'Send less at once.' },
  'http.not-signed-in': {
    status: 401,
    exit: 2,
    title: 'Not signed in',
    remedy: 'Sign in, or send an API token as a bearer token.',
  },
  'http.not-permitted': {
    status: 403,
    exit: 2,
    title: 'Not permitted',
    remedy: 'Ask an administrator for a role that may do this.',
  },
  'http.wrong-origin': {
    status: 403,
    exit: 2,
    title: 'The request came from another site',
    remedy: 'Open Ward in this browser and try it there.',
  },
  'http.too-many': {
    status: 429,
    exit: 2,
    title: 'Too many requests',
    remedy: 'Wait the time that is named, then try again.',
  },
  'http.not-ready': {
    status: 503,
    exit: 4,
    title: 'Not ready',
    remedy: 'Wait until Ward has started, then try again.',
  },
});

/** RFC 9457 members plus Ward's own: code, place, remedy, request id and the fields that are wrong. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  at: z.string().optional(),
  remedy: z.string(),
  requestId: z.string(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;

export function problemOf(error: WardError, requestId: string): Problem {
  const { fields, ...extra } = (error.detail ?? {}) as Record<string, unknown>;
  return {
    type: `urn:ward:problem:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.at === undefined ? {} : { at: error.at }),
    remedy: error.remedy,
    requestId,
    ...(Array.isArray(fields) ? { fields: fields as Problem['fields'] } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** Hono's error handler: the one place where an error becomes an answer, and where it is logged once. */
export function answerError(error: unknown, c: Context<Env>): Response {
  const requestId = c.get('requestId') ?? 'none';
  if (isWardError(error)) {
    c.get('log')?.debug({ code: error.code, at: error.at }, 'refused');
    return problemResponse(problemOf(error, requestId));
  }
  if (isStatementTimeout(error)) {
    return problemResponse(
      problemOf(refuseHttp('http.not-ready', 'The database took too long to answer.'), requestId),
    );
  }
  if (isDatabaseAway(error)) {
    // The supervisor and the pool have said why already.
    c.get('log')?.info({ err: error }, 'the database is away');
    return problemResponse(
      problemOf(
        refuseHttp(
          'http.not-ready',
          'The database is not there at the moment. Whether a change that was just sent is kept is not certain: look before you send it again.',
        ),
        requestId,
      ),
    );
  }
  if (isUnstorableText(error)) {
    return problemResponse(
      problemOf(refuseHttp('http.invalid', 'A text holds a character that cannot be stored.'), requestId),
    );
  }
  c.get('log')?.error({ err: error }, 'fault');
  return problemResponse({
    type: 'urn:ward:problem:fault',
    title: 'Something broke inside Ward',
    status: 500,
    detail: 'This is a fault of the program, not of your input. Nothing was changed.',
    code: 'fault',
    remedy: 'Try again; if it stays, report it with the request id.',
    requestId,
  });
}

export function problemResponse(problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  const retryAfter = problem.extra?.retryAfterSeconds;
  if (typeof retryAfter === 'number') headers['retry-after'] = String(Math.ceil(retryAfter));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** PostgreSQL 22021 and 22P05: a NUL, which text and jsonb cannot hold; the statement did nothing. */
function isUnstorableText(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && (error as { code?: unknown }).code;
  return code === '22021' || code === '22P05';
}

/** PostgreSQL 57014: the statement_timeout of the pool. */
// SQLSTATE 57P01 to 57P03: shut down, crashed, starting; class 08: connection. The rest are Node's and the driver's own.
const AWAY = /^(57P0[123]|08...|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/;
const AWAY_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (code === 'ENOENT' && syscall !== 'connect') return false;
  return (typeof code === 'string' && AWAY.test(code)) || AWAY_WORDS.test(error.message);
}

function isStatementTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === '57014';
}
