// Route of the vulnerabilities that came and went between two releases; the components have their own, `sbom-diff`.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { coverageOf } from '../components/index.ts';
import { readRelease } from '../products/index.ts';
import { diffFlaws } from './flaw-diff.ts';
import type { FindingRow } from './list-findings.ts';

const Flaw = z.object({
  vulnerability: z.string(),
  component: z.string(),
  place: z.string(),
  versions: z.array(z.string()),
  level: z.string(),
  score: z.number().nullable(),
  outcome: z.enum(['affected', 'undetermined']),
});
export type Flaw = z.infer<typeof Flaw>;
const SHOWN = 2_000;

export function flawDiffApi(kernel: Kernel) {
  return newRouter().openapi(
    createRoute({
      method: 'get',
      path: '/releases/{release}/flaw-diff',
      tags: ['vulnerabilities'],
      ...access({ who: 'member', scope: 'read' }),
      request: {
        params: z.object({ release: z.string().min(1).max(60) }),
        query: z.object({ against: z.string().min(1).max(60) }),
      },
      responses: answers(
        z.object({
          introduced: z.array(Flaw),
          fixed: z.array(Flaw),
          /** Of components that are still there and are not watched any more. */
          unknown: z.array(Flaw),
          introducedCount: z.number().int(),
          fixedCount: z.number().int(),
          unknownCount: z.number().int(),
          remaining: z.number().int(),
          whole: z.boolean(),
          /** Components of which nothing can be said, on each side: not watched is not clean. */
          notWatched: z.object({ before: z.number().int(), after: z.number().int() }),
        }),
        'Vulnerabilities that came with the release, and those of `against` that it has no more',
      ),
    }),
    async (c) => {
      const principal = c.get('principal')!;
      const after = await readRelease(kernel.db, principal, c.req.valid('param').release);
      const before = await readRelease(kernel.db, principal, c.req.valid('query').against);
      const { introduced, fixed, unknown, remaining, whole } = await diffFlaws(
        kernel.db,
        principal,
        before,
        after,
        kernel.now(),
      );
      const [left, right] = [await coverageOf(kernel.db, before.id), await coverageOf(kernel.db, after.id)];
      return c.json(
        {
          introduced: introduced.slice(0, SHOWN).map(present),
          fixed: fixed.slice(0, SHOWN).map(present),
          unknown: unknown.slice(0, SHOWN).map(present),
          introducedCount: introduced.length,
          fixedCount: fixed.length,
          unknownCount: unknown.length,
          remaining,
          whole,
          notWatched: { before: left.total - left.watched, after: right.total - right.watched },
        },
        200,
      );
    },
  );
}

const present = ({ vulnerability, component, place, versions, level, score, outcome }: FindingRow): Flaw => ({
  vulnerability,
  component,
  place,
  versions,
  level,
  score,
  outcome,
});
