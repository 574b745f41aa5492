// Routes of requirements: what the checker says, the library, files in and out.
import { createRoute, z } from '@hono/zod-openapi';
import { refuseHttp } from '../../kernel/http/problem.ts';
import { readBody } from '../../kernel/http/read-body.ts';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { holdsRole, type Principal } from '../../kernel/people/roles.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { CATEGORIES } from './categories.ts';
import { CHECK_CODES, checkRequirements, checkSummary } from './check-requirement.ts';
import { FILE_LIMITS, FORMATS } from './exchange/contract.ts';
import { requirementsCsv } from './exchange/csv.ts';
import { writeMarkdown } from './exchange/markdown.ts';
import { writeReqif } from './exchange/reqif.ts';
import { importRequirements } from './import-file.ts';
import { library } from './library.ts';
import { requirement } from './model.ts';
import { placeFromLibrary, proposalsOf } from './place-library.ts';
import { exchanged, requirementsOf } from './read-requirements.ts';
import { requireTheProduct } from './the-product.ts';

const tags = ['requirements'];
const read = access({ who: 'member', scope: 'read' });
const write = access({ who: 'roles', roles: requirement.rights.create, scope: 'records:write' });
const ProductQuery = z.object({ product: z.string().min(1).max(60).openapi({ example: 'PRD-1' }) });
const texts = z.array(z.string());
const ProductView = z.object({ id: z.uuid(), key: z.string(), title: z.string() });

const FindingView = z.object({
  code: z.enum(CHECK_CODES),
  field: z.enum(['statement', 'acceptance', 'links']),
  from: z.number().int(),
  to: z.number().int(),
  words: z.string(),
  why: z.string(),
  proposal: z.string(),
});
const CheckedView = z.object({
  key: z.string(),
  title: z.string(),
  state: z.string(),
  category: z.string(),
  safetyRelevant: z.boolean(),
  source: z.string(),
  causes: z.number().int(),
  controls: z.number().int(),
  verifications: z.number().int(),
  findings: z.array(FindingView),
});
const ChecksView = z
  .object({
    product: ProductView,
    summary: z.string(),
    withFindings: z.number().int(),
    items: z.array(CheckedView),
    mayImport: z.boolean(),
  })
  .openapi('RequirementChecks');
export type ChecksView = z.infer<typeof ChecksView>;
export type CheckedView = z.infer<typeof CheckedView>;

const ProposalView = z.object({
  id: z.string(),
  category: z.enum(CATEGORIES),
  title: z.string(),
  statement: z.string(),
  acceptance: z.string(),
  safetyRelevant: z.boolean(),
  clauses: texts,
  rationale: z.string(),
  verification: z.object({ method: z.string(), procedure: z.string() }),
  control: z.object({
    title: z.string(),
    effect: z.string(),
    riskControl: z.string(),
    independent: z.boolean(),
  }),
  requirement: z.string().nullable().openapi({ description: 'Made from this entry already' }),
  raised: z.number().int(),
  open: z.number().int(),
  threats: z.array(z.object({ key: z.string(), title: z.string() })),
  places: texts,
});
const LibraryView = z
  .object({
    product: ProductView,
    edition: z.string(),
    source: z.string(),
    items: z.array(ProposalView),
    mayPlace: z.boolean(),
    mayPlaceControls: z.boolean(),
  })
  .openapi('RequirementLibrary');
export type LibraryView = z.infer<typeof LibraryView>;
export type ProposalView = z.infer<typeof ProposalView>;

const PlacedView = z
  .object({ made: texts, kept: texts, controls: texts, links: z.number().int() })
  .openapi('PlacedRequirements');
export type PlacedView = z.infer<typeof PlacedView>;

const ImportView = z
  .object({
    product: ProductView,
    format: z.enum(FORMATS),
    digest: z
      .string()
      .openapi({ description: 'Send it back as `confirm` to have just this difference done' }),
    create: z.array(z.object({ title: z.string() })),
    change: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        fields: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
      }),
    ),
    same: z.number().int(),
    absent: texts,
    losses: z.array(z.object({ at: z.string(), message: z.string() })),
    done: z.object({ created: texts, changed: texts }).nullable(),
  })
  .openapi('RequirementImport');
export type ImportView = z.infer<typeof ImportView>;

const MEDIA = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  reqif: 'application/xml',
  markdown: 'text/markdown',
} as const;
const EXTENSION = { csv: 'csv', xlsx: 'xlsx', reqif: 'reqif', markdown: 'md' } as const;

export function requirementsApi(kernel: Kernel) {
  const { db } = kernel;
  const productOf = (principal: Principal, idOrKey: string) => requireTheProduct(db, principal, idOrKey);
  const view = ({ id, key, title }: WardRecord) => ({ id, key, title });

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/requirements/checks',
        tags,
        ...read,
        request: { query: ProductQuery },
        responses: answers(
          ChecksView,
          'Requirements of a product, each with what stands in the way of testing it',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const product = await productOf(principal, c.req.valid('query').product);
        const rows = (await requirementsOf(db, product.id)).filter(({ state }) => state !== 'obsolete');
        const checked = checkRequirements(
          rows.map(({ key, body, causes, controls, verifications }) => ({
            key,
            statement: String(body.statement ?? ''),
            acceptance: String(body.acceptance ?? ''),
            links: { causes, controls, verifications },
          })),
        );
        const items = rows.map((row, at) => ({
          key: row.key,
          title: row.title,
          state: row.state,
          category: String(row.body.category ?? 'other'),
          safetyRelevant: row.body.safetyRelevant === true,
          source: String(row.body.source ?? ''),
          causes: row.causes,
          controls: row.controls,
          verifications: row.verifications,
          findings: [...(checked[at]?.findings ?? [])],
        }));
        const answer = {
          product: view(product),
          summary: checkSummary(checked),
          withFindings: items.filter(({ findings }) => findings.length > 0).length,
          items,
          mayImport: holdsRole(principal, requirement.rights.edit, product.id),
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/requirements/library',
        tags,
        ...read,
        request: { query: ProductQuery },
        responses: answers(LibraryView, 'The library, what the threats of the product call for first'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const product = await productOf(principal, c.req.valid('query').product);
        const proposals = await proposalsOf(db, principal, product.id);
        const items = proposals.map(({ entry, calls, places, requirement: made }) => ({
          ...entry,
          requirement: made,
          raised: calls.filter(({ state }) => state === 'raised').length,
          open: calls.filter(({ state }) => state === 'open').length,
          threats: [
            ...new Map(
              calls.flatMap(({ threat }) => (threat ? [[threat.key, threat] as const] : [])),
            ).values(),
          ].map(({ key, title }) => ({ key, title })),
          places: [...places],
        }));
        const answer = {
          product: view(product),
          edition: library.edition,
          source: library.source,
          items,
          mayPlace: holdsRole(principal, requirement.rights.create, product.id),
          mayPlaceControls: holdsRole(principal, kernel.kinds.get('control').rights.create, product.id),
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/requirements/from-library',
        tags,
        ...write,
        request: {
          body: jsonBody(
            z.object({
              product: z.string().min(1).max(60),
              entries: z
                .array(z.object({ id: z.string().min(1).max(40), control: z.boolean() }))
                .min(1)
                .max(500),
            }),
          ),
        },
        responses: answers(
          PlacedView,
          'What was made, what was there already, and how many links were added',
        ),
      }),
      async (c) => {
        const { product, entries } = c.req.valid('json');
        const principal = c.get('principal')!;
        const placed = await placeFromLibrary(
          kernel,
          principal,
          await productOf(principal, product),
          entries,
        );
        return c.json(
          {
            made: [...placed.made],
            kept: [...placed.kept],
            controls: [...placed.controls],
            links: placed.links,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/requirements/export',
        tags,
        ...read,
        request: { query: ProductQuery.extend({ format: z.enum(FORMATS) }) },
        responses: {
          200: {
            content: Object.fromEntries(
              Object.values(MEDIA).map((type) => [
                type,
                { schema: z.string().openapi({ format: 'binary' }) },
              ]),
            ),
            description: 'The requirements of a product as CSV, workbook, ReqIF 1.2 or Markdown',
          },
          default: answers(ProductView, '').default,
        },
      }),
      async (c) => {
        const { product: wanted, format } = c.req.valid('query');
        const product = await productOf(c.get('principal')!, wanted);
        const list = (await requirementsOf(db, product.id)).map(exchanged);
        const body = await written(format, list, product, kernel.now());
        c.header('content-type', format === 'xlsx' ? MEDIA.xlsx : `${MEDIA[format]}; charset=utf-8`);
        c.header(
          'content-disposition',
          `attachment; filename="requirements-${product.key}.${EXTENSION[format]}"`,
        );
        return c.body(body as never, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/requirements/upload',
        tags,
        ...write,
        request: {
          query: ProductQuery.extend({
            name: z.string().min(1).max(300),
            confirm: z
              .string()
              .regex(/^[0-9a-f]{64}$/)
              .optional()
              .openapi({
                description: 'The digest of the difference that was seen; without it nothing is stored',
              }),
          }),
          body: {
            content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
            required: true,
          },
        },
        responses: answers(ImportView, 'What the file would do, or with `confirm` has done'),
      }),
      async (c) => {
        const { product: wanted, name, confirm = null } = c.req.valid('query');
        const principal = c.get('principal')!;
        const product = await productOf(principal, wanted);
        const bytes = await readBody(c.req.raw, FILE_LIMITS.bytes, () =>
          refuseHttp(
            'http.too-large',
            `A file of requirements may have ${FILE_LIMITS.bytes / 1_000_000} MB.`,
          ),
        );
        const { plan, format, digest, done } = await importRequirements(kernel, principal, product, {
          bytes,
          fileName: name,
          confirm,
        });
        const answer = {
          product: view(product),
          format,
          digest,
          create: plan.create.map(({ title }) => ({ title })),
          change: plan.change.map(({ key, title, fields }) => ({ key, title, fields: [...fields] })),
          same: plan.same.length,
          absent: [...plan.absent],
          losses: plan.losses.slice(0, 500),
          done: done && { created: [...done.created], changed: [...done.changed] },
        };
        return c.json(answer, 200);
      },
    );
}
export type RequirementsApi = ReturnType<typeof requirementsApi>;

async function written(
  format: (typeof FORMATS)[number],
  list: ReturnType<typeof exchanged>[],
  product: WardRecord,
  now: Date,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'csv':
      return requirementsCsv(list);
    case 'markdown':
      return writeMarkdown(list, product.title);
    case 'reqif':
      return writeReqif(list, { product: product.title, productId: product.id, at: now.toISOString() });
    case 'xlsx':
      return (await import('./exchange/xlsx.ts')).writeXlsx(list);
  }
}
