// The route from a name to the releases that hold it.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { whereUsed } from './where-used.ts';

const Used = z
  .object({
    release: z.object({ id: z.uuid(), key: z.string(), title: z.string() }),
    productId: z.uuid().nullable(),
    ecosystem: z.string(),
    name: z.string(),
    versions: z.array(z.string()),
  })
  .openapi('WhereUsed');

export function whereApi(kernel: Kernel) {
  return newRouter().openapi(
    createRoute({
      method: 'get',
      path: '/components/where',
      tags: ['components'],
      ...access({ who: 'member', scope: 'read' }),
      request: {
        query: z.object({
          name: z.string().min(1).max(300).openapi({ example: 'log4j-core' }),
          version: z.string().min(1).max(100).optional().openapi({ description: '2.14 also means 2.14.1' }),
        }),
      },
      responses: answers(z.object({ items: z.array(Used) }), 'Releases whose SBOMs in force hold it'),
    }),
    async (c) => {
      const { name, version } = c.req.valid('query');
      const rows = await whereUsed(kernel.db, c.get('principal')!, name, version ?? null);
      const items = rows.map((row) => ({
        release: { id: row.release_id, key: row.release_key, title: row.release_title },
        productId: row.product_id,
        ecosystem: row.ecosystem,
        name: row.name,
        versions: row.versions,
      }));
      return c.json({ items }, 200);
    },
  );
}
