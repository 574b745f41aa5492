// The fields of an OSV record (schema 1.7) that Ward uses. Extra fields pass; a used field of a wrong type does not.
// Without transforms: they double the time, and a feed has hundreds of thousands of records.

import { z } from 'zod';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const severity = z.array(z.object({ type: z.string(), score: z.string() })).nullish();

const ranges = z
  .array(
    z.object({
      type: z.enum(['SEMVER', 'ECOSYSTEM', 'GIT']),
      repo: text,
      events: z.array(z.object({ introduced: text, fixed: text, last_affected: text, limit: text })),
    }),
  )
  .nullish();

export const OsvRecord = z.object({
  id: z.string().min(1).max(256),
  modified: text,
  published: text,
  withdrawn: text,
  aliases: texts,
  upstream: texts,
  related: texts,
  summary: text,
  details: text,
  severity,
  references: z.array(z.object({ type: text, url: z.string() })).nullish(),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: z.string(), name: z.string() }).nullish(),
        ranges,
        versions: texts,
        severity,
        database_specific: z.unknown().optional(),
      }),
    )
    .nullish(),
  database_specific: z.unknown().optional(),
});
export type OsvRecord = z.infer<typeof OsvRecord>;
export type OsvAffected = NonNullable<OsvRecord['affected']>[number];
export type OsvRange = NonNullable<OsvAffected['ranges']>[number];
