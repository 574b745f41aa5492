// What the benchmark and its field say to each other.

export interface FieldPlan {
  readonly port: number;
  /** DER, base64. */
  readonly root: string;
  readonly issuing: string;
  /** An update fails on each such unit. */
  readonly failsEach: number;
}

/** Key and certificate of a unit: PKCS #8 and X.509, DER, base64. */
export interface UnitPapers {
  readonly serial: string;
  readonly key: string;
  readonly certificate: string;
}

export type FieldOrder =
  /** More units, from a file of their papers. */
  | { readonly kind: 'bring'; readonly papers: string }
  /** The first so many open a channel and keep it. */
  | { readonly kind: 'open'; readonly units: number }
  /** Each reports once on its open channel; each `withLines`th has new audit lines. */
  | { readonly kind: 'report'; readonly units: number; readonly withLines: number }
  /** Each opens a channel, reports, and closes it. */
  | { readonly kind: 'report-anew'; readonly units: number };

export interface FieldAnswer {
  readonly ms: number;
  /** Of the field itself, which is on the same cores. */
  readonly processorMs: number;
  readonly p50: number;
  readonly p99: number;
  readonly residentMegabyte: number;
}
