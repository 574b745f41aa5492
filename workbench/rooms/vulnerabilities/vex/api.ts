// Routes of VEX: documents of others in, what they say, and documents of a release out.
import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { refuseHttp } from '../../../kernel/http/problem.ts';
import { readBody } from '../../../kernel/http/read-body.ts';
import { access, answers, answersFile, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { canReadProduct, holdsRole, type Principal } from '../../../kernel/people/roles.ts';
import { refuseRecord } from '../../../kernel/records/decide.ts';
import { readRecord } from '../../../kernel/records/read.ts';
import { readRelease } from '../../products/index.ts';
import { JUSTIFICATIONS, VEX_STATUSES } from '../model.ts';
import { VEX_FORMATS, vexOfRelease } from '../vex-of-release.ts';
import { importVex, requireVexRight, VEX_IMPORTERS } from './import-vex.ts';
import { lossesOf } from './losses.ts';
import type { SaidOfFinding } from './said-of-finding.ts';
import { VEX_LIMITS } from './statement.ts';
import { TLP_LABELS } from './write-csaf.ts';

const tags = ['vulnerabilities'];
const read = access({ who: 'member', scope: 'read' });
const Key = z.string().min(1).max(60);
const Warning = z.object({ at: z.string(), message: z.string() });

export const SaidView = z
  .object({
    id: z.string(),
    document: z.object({ id: z.uuid(), format: z.string(), name: z.string(), importedAt: z.string() }),
    author: z.string(),
    supplier: z.object({ key: z.string(), title: z.string() }).nullable().openapi({
      description: 'The supplier of the house whom it came from; null: nobody of the house vouches for it',
    }),
    status: z.enum(VEX_STATUSES),
    ownStatus: z.string(),
    justification: z.enum(JUSTIFICATIONS).nullable(),
    ownJustification: z.string().nullable(),
    impact: z.string(),
    action: z.string(),
    fixed: z.array(z.string()),
    saidAt: z.string().nullable(),
    certain: z
      .boolean()
      .openapi({ description: 'False: it may speak of another version or another product' }),
    conflict: z.boolean(),
    why: z.string(),
  })
  .openapi('SupplierStatement');
export type SaidView = z.infer<typeof SaidView>;

export const presentSaid = (said: SaidOfFinding): SaidView => ({
  ...said,
  fixed: [...said.fixed],
  document: { ...said.document, importedAt: said.document.importedAt.toISOString() },
  saidAt: said.saidAt?.toISOString() ?? null,
});

export const VexResult = z
  .object({
    id: z.uuid(),
    hash: z.string(),
    format: z.string(),
    documentId: z.string(),
    author: z.string(),
    statements: z.number().int(),
    applied: z
      .number()
      .int()
      .openapi({ description: 'Statements that speak of a component or a release that is known now' }),
    unchanged: z.boolean(),
    warnings: z.array(Warning),
  })
  .openapi('VexResult');
export type VexResult = z.infer<typeof VexResult>;

const DocumentView = z
  .object({
    id: z.uuid(),
    format: z.string(),
    name: z.string(),
    version: z.string(),
    author: z.string(),
    fileName: z.string(),
    hash: z.string(),
    tlp: z.string().nullable(),
    issuedAt: z.string().nullable(),
    importedAt: z.string(),
    supplier: z.object({ key: z.string(), title: z.string() }).nullable(),
    release: z.object({ key: z.string(), title: z.string() }).nullable(),
    statements: z.number().int(),
    applied: z.number().int(),
    warnings: z.array(Warning),
    current: z.boolean(),
  })
  .openapi('VexDocument');
export type VexDocumentView = z.infer<typeof DocumentView>;

export function vexApi(kernel: Kernel) {
  const { db } = kernel;
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/vex/upload',
        tags,
        ...access({ who: 'roles', roles: VEX_IMPORTERS, scope: 'records:write' }),
        request: {
          query: z.object({
            name: z.string().min(1).max(300),
            release: Key.optional(),
            supplier: Key.optional(),
          }),
          body: {
            content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
            required: true,
          },
        },
        responses: answers(VexResult, 'What was taken in: OpenVEX, CSAF or CycloneDX, as JSON'),
      }),
      async (c) => {
        const { name, release = null, supplier = null } = c.req.valid('query');
        const principal = c.get('principal')!;
        await requireVexRight(kernel, principal, { release, supplier });
        const bytes = await readBody(c.req.raw, VEX_LIMITS.maxBytes, () =>
          refuseHttp('http.too-large', `A VEX document may have ${VEX_LIMITS.maxBytes / 1024 / 1024} MiB.`),
        );
        const result = await importVex(kernel, principal, { release, supplier, fileName: name, bytes });
        return c.json({ ...result, warnings: [...result.warnings] }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/vex/documents',
        tags,
        ...read,
        request: { query: z.object({ release: Key.optional(), supplier: Key.optional() }) },
        responses: answers(
          z.object({ items: z.array(DocumentView), mayImport: z.boolean() }),
          'Documents of others that speak of a release or came from a supplier, the newest first; 200 at most',
        ),
      }),
      async (c) => {
        const { release, supplier } = c.req.valid('query');
        const principal = c.get('principal')!;
        const about = release ? await readRelease(db, principal, release) : null;
        const from = supplier ? await readRecord(db, principal, supplier) : null;
        const items = await listDocuments(kernel, principal, about?.id ?? null, from?.id ?? null);
        return c.json(
          { items, mayImport: holdsRole(principal, VEX_IMPORTERS, about?.productId ?? null) },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/vex/documents/{id}/original',
        tags,
        ...read,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answersFile('application/octet-stream', 'The very bytes that were imported'),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { rows } = await sql<{ blob_hash: string; file_name: string; product_id: string | null }>`
          select d.blob_hash, d.file_name, r.product_id from vex_document d left join record r on r.id = d.release_id
          where d.id = ${id}::uuid`.execute(db);
        const [found] = rows;
        if (!found || !canReadProduct(c.get('principal')!, found.product_id))
          throw refuseRecord('record.not-found', 'There is no such document.', { at: id });
        const bytes = await kernel.blobs.read(found.blob_hash);
        return new Response(new Uint8Array(bytes), {
          headers: {
            'content-type': 'application/octet-stream',
            'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.file_name)}`,
            'x-content-type-options': 'nosniff',
          },
        }) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/vex',
        tags,
        ...read,
        request: {
          params: z.object({ release: Key }),
          query: z.object({ format: z.enum(VEX_FORMATS), tlp: z.enum(TLP_LABELS).optional() }),
        },
        responses: answers(z.record(z.string(), z.unknown()), 'A VEX document of the release'),
      }),
      async (c) => {
        const record = await readRelease(db, c.get('principal')!, c.req.valid('param').release);
        const { format, tlp } = c.req.valid('query');
        const document = await vexOfRelease(kernel, record, format, c.get('principal')!.name, tlp);
        c.header('content-disposition', `attachment; filename="${record.key.toLowerCase()}-${format}.json"`);
        return c.json(document as Record<string, never>, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/vex/losses',
        tags,
        ...read,
        responses: answers(
          z.object({ items: z.array(z.object({ format: z.enum(VEX_FORMATS), loss: z.string() })) }),
          'What each format cannot say, so that it does not come back',
        ),
      }),
      (c) =>
        c.json(
          { items: VEX_FORMATS.flatMap((format) => lossesOf(format).map((loss) => ({ format, loss }))) },
          200,
        ),
    );
}

async function listDocuments(
  kernel: Kernel,
  principal: Principal,
  releaseId: string | null,
  supplierId: string | null,
): Promise<VexDocumentView[]> {
  const { rows } = await sql<{
    id: string;
    format: string;
    spec_version: string;
    doc_id: string;
    doc_version: string;
    author: string;
    file_name: string;
    blob_hash: string;
    tlp: string | null;
    issued_at: Date | null;
    imported_at: Date;
    superseded_at: Date | null;
    supplier_key: string | null;
    supplier_title: string | null;
    release_key: string | null;
    release_title: string | null;
    product_id: string | null;
    statements: number;
    applied: number;
    warnings: { at: string; message: string }[];
  }>`
    select d.*, s.key as supplier_key, s.title as supplier_title, r.key as release_key, r.title as release_title, r.product_id,
      (select count(*)::int from vex_statement x where x.document_id = d.id) as statements,
      (select count(distinct a.statement_id)::int from vex_at a where a.document_id = d.id
        and (${releaseId}::uuid is null or a.release_id = ${releaseId}::uuid)) as applied
    from vex_document d left join record s on s.id = d.supplier_id left join record r on r.id = d.release_id
    where (${supplierId}::uuid is null or d.supplier_id = ${supplierId}::uuid)
      and (${releaseId}::uuid is null or d.release_id = ${releaseId}::uuid
        or (d.release_id is null and exists (select 1 from vex_at a where a.document_id = d.id and a.release_id = ${releaseId}::uuid)))
    order by d.imported_at desc limit 200`.execute(kernel.db);
  return rows
    .filter((row) => canReadProduct(principal, row.product_id))
    .map((row) => ({
      id: row.id,
      format: `${row.format} ${row.spec_version}`.trim(),
      name: row.doc_id || row.file_name,
      version: row.doc_version,
      author: row.author,
      fileName: row.file_name,
      hash: row.blob_hash,
      tlp: row.tlp,
      issuedAt: row.issued_at?.toISOString() ?? null,
      importedAt: row.imported_at.toISOString(),
      supplier: row.supplier_key === null ? null : { key: row.supplier_key, title: row.supplier_title ?? '' },
      release: row.release_key === null ? null : { key: row.release_key, title: row.release_title ?? '' },
      statements: row.statements,
      applied: row.applied,
      warnings: row.warnings,
      current: row.superseded_at === null,
    }));
}
