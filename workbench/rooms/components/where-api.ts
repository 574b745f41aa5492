// Routes from a name, or from a supplier, to the releases that hold what is meant.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import { supplier } from '../suppliers/index.ts';
import { suppliedBy } from './supplied.ts';
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

const SuppliedView = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    releases: z.array(z.object({ key: z.string(), title: z.string() })),
    supportLevel: z.string().nullable(),
    endOfSupport: z.string().nullable(),
    written: z.string(),
  })
  .openapi('SuppliedComponent');

export function whereApi(kernel: Kernel) {
  return newRouter()
    .openapi(
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
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/components/supplied',
        tags: ['components'],
        ...access({ who: 'member', scope: 'read' }),
        request: { query: z.object({ supplier: z.string().min(1).max(60).openapi({ example: 'SUP-1' }) }) },
        responses: answers(
          z.object({ items: z.array(SuppliedView) }),
          'Components in force that name this supplier',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const record = await readRecord(kernel.db, principal, c.req.valid('query').supplier);
        if (record.kind !== supplier.kind)
          throw refuseRecord('record.not-found', `${record.key} is not a supplier.`, { at: record.key });
        const rows = await suppliedBy(kernel.db, principal, String(record.body.name));
        const items = rows.map((row) => ({
          name: row.name,
          versions: row.versions,
          releases: row.releases,
          supportLevel: row.support_level,
          endOfSupport: row.end_of_support,
          written: row.written,
        }));
        return c.json({ items }, 200);
      },
    );
}
