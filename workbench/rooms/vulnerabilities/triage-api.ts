// Routes of triage: groups, judgements for many findings, taking back, signing a list, taking over from another release.
import { createRoute, z } from '@hono/zod-openapi';
import type { WardError } from '../../kernel/errors.ts';
import { Problem, problemOf } from '../../kernel/http/problem.ts';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { makeTransitions } from '../../kernel/records/operations.ts';
import { readRelease } from '../products/index.ts';
import { FindingQuery, filterOf } from './finding-query.ts';
import { groupFindings } from './list-findings.ts';
import { assessment } from './model.ts';
import { assessMany, proposalsFor, takeBack, takeOver } from './triage.ts';

const tags = ['vulnerabilities'];
const read = access({ who: 'member', scope: 'read' });
const assessors = access({ who: 'roles', roles: assessment.rights.create, scope: 'records:write' });

const APPROVERS = assessment.transitions.find((step) => step.id === 'approve')?.roles ?? [];

/** A list of people’s choosing; longer ones are sent in parts. */
const MANY = 200;
const Key = z.string().min(1).max(60);
const Place = z.object({
  release: Key,
  vulnerability: z.string().min(1).max(300),
  place: z.string().min(1).max(2_000),
});
const Body = z.record(z.string(), z.unknown());

const FindingGroup = z
  .object({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    level: z.string(),
    score: z.number().nullable(),
    epss: z.number().nullable(),
    kev: z.boolean(),
    findings: z.number().int(),
    undecided: z.number().int(),
    releases: z.number().int(),
    others: z.number().int().openapi({ description: 'Components of a flaw, or flaws of a component' }),
    firstSeen: z.string(),
  })
  .openapi('FindingGroup');
export type FindingGroup = z.infer<typeof FindingGroup>;

const RefusedOne = z.object({ at: z.string(), problem: Problem });
const Outcome = z
  .object({ done: z.array(z.string()), refused: z.array(RefusedOne) })
  .openapi('TriageOutcome', { description: 'Keys that were written, and why the others were not' });
export type TriageOutcome = z.infer<typeof Outcome>;

const Proposal = z
  .object({
    vulnerability: z.string(),
    place: z.string(),
    component: z.string(),
    from: z.object({
      assessment: z.string(),
      release: z.string(),
      status: z.string(),
      justification: z.string().nullable(),
      rationale: z.string(),
    }),
    equal: z.boolean(),
    differences: z.array(z.string()),
  })
  .openapi('Proposal');
export type Proposal = z.infer<typeof Proposal>;

export function triageApi(kernel: Kernel) {
  const { db } = kernel;
  /** Where nothing at all was done it is a refusal like any other. */
  const requireSome = (done: readonly unknown[], refused: readonly { readonly error: WardError }[]) => {
    if (done.length === 0 && refused[0]) throw refused[0].error;
  };
  const refusedOf = (requestId: string, at: string, error: WardError) => ({
    at,
    problem: problemOf(error, requestId),
  });

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/findings/groups',
        tags,
        ...read,
        request: { query: FindingQuery.extend({ by: z.enum(['vulnerability', 'component']) }) },
        responses: answers(
          z.object({ items: z.array(FindingGroup), next: z.string().nullable(), total: z.number().int() }),
          'The findings that fit, summed up by flaw or by component',
        ),
      }),
      async (c) => {
        const query = c.req.valid('query');
        const principal = c.get('principal')!;
        const { filter, offset, limit } = await filterOf(db, principal, query);
        const page = await groupFindings(db, principal, filter, query.by, offset, limit, kernel.now());
        const items = page.items.map(
          ({
            id,
            title,
            summary,
            level,
            score,
            epss,
            kev,
            findings,
            undecided,
            releases,
            others,
            first_seen,
          }) => ({
            id,
            title,
            summary,
            level,
            score,
            epss,
            kev,
            findings,
            undecided,
            releases,
            others,
            firstSeen: first_seen.toISOString(),
          }),
        );
        return c.json({ items, next: page.next === null ? null : String(page.next), total: page.total }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/findings/assess-many',
        tags,
        ...assessors,
        request: { body: jsonBody(z.object({ items: z.array(Place).min(1).max(MANY), body: Body })) },
        responses: answers(Outcome, 'Keys of the assessments; each finding has one of its own'),
      }),
      async (c) => {
        const { items, body } = c.req.valid('json');
        const made = await assessMany(kernel, c.get('principal')!, items, body as never);
        requireSome(made.assessments, made.refused);
        const refused = made.refused.map(({ at, error }) =>
          refusedOf(c.get('requestId'), `${at.vulnerability} at ${at.place} in ${at.release}`, error),
        );
        return c.json({ done: [...made.assessments], refused }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/findings/take-back',
        tags,
        ...assessors,
        request: { body: jsonBody(z.object({ assessments: z.array(Key).min(1).max(1_000) })) },
        responses: answers(
          z.object({ closed: z.array(z.string()), refused: z.array(RefusedOne) }),
          'Drafts of one’s own that were just written and are closed again, and why the others are not',
        ),
      }),
      async (c) => {
        const made = await takeBack(kernel, c.get('principal')!, c.req.valid('json').assessments);
        requireSome(made.closed, made.refused);
        const refused = made.refused.map(({ at, error }) => refusedOf(c.get('requestId'), at, error));
        return c.json({ closed: [...made.closed], refused }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/findings/approve-many',
        tags,
        ...access({ who: 'roles', roles: APPROVERS, scope: 'records:write', sessionOnly: true }),
        request: {
          body: jsonBody(
            z.object({
              items: z
                .array(z.object({ assessment: Key, revision: z.number().int().min(1) }))
                .min(1)
                .max(MANY),
              password: z.string().min(1).max(200),
              totp: z.string().max(20).optional(),
            }),
          ),
        },
        responses: answers(Outcome, 'Keys of the assessments that were signed, each on its own'),
      }),
      async (c) => {
        const { items, password, totp } = c.req.valid('json');
        const wanted = items.map((item) => ({ record: item.assessment, seenRevision: item.revision }));
        const outcome = await makeTransitions(kernel.records, c.get('principal')!, wanted, {
          transition: 'approve',
          reason: null,
          credential: { password, ...(totp === undefined ? {} : { totp }) },
        });
        requireSome(outcome.done, outcome.refused);
        const refused = outcome.refused.map(({ record, error }) =>
          refusedOf(c.get('requestId'), record, error),
        );
        return c.json({ done: outcome.done.map((record) => record.key), refused }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/proposals',
        tags,
        ...read,
        request: { params: z.object({ release: Key }) },
        responses: answers(
          z.object({ items: z.array(Proposal) }),
          'Decisions of other releases that may hold here too',
        ),
      }),
      async (c) => {
        const release = await readRelease(db, c.get('principal')!, c.req.valid('param').release);
        const items = (await proposalsFor(kernel, release)).map((one) => ({
          ...one,
          from: { ...one.from },
          differences: [...one.differences],
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/releases/{release}/proposals',
        tags,
        ...assessors,
        request: {
          params: z.object({ release: Key }),
          body: jsonBody(
            z.object({
              items: z
                .array(
                  z.object({ vulnerability: Place.shape.vulnerability, place: Place.shape.place, from: Key }),
                )
                .min(1)
                .max(MANY),
            }),
          ),
        },
        responses: answers(Outcome, 'Drafts that were written after decisions of other releases'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const release = await readRelease(db, principal, c.req.valid('param').release);
        const made = await takeOver(kernel, principal, release, c.req.valid('json').items);
        requireSome(made.assessments, made.refused);
        const refused = made.refused.map(({ at, error }) =>
          refusedOf(c.get('requestId'), `${at.vulnerability} at ${at.place}`, error),
        );
        return c.json({ done: [...made.assessments], refused }, 200);
      },
    );
}
