// The fields of a CVE of the NVD API 2.0 that Ward uses. Extra fields pass; a used field of a wrong type does not.

import { z } from 'zod';

const text = z.string().nullish();

const metrics = z
  .array(z.object({ source: text, cvssData: z.object({ vectorString: z.string() }) }))
  .nullish();

const negate = z.boolean().nullish();
const operator = z.enum(['AND', 'OR']).nullish();

const match = z.object({
  vulnerable: z.boolean(),
  criteria: z.string(),
  matchCriteriaId: text,
  versionStartIncluding: text,
  versionStartExcluding: text,
  versionEndIncluding: text,
  versionEndExcluding: text,
});
export type NvdMatch = z.infer<typeof match>;

export const NvdCve = z.object({
  id: z.string().regex(/^CVE-[\w-]{1,60}$/),
  published: text,
  lastModified: z.string(),
  vulnStatus: text,
  derived: z.boolean().nullish(),
  descriptions: z.array(z.object({ lang: z.string(), value: z.string() })),
  metrics: z
    .object({ cvssMetricV2: metrics, cvssMetricV30: metrics, cvssMetricV31: metrics, cvssMetricV40: metrics })
    .nullish(),
  weaknesses: z.array(z.object({ description: z.array(z.object({ value: z.string() })) })).nullish(),
  configurations: z
    .array(
      z.object({
        operator,
        negate,
        nodes: z.array(z.object({ operator, negate, cpeMatch: z.array(match) })),
      }),
    )
    .nullish(),
  references: z.array(z.object({ url: z.string(), tags: z.array(z.string()).nullish() })).nullish(),
});
export type NvdCve = z.infer<typeof NvdCve>;
