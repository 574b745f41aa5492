// Bounds of one SBOM import. Every file is attacker-controlled: size, nesting, counts, lengths and time are all limited.

export interface SbomLimits {
  /** Bytes of the file after unpacking. */
  readonly maxBytes: number;
  /** Objects and arrays inside one another; 64 leaves room for about 30 nested components. */
  readonly maxDepth: number;
  readonly maxComponents: number;
  /** UTF-16 code units of one text that Ward keeps (name, version, purl, licence, …). */
  readonly maxStringLength: number;
  readonly maxMilliseconds: number;
}

export interface SbomOptions extends SbomLimits {
  /** Refuse the first place that breaks the format's own schema, even where Ward loses nothing by it. */
  readonly strict: boolean;
  /** Keep every component as it stands in the file, and details uncut: for exports and for what is judged of a file. */
  readonly whole: boolean;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

// 256 MiB and 250,000 components: about twice the largest SBOM that the experiments read (100 MB, 243,693 components).
export const defaultSbomOptions: SbomOptions = {
  maxBytes: 256 * 1024 * 1024,
  maxDepth: 64,
  maxComponents: 250_000,
  maxStringLength: 64 * 1024,
  maxMilliseconds: 60_000,
  strict: false,
  whole: false,
  now: () => performance.now(),
};

/** Warnings kept per file; the rest is counted in a last one. */
export const maxWarnings = 1_000;
