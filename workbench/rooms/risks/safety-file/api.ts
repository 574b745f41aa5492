// Routes of the safety file: what is in a file, what it would change, and the import itself.
import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { readBody } from '../../../kernel/http/read-body.ts';
import { access, answers, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { HarmImportView, PreviewView } from '../contract.ts';
import { presentImport } from '../present-risk.ts';
import { refuseFile } from './errors.ts';
import { HARM_IMPORTERS, type HarmImport, importHarms, previewHarms } from './import-harms.ts';
import { LIMITS } from './limits.ts';
import { Mapping } from './mapping.ts';

const tags = ['risks'];
const importers = access({ who: 'roles', roles: HARM_IMPORTERS, scope: 'records:write' });
const file = {
  content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
  required: true,
} as const;
const File = z.object({
  product: z.string().min(1).max(60),
  name: z.string().min(1).max(300),
});
/** As JSON in the address, so that the body is the file and nothing else. */
const MAP_MAX = 8_000;

export function harmsApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/harms/preview',
        tags,
        ...importers,
        request: { query: File, body: file },
        responses: answers(PreviewView, 'What is in the file, and which columns would be taken'),
      }),
      async (c) => {
        const { product, name } = c.req.valid('query');
        const bytes = await safetyFileOf(c.req.raw);
        const preview = await previewHarms(kernel, c.get('principal')!, { product, fileName: name, bytes });
        return c.json(
          {
            ...preview,
            sheets: preview.sheets.map((sheet) => ({ ...sheet, rows: sheet.rows.map((row) => [...row]) })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/harms/import',
        tags,
        ...importers,
        request: {
          query: File.extend({
            map: z.string().max(MAP_MAX).optional().openapi({
              description: 'Mapping as JSON; without it the one of the last import, else a guess',
            }),
            dryRun: z.enum(['1']).optional(),
            seen: z
              .string()
              .max(64)
              .optional()
              .openapi({ description: 'Print of the difference that was shown; another one is refused' }),
          }),
          body: file,
        },
        responses: answers(HarmImportView, 'The difference; `stored` says whether it was made so'),
      }),
      async (c) => {
        const { product, name, map, dryRun, seen } = c.req.valid('query');
        const bytes = await safetyFileOf(c.req.raw);
        const result = await importHarms(kernel, c.get('principal')!, {
          product,
          fileName: name,
          bytes,
          mapping: map === undefined ? null : mappingOf(map),
          confirm: dryRun ? null : seen === undefined ? 'whatever it is' : { seen },
        });
        return c.json(presentImport(result, await dependantsOf(kernel, result)), 200);
      },
    );
}

/** Refuses `harms.no-such-column` for what is no mapping. */
export function mappingOf(text: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuseFile('harms.no-such-column', 'The mapping is not valid JSON.', { at: 'map', cause });
  }
  const read = Mapping.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuseFile('harms.no-such-column', `The mapping is not right: ${issue?.message ?? 'unknown'}.`, {
    at: `map.${issue?.path.join('.') ?? ''}`,
  });
}

async function dependantsOf(
  { db }: Kernel,
  { difference }: HarmImport,
): Promise<ReadonlyMap<string, number>> {
  const ids = [...difference.changed.map(({ known }) => known.id), ...difference.gone.map(({ id }) => id)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ to_id: string; n: number }>`
    select to_id, count(*)::int as n from link where to_id = any(${ids}::uuid[]) and ended_at is null group by 1`.execute(
    db,
  );
  return new Map(rows.map(({ to_id, n }) => [to_id, n]));
}

const safetyFileOf = (request: Request) =>
  readBody(request, LIMITS.bytes, () =>
    refuseFile('harms.too-large', `A safety file may have ${LIMITS.bytes / 1024 / 1024} MiB.`),
  );
