// Routes of findings: the list, one finding with its whole explanation, assessing, VEX out.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { holdsRole } from '../../kernel/people/roles.ts';
import { readRelease } from '../products/index.ts';
import { assessFinding, refuseFinding } from './decide-finding.ts';
import { evidencePrint } from './evidence.ts';
import { FindingQuery, filterOf } from './finding-query.ts';
import { flawDiffApi } from './flaw-diff-api.ts';
import { type FindingRow, findFinding, listFindings, pageOfFindings } from './list-findings.ts';
import { assessment } from './model.ts';
import { evidenceFrom, pathsTo, statementsOf } from './read-finding.ts';
import { SignalsView, signalsOfFinding } from './signals-view.ts';
import { triageApi } from './triage-api.ts';
import { presentSaid, SaidView, vexApi } from './vex/api.ts';
import { saidOfFinding } from './vex/said-of-finding.ts';

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
    /** Day by which it should be decided (the times of the product's plan); null once it is. */
    decideBy: z.string().nullable(),
    epss: z.object({ score: z.number(), percentile: z.number().nullable() }).nullable(),
    kev: z.object({ dueOn: z.string().nullable(), ransomware: z.boolean() }).nullable(),
    finding: z.object({ key: z.string(), state: z.string() }).nullable(),
    assessment: z
      .object({ key: z.string(), state: z.string(), status: z.string(), revision: z.number().int() })
      .nullable(),
  })
  .openapi('Finding');
export type FindingView = z.infer<typeof FindingView>;

export const FindingList = z.object({
  items: z.array(FindingView),
  next: z.string().nullable(),
  // Over all that fits; null where they were not asked for (`counts=no`).
  total: z.number().int().nullable(),
  byLevel: z.record(z.string(), z.number().int()).nullable(),
  undecided: z.number().int().nullable(),
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
  .object({
    finding: FindingView,
    statements: z.array(StatementView),
    seen: z
      .string()
      .openapi({ description: 'Give it back with the assessment: a judgement about other facts is refused' }),
    signals: SignalsView,
    said: z
      .array(SaidView)
      .openapi({ description: 'What suppliers and others say of it (VEX); evidence, never a decision' }),
    conflict: z
      .boolean()
      .openapi({ description: 'A statement of others contradicts the evidence or the decision' }),
    mayAssess: z.boolean(),
  })
  .openapi('FindingDetail');
export type FindingDetail = z.infer<typeof FindingDetail>;

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
        request: { query: FindingQuery },
        responses: answers(FindingList, 'Findings as they follow from the facts, with what was decided'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const query = c.req.valid('query');
        const { filter, offset, limit } = await filterOf(db, principal, query);
        const list = query.counts === 'no' ? pageOfFindings : listFindings;
        const page = await list(db, principal, filter, offset, limit, kernel.now());
        const counts = 'total' in page ? page : null;
        return c.json(
          {
            items: page.items.map(present),
            next: page.next === null ? null : String(page.next),
            total: counts?.total ?? null,
            byLevel: counts && { ...counts.byLevel },
            undecided: counts?.undecided ?? null,
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
        const found = await findFinding(db, principal, { releaseId: record.id, place, vulnerability });
        if (!found)
          throw refuseFinding(
            'finding.not-there',
            `${vulnerability} is not found at ${place} in ${record.key}.`,
            { at: record.key },
          );
        const evidence = await evidenceFrom(db, record.id, place, vulnerability, statements);
        const said = await saidOfFinding(db, found);
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
            seen: evidence === null ? '' : evidencePrint(evidence),
            signals: await signalsOfFinding(db, evidence?.ids ?? found.ids),
            said: said.map(presentSaid),
            conflict: said.some((one) => one.conflict),
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
        request: {
          body: jsonBody(
            Place.extend({ body: z.record(z.string(), z.unknown()), seen: z.string().max(40).optional() }),
          ),
        },
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
    .route('/', vexApi(kernel))
    .route('/', triageApi(kernel))
    .route('/', flawDiffApi(kernel));
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
    decideBy:
      row.finding_state === null || ['new', 'in-triage'].includes(row.finding_state) ? row.decide_by : null,
    epss: row.epss === null ? null : { score: row.epss, percentile: row.percentile },
    kev: row.kev ? { dueOn: row.kev_due, ransomware: row.ransomware } : null,
    finding: row.finding_key === null ? null : { key: row.finding_key, state: row.finding_state ?? '' },
    assessment:
      row.assessment_key === null
        ? null
        : {
            key: row.assessment_key,
            state: row.assessment_state ?? '',
            status: row.assessment_status ?? '',
            revision: row.assessment_revision ?? 1,
          },
  };
}
