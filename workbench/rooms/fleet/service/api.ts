// Routes of service sessions.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { SerialParameter } from '../contract.ts';
import { SERVICE_ROLES } from '../fleet-roles.ts';
import { readUnit } from '../units.ts';
import { askService, endService } from './ask-service.ts';
import { SERVICE_VERBS } from './verbs.ts';

const tags = ['fleet'];
const write = access({ who: 'roles', roles: SERVICE_ROLES, scope: 'records:write', sessionOnly: true });

export function serviceApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/units/{serial}/services',
        tags,
        ...write,
        request: {
          params: SerialParameter,
          body: jsonBody(
            z.object({
              /** Shown at the device. */
              why: z
                .string()
                .trim()
                .min(1)
                .max(200)
                .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'one line without control characters'),
              verbs: z.array(z.enum(SERVICE_VERBS)).min(1).max(SERVICE_VERBS.length),
              minutes: z.number().int().min(1).max(60),
            }),
          ),
        },
        responses: answers(z.object({ id: z.uuid() }), 'The unit is asked with its next report'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const unit = await readUnit(kernel, principal, c.req.valid('param').serial);
        requireRole(principal, SERVICE_ROLES, unit.productId, 'ask for service sessions');
        return c.json({ id: await askService(kernel, principal, unit, c.req.valid('json')) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/services/{id}/end',
        tags,
        ...write,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answers(z.object({ state: z.string() }), 'The unit ends it with its next report'),
      }),
      async (c) => {
        await endService(kernel, c.get('principal')!, c.req.valid('param').id);
        return c.json({ state: 'ended' }, 200);
      },
    );
}
export type ServiceApi = ReturnType<typeof serviceApi>;
