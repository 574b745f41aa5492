// Routes that take models of other tools in and give ours out.
import { createRoute, z } from '@hono/zod-openapi';
import { refuseHttp } from '../../kernel/http/problem.ts';
import { readBody } from '../../kernel/http/read-body.ts';
import { access, answers, answersFiles, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { EXPORT_FORMATS, EXPORT_MEDIA_TYPES } from './export/contract.ts';
import { exportModel } from './export/export-model.ts';
import type { ModelFile } from './import/contract.ts';
import {
  type ImportOrder,
  type ImportPreview,
  MAX_IMPORT_BYTES,
  previewImport,
  requireImportRight,
  takeImport,
} from './import-record.ts';
import { readLayout, readModelRecord } from './layout-store.ts';
import { PARTS, type SystemModel } from './metamodel.ts';
import { systemModel } from './model.ts';
import { sayChange } from './semantic-diff.ts';

const tags = ['system'];
const Line = z.object({ place: z.string(), what: z.string(), why: z.string() });
const Lines = z.array(Line);

export const ModelImportView = z
  .object({
    /** Null in a preview. */
    key: z.string().nullable(),
    revision: z.number().int().nullable(),
    format: z.string(),
    title: z.string(),
    /** Objects of each part of the model. */
    objects: z.record(z.string(), z.number().int()),
    /** What the format counts beside that. */
    counts: z.record(z.string(), z.number().int()),
    report: z.object({
      counts: z.object({
        kept: z.number().int(),
        changed: z.number().int(),
        raw: z.number().int(),
        refused: z.number().int(),
      }),
      kept: Lines,
      changed: Lines,
      raw: Lines,
      refused: Lines,
    }),
    proposedZones: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        elements: z.array(z.string()),
        crossedBy: z.array(z.string()),
        place: z.string(),
      }),
    ),
    threats: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        description: z.string(),
        target: z.string(),
        category: z.string(),
        status: z.string(),
        state: z.string(),
        severity: z.string(),
        score: z.string(),
        mitigations: z.array(z.object({ title: z.string(), description: z.string(), status: z.string() })),
        references: z.array(z.string()),
        place: z.string(),
      }),
    ),
    decisions: z.array(
      z.object({
        threat: z.string(),
        about: z.string(),
        target: z.string(),
        kind: z.string(),
        reason: z.string(),
        asksForReason: z.boolean(),
        by: z.string(),
        at: z.string(),
        place: z.string(),
      }),
    ),
    /** Against the model that it changes; null where it is a new one. */
    changes: z.array(z.string()).nullable(),
  })
  .openapi('SystemModelImport');
export type ModelImportView = z.infer<typeof ModelImportView>;

/** Lines and threats that one answer holds; the counts are whole. */
const MOST = { lines: 500, threats: 2_000, changes: 1_000 } as const;

export function exchangeApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/products/{product}/system-models/import',
        tags,
        ...access({ who: 'roles', roles: systemModel.rights.create, scope: 'records:write' }),
        request: {
          params: z.object({ product: z.string().min(1).max(60) }),
          query: z.object({
            name: z.string().min(1).max(300),
            dryRun: z
              .enum(['true', 'false'])
              .optional()
              .openapi({ description: 'Store nothing, say what would be' }),
            title: z.string().min(1).max(300).optional(),
            model: z
              .string()
              .max(60)
              .optional()
              .openapi({ description: 'Key of the model of which the file is a newer state' }),
            seenRevision: z
              .string()
              .regex(/^[1-9]\d{0,8}$/)
              .optional(),
            zones: z.string().max(20_000).optional().openapi({
              description: 'Ids of proposed zones that are confirmed, separated by commas, or `all`',
            }),
            reason: z.string().max(2_000).optional(),
          }),
          body: {
            content: {
              'application/octet-stream': {
                schema: z.string().openapi({
                  format: 'binary',
                  description:
                    'The file; or, as multipart/form-data, the file of this name and those that it includes',
                }),
              },
            },
            required: true,
          },
        },
        responses: answers(ModelImportView, 'What was taken, changed, left raw and refused'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const { product } = c.req.valid('param');
        const query = c.req.valid('query');
        await requireImportRight(kernel, principal, product);
        const order: ImportOrder = {
          product,
          files: await filesOf(c.req.raw, query.name),
          title: query.title ?? null,
          model: query.model ?? null,
          seenRevision: query.seenRevision === undefined ? null : Number(query.seenRevision),
          zones: query.zones === 'all' ? 'all' : (query.zones ?? '').split(',').filter((id) => id !== ''),
          reason: query.reason ?? null,
        };
        const isPreview = query.dryRun === 'true';
        const result = isPreview
          ? await previewImport(kernel, principal, order)
          : await takeImport(kernel, principal, order);
        return c.json(present(result, isPreview), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/export',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        request: {
          params: z.object({ key: z.string().min(1).max(60) }),
          query: z.object({ format: z.enum(EXPORT_FORMATS) }),
        },
        responses: answersFiles(
          EXPORT_MEDIA_TYPES,
          'The model as a file; `x-ward-losses` says what the format cannot say',
        ),
      }),
      async (c) => {
        const record = await readModelRecord(kernel.db, c.get('principal')!, c.req.valid('param').key);
        const layout = await readLayout(kernel.db, record.id);
        const model = record.body as unknown as SystemModel;
        const { text, mediaType, extension, losses } = exportModel(c.req.valid('query').format, {
          model,
          layout,
        });
        return c.body(text, 200, {
          'content-type': `${mediaType}; charset=utf-8`,
          'content-disposition': `attachment; filename="${record.key}.${extension}"`,
          'x-ward-losses': encodeURIComponent(losses.join('; ')).slice(0, 4_000),
        }) as never;
      },
    );
}

function present({ imported, model, changes, record }: ImportPreview, isPreview: boolean): ModelImportView {
  const { report } = imported;
  const cut = <T>(lines: readonly T[]) => lines.slice(0, MOST.lines);
  return {
    key: isPreview ? null : (record?.key ?? null),
    revision: isPreview ? null : (record?.revision ?? null),
    format: imported.format,
    title: model.title,
    objects: Object.fromEntries(PARTS.map((part) => [part, model[part].length])),
    counts: { ...imported.counts, threats: imported.threats.length, decisions: imported.decisions.length },
    report: {
      counts: report.counts,
      kept: cut(report.kept),
      changed: cut(report.changed),
      raw: cut(report.raw),
      refused: cut(report.refused),
    },
    proposedZones: imported.proposedZones.map(({ id, title, elements, crossedBy, place }) => ({
      id,
      title,
      elements: [...elements],
      crossedBy: [...crossedBy],
      place,
    })),
    threats: imported.threats.slice(0, MOST.threats).map((threat) => ({
      ...threat,
      mitigations: [...threat.mitigations],
      references: [...threat.references],
    })),
    decisions: imported.decisions.slice(0, MOST.threats).map((decision) => ({ ...decision })),
    changes: changes?.slice(0, MOST.changes).map(sayChange) ?? null,
  };
}

/** The body as one file, or the parts of a form: the file of this name first. Refuses `http.too-large` while it reads. */
async function filesOf(request: Request, name: string): Promise<ModelFile[]> {
  const bytes = await readBody(request, MAX_IMPORT_BYTES, () =>
    refuseHttp('http.too-large', `The files may have ${MAX_IMPORT_BYTES / 1024 / 1024} MB in all.`),
  );
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) return [{ name, bytes }];
  const form = await new Response(bytes, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw refuseHttp('http.invalid', 'The form cannot be read.', { cause });
    });
  const files: ModelFile[] = [];
  for (const value of form.values()) {
    if (typeof value === 'string') continue;
    files.push({ name: value.name.replaceAll('\\', '/'), bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  const main = files.findIndex((file) => file.name === name || file.name.endsWith(`/${name}`));
  if (main === -1)
    throw refuseHttp('http.invalid', `No file of the form is called ${name.slice(0, 200)}.`, {
      at: '$.name',
    });
  return [files[main] as ModelFile, ...files.filter((_, at) => at !== main)];
}
