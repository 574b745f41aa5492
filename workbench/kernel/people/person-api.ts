// Routes: the people there are, and who may sign in.
import { createRoute } from '@hono/zod-openapi';
import { refuseHttp } from '../http/problem.ts';
import { access, answers, jsonBody, newRouter, PageQuery } from '../http/router.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { proveForAccount } from './credential.ts';
import { disablePerson, enablePerson, listPeople, waysOf } from './directory.ts';
import { askPasswordReset } from './password-reset.ts';
import { forTheHouse, signedIn } from './request.ts';
import { canReadProduct } from './roles.ts';

const tags = ['people'];
const members = access({ who: 'member', scope: 'read' });
const administrators = access({
  who: 'roles',
  roles: ['administrator'],
  scope: 'records:write',
  sessionOnly: true,
});

export function personApi({ context }: PeopleService) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/people',
        tags,
        ...members,
        request: { query: PageQuery.extend({ cursor: contract.IdParam.shape.id.optional() }) },
        responses: answers(contract.PersonList, 'The people by name, with their roles'),
      }),
      async (c) => {
        if (!canReadProduct(c.get('principal')!, null))
          throw refuseHttp('http.not-permitted', 'The list of people is for members of the house.');
        const { cursor, limit = 100 } = c.req.valid('query');
        const rows = await listPeople(context.db, cursor ?? null, limit + 1);
        const page = rows.slice(0, limit).map((row) => ({
          ...row,
          roles: [...row.roles],
          refusedRoles: [...row.refusedRoles],
        }));
        const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
        return c.json({ items: page, next }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/people/{id}/disable',
        tags,
        ...administrators,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'The person is signed out and cannot sign in; tokens are revoked'),
      }),
      async (c) => {
        const me = forTheHouse(signedIn(c), ['administrator']);
        await disablePerson(context, c.req.valid('param').id, me.personId);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/people/{id}/enable',
        tags,
        ...administrators,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'The person can sign in again'),
      }),
      async (c) => {
        const me = forTheHouse(signedIn(c), ['administrator']);
        await enablePerson(context, c.req.valid('param').id, me.personId);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/people/{id}/password-reset',
        tags,
        ...administrators,
        request: { params: contract.IdParam, body: jsonBody(contract.ProofAgain) },
        responses: answers(
          contract.ResetLink,
          'A link for a new password, shown once; the second factor stays',
        ),
      }),
      async (c) => {
        const me = forTheHouse(signedIn(c), ['administrator']);
        await proveForAccount(context, me.personId, c.req.valid('json'), context.now());
        const { id } = c.req.valid('param');
        const link = await askPasswordReset(context, id, me.personId);
        const { secondFactor } = await waysOf(context.db, id);
        return c.json({ ...link, secondFactor }, 200);
      },
    );
}
