// Routes of emergency accesses and their reviews.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { requireTheProduct } from '../../requirements/index.ts';
import { EmergencyView, SerialParameter } from '../contract.ts';
import { REVIEW_ROLES } from '../fleet-roles.ts';
import { readUnit } from '../units.ts';
import { listEmergencies } from './read-emergencies.ts';
import { reviewEmergency } from './review-emergency.ts';

const tags = ['fleet'];
const read = access({ who: 'member', scope: 'read' });
const write = access({ who: 'roles', roles: REVIEW_ROLES, scope: 'records:write', sessionOnly: true });

export function emergenciesApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/emergencies',
        tags,
        ...read,
        request: { query: z.object({ product: z.string().min(1).max(60) }) },
        responses: answers(
          z.object({ items: z.array(EmergencyView) }),
          'Emergencies in which patient data were opened, those without a review first; no patient data',
        ),
      }),
      async (c) => {
        const product = await requireTheProduct(kernel.db, c.get('principal')!, c.req.valid('query').product);
        return c.json({ items: await listEmergencies(kernel.db, { productId: product.id }) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/units/{serial}/emergencies/{line}/review',
        tags,
        ...write,
        request: {
          params: SerialParameter.extend({
            line: z
              .string()
              .regex(/^\d{1,6}-\d{1,15}$/)
              .openapi({ example: '0-118', description: 'Part of the trail and line in it' }),
          }),
          body: jsonBody(
            z.object({
              verdict: z.enum(['justified', 'not-justified']),
              reason: z.string().trim().min(10).max(2_000),
            }),
          ),
        },
        responses: answers(z.object({ verdict: z.string() }), 'The review stands in the ledger'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const { serial, line } = c.req.valid('param');
        const unit = await readUnit(kernel, principal, serial);
        requireRole(principal, REVIEW_ROLES, unit.productId, 'review emergency accesses');
        const review = c.req.valid('json');
        await reviewEmergency(kernel, principal, unit, line, review);
        return c.json({ verdict: review.verdict }, 200);
      },
    );
}
export type EmergenciesApi = ReturnType<typeof emergenciesApi>;
