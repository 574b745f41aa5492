// Routes of the drawing's places.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LayoutChange, Place } from './layout-model.ts';
import { changeLayout, readLayout, readModelRecord } from './layout-store.ts';

const tags = ['system'];
const Model = z.object({ key: z.string().min(1).max(60) });
export const LayoutView = z.object({ places: z.record(z.string(), Place) }).openapi('SystemLayout');

export function layoutApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/layout',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        request: { params: Model },
        responses: answers(LayoutView, 'Where the objects stand; empty where nobody has drawn the model yet'),
      }),
      async (c) => {
        const record = await readModelRecord(kernel.db, c.get('principal')!, c.req.valid('param').key);
        return c.json({ places: { ...(await readLayout(kernel.db, record.id)) } }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/system-models/{key}/layout',
        tags,
        ...access({ who: 'member', scope: 'records:write' }),
        request: {
          params: Model,
          body: jsonBody(
            z.object({
              places: LayoutChange.openapi({
                description: 'Places that change; null takes one away; what is not named stays',
              }),
            }),
          ),
        },
        responses: answers(LayoutView, 'All places after the change. The model has no new revision.'),
      }),
      async (c) => {
        const { places } = c.req.valid('json');
        const after = await changeLayout(kernel.db, c.get('principal')!, c.req.valid('param').key, places);
        return c.json({ places: { ...after } }, 200);
      },
    );
}

export type LayoutApi = ReturnType<typeof layoutApi>;
