// What Ward knows of one advisory, whatever source it came from. Importers make it, matching reads it.

/** An event of an OSV range, in the source's own order (OSV schema 1.7, `affected[].ranges[].events[]`). */
export type RangeEvent =
  | { readonly introduced: string }
  | { readonly fixed: string }
  | { readonly last_affected: string }
  | { readonly limit: string };

/** Versions that one advisory calls affected. `GIT` ranges hold commits, `CPE` ranges hold NVD version bounds. */
export type AffectedRange =
  | { readonly kind: 'SEMVER' | 'ECOSYSTEM'; readonly events: readonly RangeEvent[] }
  | { readonly kind: 'GIT'; readonly repo: string | null; readonly events: readonly RangeEvent[] }
  | {
      readonly kind: 'CPE';
      /** The CPE 2.3 criteria string of NVD, normalised to a formatted string. */
      readonly criteria: string;
      readonly criteriaId: string | null;
      readonly startIncluding: string | null;
      readonly startExcluding: string | null;
      readonly endIncluding: string | null;
      readonly endExcluding: string | null;
      /** Position of the node in `Advisory.configurations`, for AND configurations. */
      readonly configuration: number;
    };

/** One package that an advisory speaks of, under its normalised identity. */
export interface Affected {
  /** OSV ecosystem without its release (`npm`, `PyPI`, `Go`, `crates.io`, `Debian`, `Alpine`, …) or `cpe`. Unknown ones are kept as they are. */
  readonly ecosystem: string;
  /** Normalised name: as the ecosystem compares it; `vendor:product` for `cpe`; `group:artifact` for Maven. */
  readonly name: string;
  /** Distribution release that the statement holds for (`12`, `v3.18`), else ''. */
  readonly scope: string;
  readonly ranges: readonly AffectedRange[];
  /** Versions listed one by one; they count beside the ranges (OSV: OR). */
  readonly versions: readonly string[];
  /** A publisher's hint that is not a range, e.g. `database_specific.last_known_affected_version_range`. */
  readonly hint: string | null;
}

/** A node of an NVD configuration (NVD API 2.0 `configurations[].nodes[]`). */
export interface CpeNode {
  readonly operator: 'AND' | 'OR';
  readonly negate: boolean;
  readonly matches: readonly (Extract<AffectedRange, { kind: 'CPE' }> & { readonly vulnerable: boolean })[];
}

/** NVD configuration: with `AND` each node must be satisfied by some component of the same release. */
export interface CpeConfiguration {
  readonly operator: 'AND' | 'OR';
  readonly negate: boolean;
  readonly nodes: readonly CpeNode[];
}

export interface SeverityStatement {
  readonly type: 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4';
  readonly vector: string;
  /** Base score 0.0–10.0 computed from the vector; null when the vector cannot be read. */
  readonly score: number | null;
  /** Who scored it, as the source says. */
  readonly by: string;
}

export type SeverityLevel = 'none' | 'low' | 'medium' | 'high' | 'critical' | 'unknown';

export interface Advisory {
  /** Database that the record came from: `OSV`, `NVD`, `GHSA`, `PYSEC`, `GO`, `RUSTSEC`, `DSA`, `WARD`, … */
  readonly source: string;
  readonly id: string;
  /** Other ids of the same flaw (symmetric, transitive). */
  readonly aliases: readonly string[];
  /** Flaws in parts that this package carries (directed): a DSA over two CVEs does not make the two one. */
  readonly upstream: readonly string[];
  readonly related: readonly string[];
  readonly summary: string;
  readonly details: string;
  /** ISO 8601 instants, UTC. */
  readonly published: string | null;
  readonly modified: string;
  /** Instant of withdrawal (OSV `withdrawn`, NVD `vulnStatus: Rejected`), else null. */
  readonly withdrawn: string | null;
  readonly severities: readonly SeverityStatement[];
  readonly cwes: readonly string[];
  readonly references: readonly { readonly type: string; readonly url: string }[];
  readonly affected: readonly Affected[];
  readonly configurations: readonly CpeConfiguration[];
  /** True where the record was re-shaped from another source and says so. */
  readonly derived: boolean;
  /** Only for a vulnerability of a CSAF document: what its publisher says beyond what is matched. */
  readonly csaf?: CsafStatement;
}

export interface CsafStatement {
  readonly document: string;
  readonly title: string;
  readonly publisher: string;
  /** `CLEAR`, `GREEN`, `AMBER`, `RED`; null where the document has none. */
  readonly tlp: string | null;
  readonly products: readonly {
    readonly name: string;
    readonly status: 'affected' | 'under investigation' | 'not affected' | 'fixed';
    /** False where nothing identifies the product, so no component is ever compared with it. */
    readonly matched: boolean;
  }[];
  /** Products called affected or under investigation that nothing identifies. */
  readonly notMatched: number;
  readonly remedies: readonly {
    readonly category: string;
    readonly details: string;
    readonly url: string | null;
    readonly products: readonly string[];
  }[];
}

/** What a component of an SBOM is matched by. A component may have several identities (purl and CPEs, source package). */
export interface PackageIdentity {
  readonly ecosystem: string;
  readonly name: string;
  /** Release of the distribution; for `cpe` the distribution that built the component, '' for none. */
  readonly scope: string;
  readonly version: string | null;
  /** The purl or CPE it was read from. */
  readonly from: string;
  /** For `cpe`: the whole CPE 2.3 formatted string of the component. */
  readonly cpe: string | null;
  /** Git commit when the component is pinned to one. */
  readonly commit: string | null;
  /** True where the alias table says that this product and the component's purl are one thing. */
  readonly tied?: boolean;
}

/** Why a component cannot be watched; shown as *not watched*, never as clean. */
export type NotWatchedReason =
  | 'no-identity'
  | 'invalid-identity'
  | 'unknown-ecosystem'
  | 'no-version'
  | 'no-data';

export type MatchOutcome = 'affected' | 'not-affected' | 'undetermined';

/** Why a match could not be decided; each is shown with a sentence and never counted as clean. */
export type UndeterminedReason =
  /** The component states no version, or none that a CPE range can compare. */
  | 'no-version'
  /** The component's version is none of its ecosystem. */
  | 'version-not-in-scheme'
  /** A bound of the advisory is no version of the ecosystem. */
  | 'bound-not-in-scheme'
  /** Ward does not know how the ecosystem orders versions. */
  | 'unknown-scheme'
  /** The advisory names a package but no versions. */
  | 'no-range'
  /** Only commits are named, and the component's place in the history is not known. */
  | 'commit'
  /** NVD speaks of the upstream version; the distribution may have ported the fix back under its own. */
  | 'distribution-backport'
  /** The statement holds for one distribution release (or stream), and the component's is not known. */
  | 'release-not-known'
  /** NVD names a platform beside the product, and it is not known to be present. */
  | 'platform'
  /** The range is open, and the publisher's own hint ends below the component's version. */
  | 'publisher-hint'
  /** The CPE's update field names a pre-release of an excluded bound. */
  | 'update-ambiguous'
  /** The component's CPE holds wildcards that cannot be compared. */
  | 'wildcard';

export interface MatchExplanation {
  /** One plain sentence: `2.4.0 lies in >= 2.0.0, < 2.4.1 (SemVer).` */
  readonly sentence: string;
  /** The range or list that decided, as text: `>= 2.0.0, < 2.4.1`. */
  readonly range: string;
  /** Scheme that compared the versions, e.g. `SemVer`, `PEP 440`, `Debian`. */
  readonly scheme: string;
  /** First fixed versions that are later than the component's, in order. */
  readonly fixed: readonly string[];
  /** NVD matchCriteriaId or criteria string, where CPE decided. */
  readonly criteria: string | null;
  /** Set exactly when the outcome is `undetermined`. */
  readonly reason: UndeterminedReason | null;
}

export interface MatchResult {
  readonly outcome: MatchOutcome;
  readonly why: MatchExplanation;
}
