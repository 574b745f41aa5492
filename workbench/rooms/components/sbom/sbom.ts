// What Ward reads out of a software bill of materials, whatever its format. Readers make it, the store keeps it.

import type { SbomFacts } from './facts.ts';

export interface SbomHash {
  /** As CycloneDX names it: `SHA-256`, `SHA-1`, `MD5`, … */
  readonly algorithm: string;
  readonly value: string;
}

export interface SbomComponent {
  /** `bom-ref` or SPDXID; unique in the document (made by the reader where the file has none). */
  readonly ref: string;
  /** `library`, `application`, `operating-system`, `firmware`, `container`, `file`, `framework`, `device`, … */
  readonly type: string;
  readonly group: string | null;
  readonly name: string;
  readonly version: string | null;
  /** As written in the file; identity is read from it later, so an odd one never loses the component. */
  readonly purl: string | null;
  readonly cpes: readonly string[];
  readonly hashes: readonly SbomHash[];
  /** SPDX ids or expressions, or the licence's name as written. */
  readonly licences: readonly string[];
  readonly supplier: string | null;
  readonly scope: 'required' | 'optional' | 'excluded' | null;
  readonly description: string | null;
  readonly externalReferences: readonly { readonly type: string; readonly url: string }[];
  /** Ref of the component that it is nested in, else null. */
  readonly parentRef: string | null;
  /** Git commit when the component is pinned to one. */
  readonly commit: string | null;
  /** Address of the Git repository that the commit is in, where the file names it. */
  readonly repository: string | null;
  readonly supportLevel: string | null;
  /** ISO 8601 day. */
  readonly endOfSupport: string | null;
  readonly facts: SbomFacts;
  /** As it stands in the file, in the shape of the format's JSON; only where the file was read `whole`. */
  readonly source?: Readonly<Record<string, unknown>>;
}

/** What the document says of itself; a completeness or a phase that it does not declare is absent. */
export interface SbomStatement {
  /** People and organisations, never tools. */
  readonly authors: readonly string[];
  /** CycloneDX `lifecycles[].phase`, SPDX 3 `sbomType`. */
  readonly phases: readonly string[];
  /** CycloneDX `compositions[].aggregate`, SPDX 3 `completeness`, or `NOASSERTION` of SPDX 2. */
  readonly completeness: readonly string[];
  /** The document in the shape of the format's JSON. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** Something odd that does not stop the import: place, what, and what it means. */
export interface SbomWarning {
  readonly at: string;
  readonly message: string;
}

export interface Sbom {
  readonly format: 'CycloneDX' | 'SPDX';
  readonly specVersion: string;
  readonly serialNumber: string | null;
  readonly documentVersion: string | null;
  /** ISO 8601 instant as written, else null. */
  readonly createdAt: string | null;
  readonly tools: readonly string[];
  /** The product that the file describes (CycloneDX `metadata.component`, SPDX DESCRIBES). */
  readonly subject: SbomComponent | null;
  readonly components: readonly SbomComponent[];
  /** `from` depends on each of `to`; refs that exist only. */
  readonly dependencies: readonly { readonly from: string; readonly to: readonly string[] }[];
  readonly warnings: readonly SbomWarning[];
  /** Only where the file was read `whole`. */
  readonly statement?: SbomStatement;
}
