// Routes of controls: those of a product, with what they cut and what proves them.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { requireTheProduct } from '../requirements/index.ts';
import { controlsOf } from './read-controls.ts';

const Linked = z.object({ key: z.string(), title: z.string(), state: z.string() });
const ControlView = z
  .object({
    key: z.string(),
    title: z.string(),
    state: z.string(),
    category: z.string(),
    effect: z.string(),
    riskControl: z.string(),
    independent: z.boolean(),
    implementation: z.string(),
    places: z.array(z.string()),
    cuts: z.array(Linked),
    requirements: z.array(Linked),
    verifications: z.array(
      Linked.extend({
        /** The newest first. */
        results: z.array(z.object({ key: z.string(), outcome: z.string(), release: z.string().nullable() })),
      }),
    ),
  })
  .openapi('PlacedControl');
export type ControlView = z.infer<typeof ControlView>;

const ControlsView = z
  .object({
    product: z.object({ id: z.uuid(), key: z.string(), title: z.string() }),
    items: z.array(ControlView),
  })
  .openapi('PlacedControls');

export function controlsApi(kernel: Kernel) {
  return newRouter().openapi(
    createRoute({
      method: 'get',
      path: '/controls',
      tags: ['controls'],
      ...access({ who: 'member', scope: 'read' }),
      request: {
        query: z.object({
          product: z.string().min(1).max(60).openapi({ example: 'PRD-1' }),
          key: z.string().max(60).optional().openapi({ description: 'Only this control' }),
        }),
      },
      responses: answers(ControlsView, 'Controls of a product: places, what they cut, what verifies them'),
    }),
    async (c) => {
      const { product: wanted, key } = c.req.valid('query');
      const product = await requireTheProduct(kernel.db, c.get('principal')!, wanted);
      const rows = await controlsOf(kernel.db, product.id, key?.toUpperCase() ?? null);
      const items = rows.map(({ key: own, title, state, body, cuts, requirements, verifications }) => ({
        key: own,
        title,
        state,
        category: String(body.category ?? 'other'),
        effect: String(body.effect ?? 'not stated'),
        riskControl: String(body.riskControl ?? 'not stated'),
        independent: body.independent === true,
        implementation: String(body.implementation ?? ''),
        places: Array.isArray(body.places) ? body.places.map(String) : [],
        cuts: [...cuts],
        requirements: [...requirements],
        verifications: verifications.map((one) => ({ ...one, results: [...one.results] })),
      }));
      return c.json({ product: { id: product.id, key: product.key, title: product.title }, items }, 200);
    },
  );
}
export type ControlsApi = ReturnType<typeof controlsApi>;
