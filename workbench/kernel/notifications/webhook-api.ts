// Routes of webhooks, for security leads of a product and for the house.
import { createRoute } from '@hono/zod-openapi';
import { refuseHttp } from '../http/problem.ts';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import type { Kernel } from '../kernel.ts';
import { signedIn } from '../people/request.ts';
import type { Principal } from '../people/roles.ts';
import { readRecord } from '../records/read.ts';
import type { Unit } from '../records/records.ts';
import * as contract from './contract.ts';
import {
  changeWebhook,
  deleteWebhook,
  findWebhook,
  keepsWebhooks,
  listWebhooks,
  makeWebhook,
  rotateSecret,
  WEBHOOK_KEEPERS,
} from './webhooks.ts';

const tags = ['webhooks'];
const keepers = access({ who: 'roles', roles: WEBHOOK_KEEPERS, scope: 'records:write', sessionOnly: true });

export function webhooksApi({ db, records, notifications }: Kernel) {
  /** The change and its entry in the audit trail; the entry holds neither address nor secret. */
  const change = <T>(
    principal: Principal,
    action: string,
    productId: string | null,
    work: (unit: Unit) => Promise<{ id: string; answer: T }>,
  ): Promise<T> =>
    records.write(principal, async (unit) => {
      const { id, answer } = await work(unit);
      await unit.commit([{ type: 'note', action, productId, record: null, content: { webhook: id } }]);
      return answer;
    });

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/webhooks',
        tags,
        ...keepers,
        responses: answers(contract.WebhookList, 'The webhooks that you keep'),
      }),
      async (c) => {
        const items = (await listWebhooks(db, signedIn(c))).map((row) => ({
          id: row.id,
          name: row.name,
          url: row.url,
          productId: row.product_id,
          topics: row.topics,
          active: row.active,
          owner: row.owner,
          previousSecretUntil: row.previous_until?.toISOString() ?? null,
          lastSentAt: row.last_sent?.toISOString() ?? null,
          lastState: row.last_state,
          lastAnswer: row.last_answer,
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/webhooks',
        tags,
        ...keepers,
        request: { body: jsonBody(contract.NewWebhook) },
        responses: answers(contract.WebhookSecret, 'Made; the secret is shown once'),
      }),
      async (c) => {
        const me = signedIn(c);
        const input = c.req.valid('json');
        if (input.productId !== null) await readRecord(db, me, input.productId);
        if (!keepsWebhooks(me, input.productId))
          throw refuseHttp(
            'http.not-permitted',
            `This needs one of the roles: ${WEBHOOK_KEEPERS.join(', ')}.`,
          );
        const made = await change(me, 'webhook.made', input.productId, async (unit) => {
          const answer = await makeWebhook({ ...notifications.webhooks, db: unit.db }, me.personId, input);
          return { id: answer.id, answer };
        });
        return c.json(made, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/webhooks/{id}',
        tags,
        ...keepers,
        request: { params: contract.IdParam, body: jsonBody(contract.WebhookChange) },
        responses: answers(contract.Done, 'Kept; you are its owner now'),
      }),
      async (c) => {
        const me = signedIn(c);
        const { id, product_id } = await findWebhook(db, me, c.req.valid('param').id);
        await change(me, 'webhook.changed', product_id, async (unit) => {
          await changeWebhook(
            { ...notifications.webhooks, db: unit.db },
            me.personId,
            id,
            c.req.valid('json'),
          );
          return { id, answer: null };
        });
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/webhooks/{id}',
        tags,
        ...keepers,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'Nothing is sent to it any more'),
      }),
      async (c) => {
        const me = signedIn(c);
        const { id, product_id } = await findWebhook(db, me, c.req.valid('param').id);
        await change(me, 'webhook.deleted', product_id, async (unit) => {
          await deleteWebhook({ ...notifications.webhooks, db: unit.db }, id);
          return { id, answer: null };
        });
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/webhooks/{id}/secret',
        tags,
        ...keepers,
        request: { params: contract.IdParam },
        responses: answers(
          contract.WebhookSecret,
          'The new secret, shown once; the old one signs for a day more',
        ),
      }),
      async (c) => {
        const me = signedIn(c);
        const { id, product_id } = await findWebhook(db, me, c.req.valid('param').id);
        const secret = await change(me, 'webhook.secret-renewed', product_id, async (unit) => ({
          id,
          answer: await rotateSecret({ ...notifications.webhooks, db: unit.db }, id),
        }));
        return c.json({ id, secret }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/webhooks/{id}/test',
        tags,
        ...keepers,
        request: { params: contract.IdParam },
        responses: answers(contract.DeliveryQueued, 'A test is on its way'),
      }),
      async (c) => {
        const { id } = await findWebhook(db, signedIn(c), c.req.valid('param').id);
        return c.json(
          { delivery: await db.transaction().execute((tx) => notifications.queueWebhookTest(tx, id)) },
          200,
        );
      },
    );
}

/** For the typed client. */
export type WebhooksApi = ReturnType<typeof webhooksApi>;
