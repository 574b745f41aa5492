// SCIM 2.0 at `/scim/v2`, for the provider that keeps people here. Not part of the API description: RFC 7644 is.
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { isWardError } from '../errors.ts';
import type { Env } from '../http/env.ts';
import { answerError, refuseHttp } from '../http/problem.ts';
import { guard, newRouter } from '../http/router.ts';
import type { PeopleService } from './create-people.ts';
import * as scim from './scim.ts';
import { refuseScim, scimError } from './scim-errors.ts';

const BODY_LIMIT = 1024 * 1024;
const MOST_LISTED = 200;
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** One object, or nothing: SCIM has its own content type, which must be JSON all the same. */
async function readBody<S extends z.ZodType>(c: Context<Env>, schema: S): Promise<z.infer<S>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuseScim('scim.malformed', 'The body is not JSON.');
  }
  return scim.parse(schema, value);
}

function pageOf(c: Context<Env>): scim.Page {
  const number = (name: string, least: number, otherwise: number) => {
    const text = c.req.query(name);
    return text !== undefined && /^\d{1,7}$/.test(text) ? Math.max(least, Number(text)) : otherwise;
  };
  return { startIndex: number('startIndex', 1, 1), count: Math.min(MOST_LISTED, number('count', 0, 100)) };
}

export function scimApi(people: PeopleService) {
  const { context } = people;
  const base = `${context.baseUrl.replace(/\/$/, '')}/scim/v2`;
  const router = newRouter();

  const send = (c: Context<Env>, body: object, status: 200 | 201 = 200) =>
    c.body(JSON.stringify(body), status, { 'content-type': 'application/scim+json' });
  const actorOf = (c: Context<Env>) => c.get('principal')?.personId as string;
  const listed = (found: { readonly total: number }, page: scim.Page, resources: readonly object[]) => ({
    schemas: [LIST],
    totalResults: found.total,
    startIndex: page.startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  });

  router.onError((error, c) => {
    const known = isWardError(error) ? error : null;
    if (!known) return answerError(error, c);
    c.get('log')?.debug({ code: known.code }, 'refused');
    return new Response(JSON.stringify(scimError(known)), {
      status: known.status,
      headers: { 'content-type': 'application/scim+json' },
    });
  });
  router.use(
    '*',
    bodyLimit({
      maxSize: BODY_LIMIT,
      onError: () => {
        throw refuseHttp('http.too-large', `A request may have ${BODY_LIMIT} bytes.`);
      },
    }),
  );
  router.use('*', async (c, next) => {
    c.header('cache-control', 'no-store');
    const known = await people.principalOf(c.req.raw.headers);
    c.set('principal', known?.principal ?? null);
    // A browser's cookie never counts here, so that no page can make it act.
    if (known && known.principal.via !== 'token')
      throw refuseHttp('http.not-permitted', 'SCIM is for an API token with the scope people:provision.');
    if (known?.principal.tokenProductId)
      throw refuseHttp('http.not-permitted', 'A token for one product cannot keep people.');
    return guard({ who: 'roles', roles: ['administrator'], scope: 'people:provision' })(c, next);
  });

  router.get('/ServiceProviderConfig', (c) =>
    send(c, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: MOST_LISTED },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'API token',
          description: 'A token of an administrator with the scope people:provision.',
          primary: true,
        },
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
    }),
  );
  router.get('/ResourceTypes', (c) => {
    const types = [
      { id: 'User', endpoint: '/Users', schema: scim.USER },
      { id: 'Group', endpoint: '/Groups', schema: scim.GROUP },
    ].map((type) => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      name: type.id,
      ...type,
      meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.id}` },
    }));
    return send(c, listed({ total: types.length }, { startIndex: 1, count: types.length }, types));
  });

  router.get('/Users', async (c) => {
    const page = pageOf(c);
    const filter = scim.readFilter(c.req.query('filter'), ['userName', 'externalId']);
    const found = await scim.listUsers(context, filter, page);
    return send(
      c,
      listed(
        found,
        page,
        found.rows.map((row) => scim.userView(row, base)),
      ),
    );
  });
  router.post('/Users', async (c) => {
    const made = await scim.createUser(context, await readBody(c, scim.UserInput), actorOf(c));
    return send(c, scim.userView(made, base), 201);
  });
  router.get('/Users/:id', async (c) =>
    send(c, scim.userView(await scim.readUser(context.db, c.req.param('id')), base)),
  );
  router.put('/Users/:id', async (c) => {
    const input = await readBody(c, scim.UserInput);
    return send(c, scim.userView(await scim.putUser(context, c.req.param('id'), input, actorOf(c)), base));
  });
  router.patch('/Users/:id', async (c) => {
    const patch = await readBody(c, scim.Patch);
    const patched = (before: Parameters<typeof scim.patchedUser>[0]) => scim.patchedUser(before, patch);
    const put = await scim.putUser(context, c.req.param('id'), patched, actorOf(c));
    return send(c, scim.userView(put, base));
  });
  router.delete('/Users/:id', async (c) => {
    await scim.deleteUser(context, c.req.param('id'), actorOf(c));
    return c.body(null, 204);
  });

  router.get('/Groups', async (c) => {
    const page = pageOf(c);
    const filter = scim.readFilter(c.req.query('filter'), ['displayName', 'externalId']);
    const found = await scim.listGroups(context, filter, page);
    const withMembers = !/\bmembers\b/.test(c.req.query('excludedAttributes') ?? '');
    return send(
      c,
      listed(
        found,
        page,
        found.rows.map((row) => scim.groupView(row, base, withMembers)),
      ),
    );
  });
  router.post('/Groups', async (c) => {
    const made = await scim.putGroup(context, null, await readBody(c, scim.GroupInput), actorOf(c));
    return send(c, scim.groupView(made, base), 201);
  });
  router.get('/Groups/:id', async (c) =>
    send(c, scim.groupView(await scim.readGroup(context.db, c.req.param('id')), base)),
  );
  router.put('/Groups/:id', async (c) => {
    const input = await readBody(c, scim.GroupInput);
    return send(c, scim.groupView(await scim.putGroup(context, c.req.param('id'), input, actorOf(c)), base));
  });
  router.patch('/Groups/:id', async (c) => {
    const patch = await readBody(c, scim.Patch);
    const patched = (before: Parameters<typeof scim.patchedGroup>[0]) => scim.patchedGroup(before, patch);
    const put = await scim.putGroup(context, c.req.param('id'), patched, actorOf(c));
    return send(c, scim.groupView(put, base));
  });
  router.delete('/Groups/:id', async (c) => {
    await scim.deleteGroup(context, c.req.param('id'), actorOf(c));
    return c.body(null, 204);
  });
  router.all('*', () => {
    throw refuseScim('scim.not-found', 'SCIM has nothing at this address here.');
  });
  return router;
}
