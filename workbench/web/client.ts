// The typed client of Ward's API: routes and answers come from the server's own types, refusals become ProblemError.

import type { PickResponseByStatusCode } from 'hono/client';
import { hc } from 'hono/client';
import type { Problem } from '../kernel/http/problem.ts';
import type { RecordsApi } from '../kernel/records/api.ts';

/** A refusal as the server words it: what, where, what to do, and the id to quote. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

const request: typeof fetch = async (input, init) => {
  let response: Response;
  try {
    response = await fetch(input, { ...init, credentials: 'same-origin' });
  } catch {
    throw new ProblemError(unreachable());
  }
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return response;
};

/**
 * A client for one router's routes: `client<RecordsApi>().records.$get({ query })`. The promise gives a good answer
 * only; everything else is thrown as ProblemError.
 */
export function client<Api>() {
  return namingPlaces(hc<PickResponseByStatusCode<Api, 200>>('/api', { fetch: request }));
}

type Call = (args?: { readonly param?: Readonly<Record<string, string>> }, ...rest: unknown[]) => unknown;

/** The library puts path parameters in as they are; one that came out of an address must not make another path. */
function namingPlaces<Route>(route: Route): Route {
  if (typeof route !== 'function') return route;
  return new Proxy(route, {
    get: (target, name) => namingPlaces(Reflect.get(target, name)),
    apply: (target, _self, [args, ...rest]: Parameters<Call>) =>
      (target as unknown as Call)(args?.param ? { ...args, param: encoded(args.param) } : args, ...rest),
  }) as Route;
}

const encoded = (param: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(param).map(([name, value]) => [name, encodeURIComponent(value)]));

export const recordsClient = client<RecordsApi>();

/** For routes without a typed router at hand (downloads, early development): same refusals, caller names the shape. */
export async function fetchJson<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await request(`/api${path}`, init);
  return (await response.json()) as Answer;
}

/** Any thrown thing as a problem to show; faults of the page itself say so. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    type: 'urn:ward:problem:page',
    title: 'This page broke',
    status: 0,
    code: 'page',
    detail: error instanceof Error ? error.message : 'Something unexpected was thrown.',
    remedy: 'Reload the page; what you typed is kept as a draft.',
    requestId: 'none',
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get('x-request-id') ?? 'none';
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (typeof body.title === 'string' && typeof body.code === 'string') return body as Problem;
  } catch {
    // Not JSON: a proxy or a fault below the API answered.
  }
  return {
    type: 'about:blank',
    title: 'The server answered with an error',
    status: response.status,
    code: `status-${response.status}`,
    detail: `${response.status} ${response.statusText}`.trim(),
    remedy: 'Try again; if it stays, report it with the request id.',
    requestId,
  };
}

function unreachable(): Problem {
  return {
    type: 'about:blank',
    title: 'Ward cannot be reached',
    status: 0,
    code: 'unreachable',
    detail: 'The server did not answer.',
    remedy: 'Check that Ward is running and that you are connected, then try again.',
    requestId: 'none',
  };
}
