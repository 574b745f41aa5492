// What is known of exploitation, as a finding's page shows it: KEV, the curve of EPSS, what CISA says in SSVC's words.
import { z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { epssHistoryOf, signalsOf } from '../../knowledge/store/read-signals.ts';

export const SignalsView = z
  .object({
    kev: z
      .object({
        id: z.string(),
        addedOn: z.string(),
        dueOn: z.string().nullable(),
        ransomware: z.enum(['known', 'unknown']),
        action: z.string(),
        removedAt: z.string().nullable(),
      })
      .nullable(),
    /** Oldest first; the last one is the newest known. */
    epss: z.array(
      z.object({ day: z.string().nullable(), score: z.number(), percentile: z.number().nullable() }),
    ),
    ssvc: z.record(z.string(), z.string()).nullable(),
  })
  .openapi('ExploitationSignals');
export type SignalsView = z.infer<typeof SignalsView>;

/** Of all ids of a flaw, and of the flaws that its records pass on (a distribution's advisory over CVEs); where two of them have a score, the higher one is shown. */
export async function signalsOfFinding(db: Kernel['db'], ids: readonly string[]): Promise<SignalsView> {
  const { rows: passedOn } = await sql<{ ext_id: string }>`
    select distinct u.ext_id from advisory a join advisory_upstream u on u.advisory_id = a.id where a.ext_id = any(${[...ids]}::text[])`.execute(
    db,
  );
  const names = [...new Set([...ids, ...passedOn.map((row) => row.ext_id)])];
  const [known, history] = await Promise.all([signalsOf(db, names), epssHistoryOf(db, names)]);
  const entries = [...known].sort(([, a], [, b]) => (b.epss?.score ?? -1) - (a.epss?.score ?? -1));
  const [highest] = entries;
  const listed = entries.find(([, signals]) => signals.kev !== null);
  const kev = listed?.[1].kev ?? null;
  const newest = highest?.[1].epss ?? null;
  const curve = [...(highest ? (history.get(highest[0]) ?? []) : [])].map(({ day, score, percentile }) => ({
    day: day as string | null,
    score,
    percentile,
  }));
  if (newest !== null && curve.at(-1)?.day !== newest.day) curve.push(newest);
  return {
    kev:
      kev === null || !listed
        ? null
        : {
            id: listed[0],
            addedOn: kev.addedOn,
            dueOn: kev.dueOn,
            ransomware: kev.ransomware,
            action: kev.action,
            removedAt: kev.removedAt,
          },
    epss: curve,
    ssvc: entries.find(([, signals]) => signals.ssvc !== null)?.[1].ssvc?.options ?? null,
  };
}
