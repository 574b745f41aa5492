// Routes: what is new for me, what I want to be told, and what was sent.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import type { Kernel } from '../kernel.ts';
import { signedIn } from '../people/request.ts';
import * as contract from './contract.ts';
import { findDelivery, listDeliveries } from './deliveries.ts';
import { presentNotice } from './present.ts';
import { listNotices, markRead } from './read-notices.ts';
import { choicesOf, choose } from './subscriptions.ts';
import { TOPICS, usualFor } from './topics.ts';

const tags = ['notifications'];
const reader = access({ who: 'member', scope: 'read' });
const person = access({ who: 'member', scope: 'read', sessionOnly: true });
const MOST = 100;

export function notificationsApi({ db, now, notifications, people }: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/notifications',
        tags,
        ...reader,
        request: { query: z.object({ unread: z.enum(['true', 'false']).optional() }) },
        responses: answers(contract.NoticeList, 'What is new for you, of the last thirty days'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const unreadOnly = c.req.valid('query').unread === 'true';
        const notices = await listNotices(db, principal, now(), { limit: MOST, unreadOnly });
        const unread = notices.filter((notice) => notice.unread).length;
        return c.json({ items: notices.map(presentNotice), unread }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/notifications/read',
        tags,
        ...person,
        request: { body: jsonBody(contract.MarkRead) },
        responses: answers(contract.Done, 'Marked as read'),
      }),
      async (c) => {
        await markRead(db, signedIn(c).personId, c.req.valid('json').ids, now());
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/notifications/settings',
        tags,
        ...person,
        responses: answers(contract.SettingsView, 'What you are told, and how'),
      }),
      async (c) => {
        const me = signedIn(c);
        const own = (await people.find([me.personId])).get(me.personId);
        const roles = me.grants.map((grant) => grant.role);
        return c.json(
          {
            mail: { setUp: notifications.settings.mail !== null, to: own?.email ?? '' },
            choices: (await choicesOf(db, me.personId)).map((choice) => ({ ...choice })),
            usual: TOPICS.map((topic) => ({ topic: topic.id, how: usualFor(topic.id, roles) })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/notifications/settings',
        tags,
        ...person,
        request: { body: jsonBody(contract.NewChoice) },
        responses: answers(contract.Done, 'Kept'),
      }),
      async (c) => {
        await choose(db, signedIn(c), c.req.valid('json'));
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/notifications/test-mail',
        tags,
        ...person,
        responses: answers(contract.DeliveryQueued, 'A mail to your own address is on its way'),
      }),
      async (c) => {
        const { personId } = signedIn(c);
        return c.json(
          {
            delivery: await db
              .transaction()
              .execute((tx) => notifications.queueMail(tx, { kind: 'test', personId })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/deliveries',
        tags,
        ...person,
        responses: answers(contract.DeliveryList, 'What was sent to you and to the webhooks that you keep'),
      }),
      async (c) => {
        const rows = await listDeliveries(db, signedIn(c));
        const items = rows.map((row) => ({
          id: row.id,
          kind: row.kind,
          channel: row.channel,
          to: row.to,
          state: row.state,
          attempts: row.attempts,
          items: row.items,
          createdAt: row.created_at.toISOString(),
          dueAt: row.due_at.toISOString(),
          sentAt: row.sent_at?.toISOString() ?? null,
          answer: row.answer,
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/deliveries/{id}/again',
        tags,
        ...person,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'It is sent again'),
      }),
      async (c) => {
        const { id } = await findDelivery(db, signedIn(c), c.req.valid('param').id);
        await notifications.sendAgain(id);
        return c.json({ done: true as const }, 200);
      },
    );
}

/** For the typed client. */
export type NotificationsApi = ReturnType<typeof notificationsApi>;
