// How a list of findings is asked for over HTTP; the pages keep the same words in their address.
import { z } from '@hono/zod-openapi';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readRelease } from '../products/index.ts';
import { FINDING_SORTS, type FindingFilter } from './list-findings.ts';

export const FindingQuery = z.object({
  release: z.string().max(60).optional(),
  product: z.uuid().optional(),
  level: z.string().max(100).optional().openapi({ description: 'critical,high,…' }),
  state: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: 'undecided,overdue,to-approve,reopened,affected,not-affected,…' }),
  outcome: z.enum(['affected', 'undetermined']).optional(),
  exploited: z.enum(['yes']).optional().openapi({ description: 'Known to be exploited (CISA KEV)' }),
  epss: z
    .string()
    .regex(/^(?:0(?:\.\d{1,4})?|1)$/, 'a probability from 0 to 1')
    .optional(),
  fix: z.enum(['yes', 'no']).optional().openapi({ description: 'Whether a fixed version is known' }),
  vulnerability: z.string().max(300).optional(),
  place: z.string().max(2_000).optional(),
  since: z.iso.date().optional(),
  text: z.string().max(200).optional(),
  sort: z.enum(FINDING_SORTS).optional(),
  counts: z
    .enum(['no'])
    .optional()
    .openapi({ description: '`no`: only the page, which is quicker; the counts of the answer are null' }),
  cursor: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
});
export type FindingQuery = z.infer<typeof FindingQuery>;

/** Refuses a release that is not there or not this person's to read. */
export async function filterOf(
  db: Kernel['db'],
  principal: Principal,
  query: FindingQuery,
): Promise<{ filter: FindingFilter; offset: number; limit: number }> {
  const release = query.release === undefined ? undefined : await readRelease(db, principal, query.release);
  return {
    filter: {
      releaseId: release?.id,
      productId: query.product,
      levels: query.level?.split(','),
      states: query.state?.split(','),
      outcome: query.outcome,
      kev: query.exploited === undefined ? undefined : true,
      epss: query.epss === undefined ? undefined : Number(query.epss),
      hasFix: query.fix === undefined ? undefined : query.fix === 'yes',
      vulnerability: query.vulnerability,
      place: query.place,
      since: query.since,
      text: query.text,
      sort: query.sort,
    },
    offset: Number(query.cursor ?? 0),
    limit: Math.min(Math.max(Number(query.limit ?? 100), 1), 500),
  };
}
