// Bounds of one import of advisories. Files come from outside, even when a feed delivers them.

export interface ImportLimits {
  readonly maxFiles: number;
  /** Folders inside one another. */
  readonly maxFolderDepth: number;
  readonly maxElementBytes: number;
  /** Objects and lists inside one another within one record; OSV and NVD need about 12. */
  readonly maxDepth: number;
  /** Bytes of all files together after unpacking. */
  readonly maxUnpackedBytes: number;
  /** Unpacked over packed bytes, judged once `ratioFreeBytes` are unpacked. Advisory JSON packs 5 to 30 times. */
  readonly maxRatio: number;
  readonly ratioFreeBytes: number;
  /** Unknown records at the start of a file after which the file is taken for something else. */
  readonly maxUnknownAtStart: number;
}

export const defaultImportLimits: ImportLimits = {
  maxFiles: 1_000_000,
  maxFolderDepth: 16,
  maxElementBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxUnpackedBytes: 32 * 1024 * 1024 * 1024,
  maxRatio: 200,
  ratioFreeBytes: 16 * 1024 * 1024,
  maxUnknownAtStart: 20,
};
