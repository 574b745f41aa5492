// What a VEX document says, whatever its format. Readers make it; nothing here knows a database.
import type { CsafProduct } from '../../../knowledge/importers/csaf/product-tree.ts';
import type { Justification, VexStatus } from '../model.ts';

export type VexFormat = 'openvex' | 'csaf' | 'cyclonedx';

/** A product or a component as the document names it. `versions` null: the document does not say of which versions it speaks. */
export type VexRef = CsafProduct;

export interface VexClaim {
  /** JSON path of the statement. */
  readonly at: string;
  /** Ids of the flaw, the first is the one that the author uses. */
  readonly ids: readonly string[];
  readonly status: VexStatus;
  /** The format's own word, e.g. `false_positive` or `first_fixed`. */
  readonly ownStatus: string;
  readonly justification: Justification | null;
  /** The format's own word where it has no twin among the five of OpenVEX. */
  readonly ownJustification: string | null;
  /** Why it is not affected, or what the author notes. */
  readonly impact: string;
  /** What users should do. */
  readonly action: string;
  /** Versions in which the author fixed it, as written. */
  readonly fixed: readonly string[];
  /** ISO 8601, UTC; null where neither statement nor document has an instant. */
  readonly saidAt: string | null;
  /** Id of the reference that the statement judges. */
  readonly subject: string;
  /** Id of the product that the subject is a part of; null where the subject is judged by itself. */
  readonly context: string | null;
}

export interface ReadVex {
  readonly format: VexFormat;
  readonly specVersion: string;
  /** As the author numbers it; '' where the document has none. */
  readonly documentId: string;
  readonly documentVersion: string;
  readonly author: string;
  readonly issuedAt: string | null;
  /** `CLEAR`, `GREEN`, `AMBER`, `RED`; null where the document has none. */
  readonly tlp: string | null;
  readonly refs: readonly VexRef[];
  readonly claims: readonly VexClaim[];
  /** What is lost or doubtful, with its place. */
  readonly warnings: readonly { readonly at: string; readonly message: string }[];
}

export const VEX_LIMITS = {
  maxBytes: 64 * 1024 * 1024,
  maxDepth: 64,
  /** Pairs of vulnerability and product. Red Hat's largest documents have some 20,000. */
  maxClaims: 50_000,
  maxIds: 100,
  maxText: 10_000,
  maxWarnings: 200,
} as const;
