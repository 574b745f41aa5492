// How a room declares its routes: schema, access and answers in one place, so that OpenAPI, the typed client, the guard
// and the rights matrix all come from the same words.
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Role, TokenScope } from '../people/roles.ts';
import { scopeAllows } from '../people/roles.ts';
import type { Env } from './env.ts';
import { Problem, problemOf, problemResponse, refuseHttp } from './problem.ts';

/** Who may call a route at all; handlers narrow it further to the product and record at hand. */
export type Access =
  | { readonly who: 'anyone' }
  /** Everybody who is signed in, with or without a role: their own account. */
  | { readonly who: 'signed-in'; readonly scope: TokenScope; readonly sessionOnly?: boolean }
  /** Everybody who is signed in and holds any role. */
  | { readonly who: 'member'; readonly scope: TokenScope; readonly sessionOnly?: boolean }
  /** Holders of one of these roles, for some product or for the organisation. */
  | {
      readonly who: 'roles';
      readonly roles: readonly Role[];
      readonly scope: TokenScope;
      readonly sessionOnly?: boolean;
    };

export function newRouter(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const fields = result.error.issues.slice(0, 100).map((issue) => ({
        path: `$${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`,
        message: issue.message,
      }));
      const first = fields[0];
      const error = refuseHttp(
        'http.invalid',
        first ? `${first.path}: ${first.message}` : 'The request is not valid.',
        {
          ...(first ? { at: first.path } : {}),
          detail: { fields, in: result.target },
        },
      );
      return problemResponse(problemOf(error, c.get('requestId') ?? 'none'));
    },
  });
}

/** Spread into `createRoute({...})`: installs the guard and writes the access into the API description. */
export function access<const A extends Access>(rule: A) {
  return { middleware: guard(rule), 'x-ward-access': rule } as const;
}

export function guard(rule: Access): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (rule.who !== 'anyone') {
      const principal = c.get('principal');
      if (!principal)
        throw refuseHttp('http.not-signed-in', 'This needs a signed-in person or an API token.');
      if (rule.sessionOnly && principal.via !== 'session') {
        throw refuseHttp(
          'http.not-permitted',
          'This can be done only by a person in a session, not with a token.',
        );
      }
      if (!scopeAllows(principal, rule.scope)) {
        throw refuseHttp('http.not-permitted', `The token lacks the scope ${rule.scope}.`);
      }
      if (rule.who === 'roles' && !principal.grants.some((grant) => rule.roles.includes(grant.role))) {
        throw refuseHttp('http.not-permitted', `This needs one of the roles: ${rule.roles.join(', ')}.`);
      }
      if (rule.who === 'member' && principal.via !== 'system' && principal.grants.length === 0) {
        throw refuseHttp('http.not-permitted', 'You hold no role yet.');
      }
    }
    return next();
  };
}

const refused = {
  default: { content: { 'application/problem+json': { schema: Problem } }, description: 'Refused' },
} as const;

/** A 200 answer with JSON of this schema, and the problem document for everything else. */
export function answers<S extends z.ZodType>(schema: S, description: string) {
  return {
    200: { content: { 'application/json': { schema } }, description },
    ...refused,
  } as const;
}

/** A 200 answer with a file of this media type, and the problem document for everything else. */
export function answersFile<const T extends string>(mediaType: T, description: string) {
  const content = { [mediaType]: { schema: z.string() } } as Record<T, { schema: z.ZodString }>;
  return { 200: { content, description }, ...refused } as const;
}

/** A 200 answer with a JSON document in one of these media types, and the problem document for everything else. */
export function answersDocuments<const T extends string>(mediaTypes: readonly T[], description: string) {
  const schema = z.record(z.string(), z.unknown());
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) as Record<
    T,
    { schema: typeof schema }
  >;
  return { 200: { content, description }, ...refused } as const;
}

/** A 200 answer with a file in one of these media types, JSON among them, and the problem document for everything else. */
export function answersFiles<const T extends string>(mediaTypes: readonly T[], description: string) {
  const content = {} as Record<T, { schema: z.ZodString | z.ZodRecord<z.ZodString, z.ZodUnknown> }>;
  for (const type of mediaTypes)
    content[type] = { schema: type.endsWith('json') ? z.record(z.string(), z.unknown()) : z.string() };
  return { 200: { content, description }, ...refused } as const;
}

/** A JSON request body of this schema. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { content: { 'application/json': { schema } }, required: true } as const;
}

/** Paging as every list has it: a cursor from the page before and a size. */
export const PageQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,7}$/, 'the `next` of the page before')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.number().int().min(1).max(500))
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: 500, default: 100 }),
});
