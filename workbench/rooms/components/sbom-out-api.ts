// Routes of what goes out and how good it is: export, quality, completions, licences, difference of two releases.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, answersDocuments, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { holdsRole } from '../../kernel/people/roles.ts';
import { personRef } from '../../kernel/records/present.ts';
import { VERSION } from '../../version.ts';
import { readRelease } from '../products/index.ts';
import { type DifferenceKind, diffSboms } from './diff.ts';
import { EXPORT_FORMATS, EXPORT_MEDIA_TYPES, exportSbom, mediaTypeOf } from './export/export-sbom.ts';
import { LICENCE_CLASS_NAMES } from './licence-class-names.ts';
import { licencesOf } from './licence-classes.ts';
import type { OutgoingComponent } from './outgoing.ts';
import { isOpen, judgeSbom } from './quality/judge.ts';
import { RULE_SETS, type RuleSet, ruleById } from './quality/rules.ts';
import { supplementsOf } from './read-supplements.ts';
import { releaseDocument } from './release-document.ts';
import { SUPPLEMENT_FIELDS, Supplement } from './supplement.ts';
import { SUPPLEMENTERS, supplementComponents } from './supplement-components.ts';
import { proposalsFor } from './support-proposals.ts';

const tags = ['components'];
const read = access({ who: 'member', scope: 'read' });
const Release = z.object({ release: z.string().min(1).max(60) });
const VERDICTS = ['yes', 'no', 'not answered', 'not applicable'] as const;
const SETS = Object.keys(RULE_SETS) as [RuleSet, ...RuleSet[]];

const Rule = z.object({
  id: z.string(),
  scope: z.enum(['component', 'document']),
  sentence: z.string(),
  sets: z.array(z.enum(SETS)),
  source: z.string(),
  clause: z.string(),
  remedy: z.string(),
  counts: z.record(z.enum(VERDICTS), z.number().int()),
});
export type RuleView = z.infer<typeof Rule>;

const Proposal = z.object({
  supportLevel: z.string().nullable(),
  endOfSupport: z.string().nullable(),
  from: z.string(),
  url: z.string(),
});

export const QualityComponent = z.object({
  id: z.string().nullable(),
  part: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  purl: z.string().nullable(),
  cpes: z.array(z.string()),
  licences: z.array(z.string()),
  supplier: z.string().nullable(),
  supportLevel: z.string().nullable(),
  endOfSupport: z.string().nullable(),
  justification: z.string().nullable(),
  /** Fields that people completed. */
  supplemented: z.array(z.string()),
  score: z.number().int().nullable(),
  /** Rules that are not kept: rule → no, or not answered. */
  open: z.record(z.string(), z.enum(VERDICTS)),
  /** What endoflife.date says of the version; never applied by itself. */
  proposal: Proposal.nullable(),
});
export type QualityComponent = z.infer<typeof QualityComponent>;

const Completeness = z.object({
  set: z.enum(SETS),
  title: z.string(),
  complete: z.boolean(),
  open: z.number().int(),
  components: z.number().int(),
  /** The first that stand in the way, by name. */
  first: z.array(z.object({ component: z.string().nullable(), rule: z.string() })),
});

const QualityView = z
  .object({
    score: z.number().int().nullable(),
    rules: z.array(Rule),
    complete: z.array(Completeness),
    items: z.array(QualityComponent),
    total: z.number().int(),
    next: z.string().nullable(),
    mayComplete: z.boolean(),
  })
  .openapi('SbomQuality');
export type QualityView = z.infer<typeof QualityView>;

const nullable = <Shape extends z.ZodType>(shape: Shape) => shape.nullable();
const Completion = z.object({
  components: z
    .array(z.string().regex(/^\d{1,18}$/))
    .min(1)
    .max(500),
  fields: z
    .object({
      supplier: nullable(Supplement.shape.supplier.unwrap()).optional(),
      supportLevel: nullable(Supplement.shape.supportLevel.unwrap()).optional(),
      endOfSupport: nullable(Supplement.shape.endOfSupport.unwrap()).optional(),
      justification: nullable(Supplement.shape.justification.unwrap()).optional(),
      licence: nullable(Supplement.shape.licence.unwrap()).optional(),
      purl: nullable(Supplement.shape.purl.unwrap()).optional(),
      cpe: nullable(Supplement.shape.cpe.unwrap()).optional(),
    })
    .strict()
    .refine((fields) => Object.keys(fields).length > 0, 'give at least one field'),
  holdsFor: z.enum(['version', 'every-version']).default('version'),
  reason: z.string().trim().min(3).max(1_000),
});

const SupplementView = z
  .object({
    id: z.uuid(),
    place: z.string(),
    version: z.string().nullable(),
    fields: z.record(z.string(), z.string()),
    reason: z.string(),
    madeAt: z.string(),
    madeBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .openapi('Supplement');

const LicenceView = z.object({
  licence: z.string(),
  kind: z.enum(['id', 'expression', 'words', 'none']),
  class: z.enum(LICENCE_CLASS_NAMES),
  count: z.number().int(),
  components: z.array(z.string()),
});
export type LicenceView = z.infer<typeof LicenceView>;

const Side = z.object({
  name: z.string(),
  version: z.string().nullable(),
  purl: z.string().nullable(),
  place: z.string(),
  licences: z.array(z.string()),
  supplier: z.string().nullable(),
  supportLevel: z.string().nullable(),
  endOfSupport: z.string().nullable(),
});
const KINDS = [
  'added',
  'removed',
  'version',
  'licence',
  'support',
  'supplier',
] as const satisfies DifferenceKind[];
export const DifferenceView = z.object({
  kinds: z.array(z.enum(KINDS)),
  before: Side.nullable(),
  after: Side.nullable(),
});
export type DifferenceView = z.infer<typeof DifferenceView>;
const DIFFERENCES = 20_000;

export function sbomOutApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/sbom',
        tags,
        ...read,
        request: { params: Release, query: z.object({ format: z.enum(EXPORT_FORMATS) }) },
        responses: answersDocuments(
          EXPORT_MEDIA_TYPES,
          'One SBOM of the release: its parts in force, with what people completed',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const release = await readRelease(kernel.db, principal, c.req.valid('param').release);
        const { format } = c.req.valid('query');
        const sbom = await releaseDocument(kernel, release);
        const context = {
          at: kernel.now().toISOString(),
          toolVersion: VERSION,
          author: principal.name ?? 'Ward',
        };
        return new Response(`${JSON.stringify(exportSbom(sbom, format, context), null, 1)}\n`, {
          headers: {
            'content-type': mediaTypeOf(format),
            'content-disposition': `attachment; filename="${release.key.toLowerCase()}-${format}.json"`,
          },
        }) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/sbom-quality',
        tags,
        ...read,
        request: {
          params: Release,
          query: z.object({
            rule: z.string().max(60).optional(),
            text: z.string().max(200).optional(),
            open: z.enum(['all', 'open']).optional(),
            cursor: z
              .string()
              .regex(/^\d{1,7}$/)
              .optional(),
          }),
        },
        responses: answers(QualityView, 'What the SBOM says and what it lacks, rule by rule'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const release = await readRelease(kernel.db, principal, c.req.valid('param').release);
        const { rule, text, open, cursor } = c.req.valid('query');
        const quality = judgeSbom(await releaseDocument(kernel, release));
        const wanted = text?.toLowerCase();
        const fitting = quality.components.filter(({ component, verdicts }) => {
          if (wanted && !nameOf(component).toLowerCase().includes(wanted)) return false;
          if (rule !== undefined) return verdicts[rule] !== undefined && isOpen(verdicts[rule]);
          return open === 'all' || Object.values(verdicts).some(isOpen);
        });
        const offset = Number(cursor ?? 0);
        const page = fitting.slice(offset, offset + PAGE);
        const proposals = await proposalsFor(
          kernel.db,
          page.map(({ component }) => component),
          kernel.now().toISOString().slice(0, 10),
        );
        const items = page.map(({ component, verdicts, score }) => ({
          ...presentComponent(component),
          score,
          open: Object.fromEntries(Object.entries(verdicts).filter(([, verdict]) => isOpen(verdict))),
          proposal: proposals.get(component) ?? null,
        }));
        const answer: QualityView = {
          score: quality.score,
          rules: quality.rules.map(({ rule: id, counts }) => {
            const { scope, sentence, sets, source, clause, remedy } = ruleById.get(id)!;
            return { id, scope, sentence, sets: [...sets], source, clause, remedy, counts: { ...counts } };
          }),
          complete: SETS.map((set) => {
            const missing = quality.missing(set);
            return {
              set,
              title: RULE_SETS[set],
              complete: missing.length === 0 && quality.components.length > 0,
              open: missing.length,
              components: new Set(missing.flatMap(({ component }) => component ?? [])).size,
              first: missing
                .slice(0, 20)
                .map((one) => ({ component: one.component && nameOf(one.component), rule: one.rule })),
            };
          }),
          items,
          total: fitting.length,
          next: offset + PAGE < fitting.length ? String(offset + PAGE) : null,
          mayComplete: holdsRole(principal, SUPPLEMENTERS, release.productId, 'sbom:write'),
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/supplements',
        tags,
        ...read,
        request: { params: Release },
        responses: answers(
          z.object({ items: z.array(SupplementView) }),
          'What people completed about components of the product, newest first',
        ),
      }),
      async (c) => {
        const release = await readRelease(kernel.db, c.get('principal')!, c.req.valid('param').release);
        const { rows } = await supplementsOf(kernel.db, release.productId);
        const names = await kernel.people.find(rows.flatMap((row) => row.made_by ?? []));
        const items = rows.map((row) => ({
          id: row.id,
          place: row.place,
          version: row.version,
          fields: { ...row.body },
          reason: row.reason,
          madeAt: row.made_at.toISOString(),
          madeBy: personRef(names, row.made_by),
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/releases/{release}/supplements',
        tags,
        ...access({ who: 'roles', roles: SUPPLEMENTERS, scope: 'sbom:write' }),
        request: { params: Release, body: jsonBody(Completion) },
        responses: answers(
          z.object({ changed: z.number().int() }),
          'Completed apart from the SBOM; a corrected identity has been matched',
        ),
      }),
      async (c) => {
        const { release } = c.req.valid('param');
        const input = c.req.valid('json');
        return c.json(
          { changed: await supplementComponents(kernel, c.get('principal')!, release, input) },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/licences',
        tags,
        ...read,
        request: { params: Release },
        responses: answers(
          z.object({ items: z.array(LicenceView), components: z.number().int() }),
          'Licences of the release with their class, most used first',
        ),
      }),
      async (c) => {
        const release = await readRelease(kernel.db, c.get('principal')!, c.req.valid('param').release);
        const { components } = await releaseDocument(kernel, release);
        const items = licencesOf(components).map((line) => ({
          ...line,
          count: line.components.length,
          components: line.components.slice(0, 1_000),
        }));
        return c.json({ items, components: components.length }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/sbom-diff',
        tags,
        ...read,
        request: { params: Release, query: z.object({ against: z.string().min(1).max(60) }) },
        responses: answers(
          z.object({
            before: z.object({ key: z.string(), title: z.string() }),
            after: z.object({ key: z.string(), title: z.string() }),
            items: z.array(DifferenceView),
            counts: z.record(z.enum(KINDS), z.number().int()),
            unchanged: z.number().int(),
          }),
          'What changed in the components since the release `against`',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const after = await readRelease(kernel.db, principal, c.req.valid('param').release);
        const before = await readRelease(kernel.db, principal, c.req.valid('query').against);
        const difference = diffSboms(
          await releaseDocument(kernel, before),
          await releaseDocument(kernel, after),
        );
        const items = difference.differences
          .slice(0, DIFFERENCES)
          .map(({ kinds, before: one, after: other }) => ({
            kinds: [...kinds],
            before: one && { ...one, licences: [...one.licences] },
            after: other && { ...other, licences: [...other.licences] },
          }));
        const head = ({ key, title }: { key: string; title: string }) => ({ key, title });
        return c.json(
          {
            before: head(before),
            after: head(after),
            items,
            counts: { ...difference.counts },
            unchanged: difference.unchanged,
          },
          200,
        );
      },
    );
}

const PAGE = 200;

const nameOf = ({ group, name, version }: OutgoingComponent) =>
  `${group === null ? '' : `${group}/`}${name}${version === null ? '' : ` ${version}`}`;

function presentComponent(component: OutgoingComponent) {
  return {
    id: component.id,
    part: component.part,
    name: component.group === null ? component.name : `${component.group}/${component.name}`,
    version: component.version,
    purl: component.purl,
    cpes: [...component.cpes],
    licences: [...component.licences],
    supplier: component.supplier,
    supportLevel: component.supportLevel,
    endOfSupport: component.endOfSupport,
    justification: component.justification,
    supplemented: SUPPLEMENT_FIELDS.filter((field) => component.supplement[field] !== undefined),
  };
}
