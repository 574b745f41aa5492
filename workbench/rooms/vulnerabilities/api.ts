// Routes of findings: the list, one finding with its whole explanation, assessing, VEX out.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { holdsRole } from '../../kernel/people/roles.ts';
import { readRelease } from '../products/index.ts';
import { assessFinding, refuseFinding } from './decide-finding.ts';
import { assessment } from './model.ts';
import { type FindingRow, listFindings, pathsTo, statementsOf } from './read-findings.ts';
import { vexOfRelease } from './vex-of-release.ts';

const tags = ['vulnerabilities'];
const read = access({ who: 'member', scope: 'read' });

export const FindingView = z
  .object({
    release: z.object({ id: z.uuid(), key: z.string(), title: z.string() }),
    vulnerability: z.string(),
    ids: z.array(z.string()),
    place: z.string(),
    component: z.string(),
    versions: z.array(z.string()),
    purl: z.string().nullable(),
    summary: z.string(),
    score: z.number().nullable(),
    level: z.string(),
    outcome: z.enum(['affected', 'undetermined']),
    fixed: z.array(z.string()),
    firstSeen: z.string(),
    finding: z.object({ key: z.string(), state: z.string() }).nullable(),
    assessment: z.object({ key: z.string(), state: z.string(), status: z.string() }).nullable(),
  })
  .openapi('Finding');
export type FindingView = z.infer<typeof FindingView>;

export const FindingList = z.object({
  items: z.array(FindingView),
  next: z.string().nullable(),
  total: z.number().int(),
  byLevel: z.record(z.string(), z.number().int()),
  undecided: z.number().int(),
});

const StatementView = z.object({
  source: z.string(),
  id: z.string(),
  summary: z.string(),
  details: z.string(),
  references: z.array(z.object({ type: z.string(), url: z.string() })),
  severities: z.array(
    z.object({ type: z.string(), vector: z.string(), score: z.number().nullable(), by: z.string() }),
  ),
  cwes: z.array(z.string()),
  published: z.string().nullable(),
  modified: z.string(),
  derived: z.boolean(),
  outcome: z.enum(['affected', 'undetermined']),
  /** One plain sentence: which version lies in which range, and who says so. */
  why: z.object({
    sentence: z.string(),
    range: z.string(),
    scheme: z.string(),
    fixed: z.array(z.string()),
    criteria: z.string().nullable(),
  }),
  component: z.object({
    name: z.string(),
    version: z.string().nullable(),
    purl: z.string().nullable(),
    part: z.string(),
  }),
  paths: z.array(z.array(z.string())),
});

export const FindingDetail = z
  .object({ finding: FindingView, statements: z.array(StatementView), mayAssess: z.boolean() })
  .openapi('FindingDetail');
export type FindingDetail = z.infer<typeof FindingDetail>;

const ListQuery = z.object({
  release: z.string().max(60).optional(),
  product: z.uuid().optional(),
  level: z.string().max(100).optional().openapi({ description: 'critical,high,…' }),
  state: z.string().max(200).optional().openapi({ description: 'undecided,affected,not-affected,…' }),
  outcome: z.enum(['affected', 'undetermined']).optional(),
  text: z.string().max(200).optional(),
  sort: z.enum(['severity', 'vulnerability', 'component', 'first-seen']).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
});
const Place = z.object({
  release: z.string().max(60),
  vulnerability: z.string().min(1).max(300),
  place: z.string().min(1).max(2_000),
});

export function vulnerabilitiesApi(kernel: Kernel) {
  const { db } = kernel;
  const releaseOf = (principal: Principal, key: string) => readRelease(db, principal, key);

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/findings',
        tags,
        ...read,
        request: { query: ListQuery },
        responses: answers(FindingList, 'Findings as they follow from the facts, with what was decided'),
      }),
      async (c) => {
        const { release, product, level, state, outcome, text, sort, cursor, limit } = c.req.valid('query');
        const principal = c.get('principal')!;
        const record = release === undefined ? undefined : await releaseOf(principal, release);
        const page = await listFindings(
          db,
          principal,
          {
            releaseId: record?.id,
            productId: product,
            levels: level?.split(','),
            states: state?.split(','),
            outcome,
            text,
            sort,
          },
          Number(cursor ?? 0),
          Math.min(Number(limit ?? 100) || 100, 500),
        );
        return c.json(
          {
            ...page,
            items: page.items.map(present),
            next: page.next === null ? null : String(page.next),
            byLevel: { ...page.byLevel },
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/findings/detail',
        tags,
        ...read,
        request: { query: Place },
        responses: answers(FindingDetail, 'Why it matched, where it sits, what every source says'),
      }),
      async (c) => {
        const { release, vulnerability, place } = c.req.valid('query');
        const principal = c.get('principal')!;
        const record = await releaseOf(principal, release);
        const statements = await statementsOf(db, record.id, place, vulnerability);
        const { items } = await listFindings(
          db,
          principal,
          { releaseId: record.id, text: statements[0]?.component },
          0,
          20_000,
        );
        const found = items.find(
          (item) =>
            item.place === place && statements.some((statement) => item.ids.includes(statement.ext_id)),
        );
        if (!found)
          throw refuseFinding(
            'finding.not-there',
            `${vulnerability} is not found at ${place} in ${record.key}.`,
            { at: record.key },
          );
        const shown = await Promise.all(
          statements.slice(0, 100).map(async (statement) => ({
            source: statement.source,
            id: statement.ext_id,
            summary: statement.summary,
            details: statement.doc.details ?? '',
            references: (statement.doc.references ?? []).slice(0, 50),
            severities: statement.doc.severities ?? [],
            cwes: statement.doc.cwes ?? [],
            published: statement.doc.published ?? null,
            modified: statement.modified.toISOString(),
            derived: statement.derived,
            outcome: statement.outcome,
            why: { ...statement.why, fixed: [...statement.why.fixed] },
            component: {
              name: statement.component,
              version: statement.version,
              purl: statement.purl,
              part: statement.part,
            },
            paths: await pathsTo(db, record.id, statement.part, statement.ref),
          })),
        );
        return c.json(
          {
            finding: present(found),
            statements: shown,
            mayAssess: holdsRole(principal, assessment.rights.create, record.productId),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/findings/assess',
        tags,
        ...access({ who: 'roles', roles: assessment.rights.create, scope: 'records:write' }),
        request: { body: jsonBody(Place.extend({ body: z.record(z.string(), z.unknown()) })) },
        responses: answers(
          z.object({ finding: z.string(), assessment: z.string() }),
          'Keys of the finding and of its assessment',
        ),
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await assessFinding(kernel, c.get('principal')!, {
          ...input,
          body: input.body as never,
        });
        return c.json({ finding: made.finding.key, assessment: made.assessment.key }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/vex',
        tags,
        ...read,
        request: {
          params: z.object({ release: z.string().max(60) }),
          query: z.object({ format: z.enum(['openvex', 'cyclonedx']) }),
        },
        responses: answers(z.record(z.string(), z.unknown()), 'A VEX document of the release'),
      }),
      async (c) => {
        const record = await releaseOf(c.get('principal')!, c.req.valid('param').release);
        const { format } = c.req.valid('query');
        const document = await vexOfRelease(kernel, record, format, c.get('principal')!.name);
        c.header('content-disposition', `attachment; filename="${record.key.toLowerCase()}-${format}.json"`);
        return c.json(document as Record<string, never>, 200);
      },
    );
}

export type VulnerabilitiesApi = ReturnType<typeof vulnerabilitiesApi>;

function present(row: FindingRow): FindingView {
  return {
    release: { id: row.release_id, key: row.release_key, title: row.release_title },
    vulnerability: row.vulnerability,
    ids: row.ids,
    place: row.place,
    component: row.component,
    versions: row.versions.filter((version) => version !== ''),
    purl: row.purl,
    summary: row.summary,
    score: row.score,
    level: row.level,
    outcome: row.outcome,
    fixed: row.fixed,
    firstSeen: row.first_seen.toISOString(),
    finding: row.finding_key === null ? null : { key: row.finding_key, state: row.finding_state ?? '' },
    assessment:
      row.assessment_key === null
        ? null
        : { key: row.assessment_key, state: row.assessment_state ?? '', status: row.assessment_status ?? '' },
  };
}
