// The audit view's routes: the ledger as a list, its checkpoint, its export.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, answersFile, newRouter } from '../http/router.ts';
import type { Kernel } from '../kernel.ts';
import { readableProducts } from '../people/roles.ts';
import { LedgerPage } from '../records/contract.ts';
import { presentEntry } from '../records/present.ts';
import { findRecord } from '../records/read.ts';
import type { LedgerFilter } from './ledger.ts';

const read = access({ who: 'member', scope: 'read' });
const Filter = z.object({
  record: z.string().max(60).optional(),
  product: z.uuid().optional(),
  actor: z.uuid().optional(),
  action: z
    .string()
    .regex(/^[a-z][a-z0-9.-]{0,63}$/)
    .optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
const Query = Filter.extend({
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
});

export function ledgerApi(kernel: Kernel) {
  const { ledger, db, people } = kernel;

  async function filterOf(
    query: z.infer<typeof Filter>,
    principal: Parameters<typeof readableProducts>[0],
  ): Promise<LedgerFilter> {
    const { record, product, actor, action, from, to } = query;
    const found = record === undefined ? undefined : await findRecord(db, record);
    // An unknown record fits no entry at all, rather than every entry.
    const recordId = record === undefined ? undefined : (found?.id ?? '00000000-0000-0000-0000-000000000000');
    return {
      record: recordId,
      product,
      actor,
      action,
      from: from ? new Date(from) : undefined,
      to: to ? new Date(to) : undefined,
      products: readableProducts(principal),
    };
  }

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/ledger',
        tags: ['audit'],
        ...read,
        request: { query: Query },
        responses: answers(LedgerPage, 'Newest first'),
      }),
      async (c) => {
        const query = c.req.valid('query');
        const size = Math.min(Number(query.limit ?? 100) || 100, 500);
        const filter = await filterOf(query, c.get('principal')!);
        const rows = await ledger.list(
          filter,
          query.before === undefined ? null : Number(query.before),
          size + 1,
        );
        const shown = rows.slice(0, size);
        const names = await people.find([...new Set(shown.flatMap((row) => row.actor ?? []))]);
        const ids = [...new Set(shown.flatMap((row) => row.record ?? []))];
        const keys =
          ids.length === 0
            ? []
            : await db.selectFrom('record').select(['id', 'key']).where('id', 'in', ids).execute();
        const keyOf = new Map(keys.map((row) => [row.id, row.key]));
        const head = await ledger.head();
        const items = shown.map((row) => ({
          ...presentEntry(row, names),
          record: row.record,
          key: row.record === null ? null : (keyOf.get(row.record) ?? null),
          product: row.product,
        }));
        return c.json(
          {
            items,
            next: rows.length > size ? (items.at(-1)?.seq ?? null) : null,
            origin: ledger.origin,
            verifierKey: ledger.verifierKey,
            size: head.size,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/ledger/checkpoint',
        tags: ['audit'],
        ...read,
        responses: answers(
          z.object({ note: z.string(), verifierKey: z.string() }),
          'The signed head of the ledger',
        ),
      }),
      async (c) => c.json({ note: await ledger.checkpoint(), verifierKey: ledger.verifierKey }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/ledger/export',
        tags: ['audit'],
        ...read,
        request: { query: Filter },
        responses: answersFile(
          'application/x-ndjson',
          'The whole chain; contents as far as the filter and your rights go. Check it with `ward verify`.',
        ),
      }),
      async (c) => {
        const filter = await filterOf(c.req.valid('query'), c.get('principal')!);
        const now = kernel.now();
        const lines = ledger.export(filter, now);
        const encoder = new TextEncoder();
        const stream = new ReadableStream<Uint8Array>({
          async pull(controller) {
            // A few hundred lines at a time keep the stream quick without holding the export in memory.
            let text = '';
            for (let i = 0; i < 500; i += 1) {
              const { value, done } = await lines.next();
              if (done) {
                if (text) controller.enqueue(encoder.encode(text));
                controller.close();
                return;
              }
              text += `${value}\n`;
            }
            controller.enqueue(encoder.encode(text));
          },
          async cancel() {
            await lines.return(undefined);
          },
        });
        const name = `ward-ledger-${now.toISOString().slice(0, 10)}.ndjson`;
        return new Response(stream, {
          headers: {
            'content-type': 'application/x-ndjson',
            'content-disposition': `attachment; filename="${name}"`,
          },
        }) as never;
      },
    );
}

export type LedgerApi = ReturnType<typeof ledgerApi>;
