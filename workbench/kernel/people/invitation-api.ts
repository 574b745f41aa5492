// Routes: inviting people and accepting an invitation.
import { createRoute } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { acceptInvitation, invite, listInvitations, revokeInvitation } from './invitations.ts';
import { forTheHouse, sendCookies, signedIn, visitorOf } from './request.ts';
import type { Role } from './roles.ts';

const tags = ['invitations'];
const INVITERS: readonly Role[] = ['administrator', 'quality'];
const inviters = access({ who: 'roles', roles: INVITERS, scope: 'records:write', sessionOnly: true });
const anyone = access({ who: 'anyone' });

/** Sends the link as well; false when no mail server is set up. */
export type MailInvitation = (
  invitation: {
    readonly id: string;
    readonly personId: string;
    readonly url: string;
    readonly expiresAt: Date;
  },
  inviter: string,
) => Promise<boolean>;

export function invitationApi({ context, auth }: PeopleService, mailInvitation: MailInvitation) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/invitations',
        tags,
        ...inviters,
        responses: answers(contract.InvitationList, 'The open invitations'),
      }),
      async (c) => {
        forTheHouse(signedIn(c), INVITERS);
        const items = (await listInvitations(context)).map((item) => ({
          ...item,
          suggested: [...item.suggested],
          createdAt: item.createdAt.toISOString(),
          expiresAt: item.expiresAt.toISOString(),
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/invitations',
        tags,
        ...inviters,
        request: { body: jsonBody(contract.NewInvitation) },
        responses: answers(contract.InvitationMade, 'The link, shown once'),
      }),
      async (c) => {
        const me = forTheHouse(signedIn(c), INVITERS);
        const made = await invite(context, c.req.valid('json'), me.personId);
        const mailed = await mailInvitation(made, me.name);
        return c.json({ ...made, mailed, expiresAt: made.expiresAt.toISOString() }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/invitations/{id}',
        tags,
        ...inviters,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'The link does not work any more'),
      }),
      async (c) => {
        const me = forTheHouse(signedIn(c), INVITERS);
        await revokeInvitation(context, c.req.valid('param').id, me.personId);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/invitations/accept',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.AcceptInvitation) },
        responses: answers(contract.SignInAnswer, 'The password is set and the person signed in'),
      }),
      async (c) => {
        const { cookies } = await acceptInvitation(context, auth, c.req.valid('json'), visitorOf(c));
        sendCookies(c, cookies);
        return c.json({ step: 'done' as const }, 200);
      },
    );
}
