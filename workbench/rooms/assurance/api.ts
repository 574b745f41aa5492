// Routes of defence in depth: how it is in a release, and how it would be with a change that nobody saved.
import { createRoute, z } from '@hono/zod-openapi';
import { defineErrors } from '../../kernel/errors.ts';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { policyInForce, readRelease } from '../products/index.ts';
import { checkModel, SystemModel } from '../system/index.ts';
import { presentAssurance, presentNothing } from './present.ts';
import { type Reach, reachOf } from './reach.ts';
import { assureRelease, assureWhatIf, type ReleaseFacts, readFacts } from './read-assurance.ts';
import { AssuranceView, ReachView, WhatIfRequest, WhatIfView } from './views.ts';
import { unknownIn } from './what-if.ts';

const refuse = defineErrors({
  'assurance.no-model': {
    status: 409,
    exit: 3,
    title: 'The product has no system model yet',
    remedy: 'Draw the system model first, or import one.',
  },
  'assurance.model-unsound': {
    status: 422,
    exit: 3,
    title: 'The model cannot be computed with',
    remedy: 'Correct the place that is named, then try the change again.',
  },
  'assurance.unknown-place': {
    status: 422,
    exit: 3,
    title: 'The change names something that is not there',
    remedy: 'Reload the page; the model or the controls may have changed.',
  },
});

const tags = ['assurance'];
const read = access({ who: 'member', scope: 'read' });
const Release = z.object({
  release: z.string().min(1).max(60).openapi({ description: 'Id or key of the release' }),
});

export function assuranceApi(kernel: Kernel) {
  const { db } = kernel;
  const nothing = async (release: WardRecord) =>
    presentNothing(release, await policyInForce(db, release.productId ?? ''));
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/assurance',
        tags,
        ...read,
        request: {
          params: Release,
          query: z.object({
            target: z.string().min(1).max(120).optional().openapi({ description: 'Whose paths are wanted' }),
          }),
        },
        responses: answers(AssuranceView, 'Attack paths and depth of every safety function and asset'),
      }),
      async (c) => {
        const release = await readRelease(db, c.get('principal')!, c.req.valid('param').release);
        const facts = await readFacts(db, release);
        if (!facts) return c.json(await nothing(release), 200);
        const { target } = c.req.valid('query');
        return c.json(presentAssurance(facts, assureRelease(facts), target ?? null), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/reach',
        tags,
        ...read,
        request: {
          params: Release,
          query: z.object({
            vulnerability: z.string().trim().min(1).max(300).openapi({ example: 'CVE-2023-36665' }),
          }),
        },
        responses: answers(
          ReachView,
          'What a vulnerability reaches: elements, threats, ways, harms, risks, documents',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const release = await readRelease(db, principal, c.req.valid('param').release);
        const { vulnerability } = c.req.valid('query');
        const reach = await reachOf(db, principal, release, vulnerability);
        const { key, title } = release;
        const found = structuredClone(reach ?? NOTHING) as Omit<ReachView, 'release' | 'vulnerability'>;
        return c.json({ release: { key, title }, vulnerability, ...found }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/releases/{release}/assurance/what-if',
        tags,
        ...read,
        request: { params: Release, body: jsonBody(WhatIfRequest) },
        responses: answers(WhatIfView, 'How it is, and how it would be. Nothing is saved.'),
      }),
      async (c) => {
        const release = await readRelease(db, c.get('principal')!, c.req.valid('param').release);
        const facts = await readFacts(db, release);
        if (!facts)
          throw refuse('assurance.no-model', `${release.key} has no system model.`, { at: release.key });
        const { target, model, ...change } = c.req.valid('json');
        const draft = model === undefined ? null : soundModel(model);
        requireKnown(facts, draft, change);
        return c.json(
          {
            before: presentAssurance(facts, assureRelease(facts), target ?? null),
            after: presentAssurance(facts, await assureWhatIf(facts, change, draft), target ?? null),
          },
          200,
        );
      },
    );
}

const NOTHING: Reach = {
  model: null,
  components: [],
  elements: [],
  results: [],
  threats: [],
  functions: [],
  harms: [],
  risks: [],
  documents: [],
};

function soundModel(given: unknown): SystemModel {
  const parsed = SystemModel.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = `$.model${issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('') ?? ''}`;
    throw refuse('assurance.model-unsound', `${at}: ${issue?.message ?? 'not a model'}`, { at });
  }
  const problem = checkModel(parsed.data).find(({ level }) => level === 'refused');
  if (problem) {
    const at = problem.path.replace('$', '$.model');
    throw refuse('assurance.model-unsound', problem.message, { at });
  }
  return parsed.data;
}

function requireKnown(
  facts: ReleaseFacts,
  draft: SystemModel | null,
  change: Parameters<typeof unknownIn>[0],
): void {
  const [id] = unknownIn(change, draft ?? facts.model, facts.controls);
  if (id !== undefined)
    throw refuse('assurance.unknown-place', `There is no ${id} in the model or among the controls.`, {
      at: id,
    });
}

export type AssuranceApi = ReturnType<typeof assuranceApi>;
