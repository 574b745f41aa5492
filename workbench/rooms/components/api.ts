// Routes of components: SBOM upload with progress, list, tree, coverage, the original file.
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { isWardError } from '../../kernel/errors.ts';
import { problemOf, refuseHttp } from '../../kernel/http/problem.ts';
import { readBody } from '../../kernel/http/read-body.ts';
import { access, answers, answersFile, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { personRef } from '../../kernel/records/present.ts';
import { readRelease } from '../products/index.ts';
import { importSbom, MAX_SBOM_BYTES, type Phase, requireSbomRight, SBOM_IMPORTERS } from './import-sbom.ts';
import { platformApi } from './platform-api.ts';
import { type ComponentRow, coverageOf, listComponents, sbomsOf, treeLevel } from './read-components.ts';
import { sbomOutApi } from './sbom-out-api.ts';
import { supplemented } from './supplement.ts';
import { whereApi } from './where-api.ts';

const tags = ['components'];
const read = access({ who: 'member', scope: 'read' });
const Release = z.object({ release: z.string().min(1).max(60) });

export const SbomResult = z
  .object({
    id: z.uuid(),
    releaseKey: z.string(),
    part: z.string(),
    hash: z.string(),
    format: z.string(),
    components: z.number().int(),
    watched: z.number().int(),
    newVersions: z.number().int(),
    unchanged: z.boolean(),
    warnings: z.array(z.object({ at: z.string(), message: z.string() })),
  })
  .openapi('SbomResult');
export type SbomResult = z.infer<typeof SbomResult>;

export const SbomView = z.object({
  id: z.uuid(),
  part: z.string(),
  fileName: z.string(),
  hash: z.string(),
  size: z.number(),
  format: z.string(),
  createdAt: z.string().nullable(),
  tools: z.array(z.string()),
  warnings: z.array(z.object({ at: z.string(), message: z.string() })),
  components: z.number().int(),
  importedAt: z.string(),
  importedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  current: z.boolean(),
});
export type SbomView = z.infer<typeof SbomView>;

const Coverage = z.object({
  total: z.number().int(),
  watched: z.number().int(),
  notWatched: z.record(z.string(), z.number().int()),
});

export const ComponentView = z
  .object({
    id: z.string(),
    part: z.string(),
    ref: z.string(),
    type: z.string(),
    group: z.string().nullable(),
    name: z.string(),
    version: z.string().nullable(),
    purl: z.string().nullable(),
    cpes: z.array(z.string()),
    licences: z.array(z.string()),
    supplier: z.string().nullable(),
    scope: z.string().nullable(),
    supportLevel: z.string().nullable(),
    endOfSupport: z.string().nullable(),
    /** Why level or end of support is not given. */
    justification: z.string().nullable(),
    /** Fields that people completed or corrected; the SBOM itself says otherwise or nothing. */
    supplemented: z.array(z.string()),
    /** Why it is not watched, or null. Not watched is never clean. */
    notWatched: z.string().nullable(),
    identityNote: z.string(),
    affected: z.number().int(),
    undetermined: z.number().int(),
  })
  .openapi('Component');
export type ComponentView = z.infer<typeof ComponentView>;

const TreeNodeView = z.object({
  id: z.string(),
  ref: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  type: z.string(),
  children: z.number().int(),
  affected: z.number().int(),
  notWatched: z.string().nullable(),
});
export type TreeNodeView = z.infer<typeof TreeNodeView>;

const ListQuery = z.object({
  text: z.string().max(200).optional(),
  watch: z.enum(['watched', 'not-watched']).optional(),
  part: z.string().max(200).optional(),
  sort: z.enum(['name', 'version', 'type', 'findings']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
});

export function componentsApi(kernel: Kernel) {
  const { db, people, blobs } = kernel;
  const release = (principal: Principal, key: string) => readRelease(db, principal, key);

  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/sboms/upload',
        tags,
        ...access({ who: 'roles', roles: SBOM_IMPORTERS, scope: 'sbom:write' }),
        request: {
          query: z.object({
            release: z.string().min(1).max(60),
            name: z.string().min(1).max(300),
            part: z.string().max(200).optional(),
            progress: z.enum(['lines']).optional(),
          }),
          body: {
            content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
            required: true,
          },
        },
        responses: answers(
          SbomResult,
          'What was imported. With progress=lines: JSON lines {phase, done, total}, then {result} or {problem}.',
        ),
      }),
      async (c) => {
        const { release: key, name, part, progress } = c.req.valid('query');
        const principal = c.get('principal')!;
        await requireSbomRight(kernel, principal, key);
        const bytes = await readBody(c.req.raw, MAX_SBOM_BYTES, () =>
          refuseHttp('http.too-large', `An SBOM may have ${MAX_SBOM_BYTES / 1024 / 1024} MiB.`),
        );
        const input = { release: key, fileName: name, part: part ?? null, bytes };
        if (progress !== 'lines') return c.json(present(await importSbom(kernel, principal, input)), 200);
        return progressLines(
          (report) => importSbom(kernel, principal, input, report).then(present),
          c.get('requestId'),
        ) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/sboms',
        tags,
        ...read,
        request: { params: Release },
        responses: answers(
          z.object({ items: z.array(SbomView), coverage: Coverage, mayImport: z.boolean() }),
          'Imports, newest first',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const record = await release(principal, c.req.valid('param').release);
        const rows = await sbomsOf(db, record.id);
        const names = await people.find(rows.flatMap((row) => row.imported_by ?? []));
        const items = rows.map((row) => ({
          id: row.id,
          part: row.part,
          fileName: row.file_name,
          hash: row.blob_hash,
          size: Number(row.size),
          format: `${row.format} ${row.spec_version}`,
          createdAt: row.created_text,
          tools: row.tools,
          warnings: row.warnings,
          components: row.component_count,
          importedAt: row.imported_at.toISOString(),
          importedBy: personRef(names, row.imported_by),
          current: row.superseded_at === null,
        }));
        const mayImport = await requireSbomRight(kernel, principal, record.key).then(
          () => true,
          () => false,
        );
        return c.json({ items, coverage: await coverageOf(db, record.id), mayImport }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/components',
        tags,
        ...read,
        request: { params: Release, query: ListQuery },
        responses: answers(
          z.object({ items: z.array(ComponentView), next: z.string().nullable(), total: z.number().int() }),
          'Components of the SBOMs in force',
        ),
      }),
      async (c) => {
        const record = await release(c.get('principal')!, c.req.valid('param').release);
        const { text, watch, part, sort, order, cursor, limit } = c.req.valid('query');
        const page = await listComponents(
          db,
          record.id,
          { text, watch, part, sort, descending: order === 'desc' },
          Number(cursor ?? 0),
          Math.min(Number(limit ?? 100) || 100, 500),
        );
        return c.json(
          {
            items: page.items.map(presentComponent),
            next: page.next === null ? null : String(page.next),
            total: page.total,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/tree',
        tags,
        ...read,
        request: {
          params: Release,
          query: z.object({ part: z.string().max(200), ref: z.string().max(2_000).optional() }),
        },
        responses: answers(z.object({ items: z.array(TreeNodeView) }), 'One level of the tree'),
      }),
      async (c) => {
        const record = await release(c.get('principal')!, c.req.valid('param').release);
        const { part, ref } = c.req.valid('query');
        return c.json({ items: await treeLevel(db, record.id, part, ref ?? null) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/sboms/{id}/original',
        tags,
        ...read,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answersFile('application/octet-stream', 'The file as it was imported'),
      }),
      async (c) => {
        const row = await db
          .selectFrom('sbom')
          .select(['release_id', 'blob_hash', 'file_name'])
          .where('id', '=', c.req.valid('param').id)
          .executeTakeFirst();
        if (!row) throw refuseRecord('record.not-found', 'There is no such SBOM.');
        await release(c.get('principal')!, row.release_id);
        const { size, stream } = await blobs.stream(row.blob_hash);
        const name = row.file_name.replace(/[^\w.-]+/g, '_');
        return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
          headers: {
            'content-type': 'application/octet-stream',
            'content-length': String(size),
            'content-disposition': `attachment; filename="${name}"`,
          },
        }) as never;
      },
    )
    .route('/', platformApi(kernel))
    .route('/', sbomOutApi(kernel))
    .route('/', whereApi(kernel));
}

export type ComponentsApi = ReturnType<typeof componentsApi>;

const present = (result: Awaited<ReturnType<typeof importSbom>>): SbomResult => ({
  ...result,
  warnings: result.warnings.slice(0, 200),
});

function presentComponent(row: ComponentRow): ComponentView {
  const known = supplemented(
    {
      purl: row.purl,
      cpes: row.cpes,
      licences: row.licences,
      supplier: row.supplier,
      supportLevel: row.support_level,
      endOfSupport: row.end_of_support,
    },
    row.supplement,
  );
  return {
    id: row.id,
    part: row.part,
    ref: row.ref,
    type: row.type,
    group: row.group_name,
    name: row.name,
    version: row.version,
    ...known,
    cpes: [...known.cpes],
    licences: [...known.licences],
    scope: row.scope,
    justification: row.supplement.justification ?? null,
    supplemented: Object.keys(row.supplement),
    notWatched: row.not_watched,
    identityNote: row.identity_note,
    affected: row.affected,
    undetermined: row.undetermined,
  };
}

/** Answers with lines as the work goes on; a refusal comes as the last line, since the status has been sent by then. */
function progressLines(
  work: (report: (phase: Phase) => void) => Promise<SbomResult>,
  requestId: string,
): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const put = (value: unknown) => controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
      try {
        put({ result: await work(put) });
      } catch (error) {
        if (isWardError(error)) put({ problem: problemOf(error, requestId) });
        else
          put({
            problem: problemOf(
              refuseHttp('http.not-ready', 'Ward could not finish the import; nothing was stored.'),
              requestId,
            ),
          });
      }
      controller.close();
    },
  });
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
}
