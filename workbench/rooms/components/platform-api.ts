// Routes of the platform that a release runs on.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { holdsRole } from '../../kernel/people/roles.ts';
import { personRef } from '../../kernel/records/present.ts';
import { readRelease } from '../products/index.ts';
import { declarePlatform, endPlatform, PLATFORM_DECLARERS, platformOf } from './platforms.ts';

const tags = ['components'];
const Release = z.object({ release: z.string().min(1).max(60) });
const declarers = access({ who: 'roles', roles: PLATFORM_DECLARERS, scope: 'sbom:write' });

const Fact = z
  .object({
    id: z.uuid(),
    cpe: z.string(),
    holdsFor: z.enum(['release', 'product']),
    complete: z.boolean(),
    note: z.string(),
    addedAt: z.string(),
    addedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .openapi('PlatformFact');

const NewFact = z.object({
  cpe: z.string().min(5).max(1_000).openapi({ example: 'cpe:2.3:o:linux:linux_kernel:5.15' }),
  holdsFor: z.enum(['release', 'product']).default('release'),
  complete: z.boolean().default(false).openapi({
    description:
      'Everything of this part (operating system, hardware) is declared: what is not named is not there',
  }),
  note: z.string().trim().max(1_000).default(''),
});

export function platformApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/releases/{release}/platform',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        request: { params: Release },
        responses: answers(
          z.object({ items: z.array(Fact), mayDeclare: z.boolean() }),
          'What the release is declared to run on',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const release = await readRelease(kernel.db, principal, c.req.valid('param').release);
        const facts = await platformOf(kernel.db, release);
        const names = await kernel.people.find(facts.flatMap((fact) => fact.added_by ?? []));
        const items = facts.map((fact) => ({
          id: fact.id,
          cpe: fact.cpe,
          holdsFor: fact.release_id === null ? ('product' as const) : ('release' as const),
          complete: fact.complete,
          note: fact.note,
          addedAt: fact.added_at.toISOString(),
          addedBy: personRef(names, fact.added_by),
        }));
        const mayDeclare = holdsRole(principal, PLATFORM_DECLARERS, release.productId, 'sbom:write');
        return c.json({ items, mayDeclare }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/releases/{release}/platform',
        tags,
        ...declarers,
        request: { params: Release, body: jsonBody(NewFact) },
        responses: answers(z.object({ id: z.uuid() }), 'Declared; what waited for it is decided'),
      }),
      async (c) => {
        const { release } = c.req.valid('param');
        const id = await declarePlatform(kernel, c.get('principal')!, release, c.req.valid('json'));
        return c.json({ id }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/platform/{id}/end',
        tags,
        ...declarers,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answers(z.object({ id: z.uuid() }), 'It holds no more'),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await endPlatform(kernel, c.get('principal')!, id);
        return c.json({ id }, 200);
      },
    );
}
