// Routes of identity aliases: what ships with Ward, what people of the house added, with who and when.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../kernel/http/router.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { holdsRole } from '../kernel/people/roles.ts';
import { requireRole } from '../kernel/records/decide.ts';
import { personRef } from '../kernel/records/present.ts';
import { curatedPairs } from './identity/aliases.ts';
import { addAlias, endAlias } from './store/identity-aliases.ts';

const tags = ['knowledge'];
const ALIAS_KEEPERS = ['security-lead', 'administrator'] as const;
const keepers = access({ who: 'roles', roles: ALIAS_KEEPERS, scope: 'knowledge:write' });

const Alias = z
  .object({
    id: z.uuid(),
    purl: z.string(),
    target: z.string(),
    effect: z.enum(['joins', 'parts']),
    reason: z.string(),
    addedAt: z.string(),
    addedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
    endedAt: z.string().nullable(),
  })
  .openapi('IdentityAlias');

const NewAlias = z.object({
  purl: z.string().min(5).max(1_000).openapi({ example: 'pkg:generic/our-tls' }),
  target: z.string().min(5).max(1_000).openapi({ example: 'cpe:2.3:a:arm:mbed_tls' }),
  effect: z
    .enum(['joins', 'parts'])
    .default('joins')
    .openapi({ description: '`parts` takes a pair away that ships with Ward' }),
  reason: z.string().trim().min(1).max(1_000),
});

export function aliasApi(kernel: Kernel) {
  const { db, people } = kernel;
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/knowledge/aliases',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        responses: answers(
          z.object({
            house: z.array(Alias),
            curated: z.array(z.object({ purl: z.string(), target: z.string() })),
            mayChange: z.boolean(),
          }),
          'Aliases of the house, newest first, and those that ship with Ward',
        ),
      }),
      async (c) => {
        const rows = await db
          .selectFrom('identity_alias')
          .selectAll()
          .orderBy('added_at', 'desc')
          .limit(1_000)
          .execute();
        const names = await people.find(rows.flatMap((row) => row.added_by ?? []));
        const house = rows.map((row) => ({
          id: row.id,
          purl: row.purl,
          target: row.target,
          effect: row.effect,
          reason: row.reason,
          addedAt: row.added_at.toISOString(),
          addedBy: personRef(names, row.added_by),
          endedAt: row.ended_at?.toISOString() ?? null,
        }));
        const mayChange = holdsRole(c.get('principal')!, ALIAS_KEEPERS, null, 'knowledge:write');
        return c.json({ house, curated: curatedPairs(), mayChange }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/knowledge/aliases',
        tags,
        ...keepers,
        request: { body: jsonBody(NewAlias) },
        responses: answers(z.object({ id: z.uuid() }), 'The alias; components are matched anew by a job'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        // What a name means counts for every product: a role for one of them is not enough.
        requireRole(principal, ALIAS_KEEPERS, null, 'add an alias', 'knowledge:write');
        return c.json({ id: await addAlias(kernel, principal, c.req.valid('json')) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/knowledge/aliases/{id}/end',
        tags,
        ...keepers,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answers(
          z.object({ id: z.uuid() }),
          'It holds no more; components are matched anew by a job',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        requireRole(principal, ALIAS_KEEPERS, null, 'end an alias', 'knowledge:write');
        const { id } = c.req.valid('param');
        await endAlias(kernel, principal, id);
        return c.json({ id }, 200);
      },
    );
}
