// The fields of a CSAF 2.0 or 2.1 document that Ward uses (https://docs.oasis-open.org/csaf/csaf/v2.0/, read 2026-11).
// Extra fields pass; a used field of a wrong type does not.
import { z } from 'zod';

const text = z.string().nullish();
const ids = z.array(z.string()).nullish();

const FullProduct = z.object({
  name: z.string(),
  product_id: z.string().min(1),
  product_identification_helper: z
    .object({ cpe: text, purl: text, purls: z.array(z.string()).nullish() })
    .nullish(),
});
export type FullProduct = z.infer<typeof FullProduct>;

export interface Branch {
  readonly category: string;
  readonly name: string;
  readonly product?: FullProduct | null | undefined;
  readonly branches?: readonly Branch[] | null | undefined;
}
const Branch: z.ZodType<Branch> = z.lazy(() =>
  z.object({
    category: z.string(),
    name: z.string(),
    product: FullProduct.nullish(),
    branches: z.array(Branch).nullish(),
  }),
);

const Remediation = z.object({
  category: z.string(),
  details: z.string(),
  product_ids: ids,
  url: text,
});

const Vulnerability = z.object({
  cve: text,
  ids: z.array(z.object({ system_name: text, text: z.string() })).nullish(),
  title: text,
  cwe: z.object({ id: z.string() }).nullish(),
  cwes: z.array(z.object({ id: z.string() })).nullish(),
  notes: z.array(z.object({ category: z.string(), text: z.string() })).nullish(),
  discovery_date: text,
  release_date: text,
  product_status: z
    .object({
      first_affected: ids,
      first_fixed: ids,
      fixed: ids,
      known_affected: ids,
      known_not_affected: ids,
      last_affected: ids,
      recommended: ids,
      under_investigation: ids,
    })
    .nullish(),
  references: z.array(z.object({ category: text, url: z.string() })).nullish(),
  remediations: z.array(Remediation).nullish(),
  scores: z.array(z.record(z.string(), z.unknown())).nullish(),
  metrics: z.array(z.object({ content: z.record(z.string(), z.unknown()).nullish() })).nullish(),
});
export type CsafVulnerability = z.infer<typeof Vulnerability>;

export const CsafDocument = z.object({
  document: z.object({
    csaf_version: z.string().regex(/^2\.[01]$/),
    title: z.string(),
    distribution: z.object({ tlp: z.object({ label: text }).nullish() }).nullish(),
    publisher: z.object({ name: z.string(), namespace: text }),
    references: z.array(z.object({ category: text, url: z.string() })).nullish(),
    tracking: z.object({
      id: z.string().min(1).max(200),
      current_release_date: z.string(),
      initial_release_date: text,
      status: text,
    }),
  }),
  product_tree: z
    .object({
      branches: z.array(Branch).nullish(),
      full_product_names: z.array(FullProduct).nullish(),
      relationships: z
        .array(
          z.object({
            category: z.string(),
            full_product_name: FullProduct,
            product_reference: z.string(),
            relates_to_product_reference: z.string(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  vulnerabilities: z.array(Vulnerability).nullish(),
});
export type CsafDocument = z.infer<typeof CsafDocument>;
