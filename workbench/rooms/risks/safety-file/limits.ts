// How much of a safety file is taken, and what it becomes. A table of harms has some hundred rows.

export const LIMITS = {
  bytes: 10 * 1024 * 1024,
  /** What a workbook may unfold to. */
  unpackedBytes: 60 * 1024 * 1024,
  parts: 500,
  rows: 5_000,
  columns: 120,
  cell: 4_000,
  /** Harms of one file. */
  harms: 2_000,
  depth: 40,
} as const;

export const FORMATS = ['csv', 'xlsx', 'json', 'reqif'] as const;
export type Format = (typeof FORMATS)[number];

export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

export interface Table {
  readonly format: Format;
  readonly sheets: readonly Sheet[];
}
