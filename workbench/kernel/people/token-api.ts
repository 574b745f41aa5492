// Routes: a person's own API tokens.
import { createRoute } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import { type ApiTokenListed, listApiTokens, makeApiToken, revokeApiToken } from './api-tokens.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { proveForAccount } from './credential.ts';
import { signedIn } from './request.ts';

const tags = ['tokens'];
const membersInSession = access({ who: 'member', scope: 'read', sessionOnly: true });

export function tokenApi({ context }: PeopleService) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/tokens',
        tags,
        ...membersInSession,
        responses: answers(contract.TokenList, "The person's own tokens"),
      }),
      async (c) => {
        const items = (await listApiTokens(context, signedIn(c).personId)).map(viewOf);
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/tokens',
        tags,
        ...membersInSession,
        request: { body: jsonBody(contract.NewToken) },
        responses: answers(contract.TokenMade, 'The token, shown once'),
      }),
      async (c) => {
        const me = signedIn(c);
        const { password, totp, passkey, ...wanted } = c.req.valid('json');
        await proveForAccount(context, me.personId, { password, totp, passkey }, context.now());
        const made = await makeApiToken(context, me, wanted);
        return c.json({ ...viewOf(made), token: made.token }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/tokens/{id}',
        tags,
        ...membersInSession,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'The token does not work any more'),
      }),
      async (c) => {
        await revokeApiToken(context, signedIn(c).personId, c.req.valid('param').id);
        return c.json({ done: true as const }, 200);
      },
    );
}

function viewOf(token: ApiTokenListed) {
  const { id, name, prefix, scopes, productId, createdAt, expiresAt, lastUsedAt } = token;
  return {
    id,
    name,
    prefix,
    scopes: [...scopes],
    productId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
