// What a view of a model is: text and tables with what is missing. The drawing beside them is an illustration with the same
// ids. Pure.

export const VIEW_IDS = [
  'network',
  'data-flows',
  'trust-boundaries',
  'interfaces',
  'global-system',
  'multi-patient',
  'updatability',
  'use-cases',
] as const;
export type ViewId = (typeof VIEW_IDS)[number];

export interface ViewTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said where there are no rows: what that means. */
  readonly none: string;
}

/** Something that is missing or not answered: shown as work, never left out. */
export interface ViewGap {
  /** Id of the object, or empty for the model as a whole. */
  readonly target: string;
  readonly message: string;
}

export interface View {
  readonly title: string;
  /** What it shows and who asks for it. */
  readonly purpose: string;
  readonly tables: readonly ViewTable[];
  readonly gaps: readonly ViewGap[];
  /** What takes part; the drawing shows this and lets the rest step back. Empty: everything. */
  readonly nodes: readonly string[];
  readonly flows: readonly string[];
}

/** What a print says of the model that it was made of. */
export interface Printed {
  /** `SYS-1`. */
  readonly key: string;
  readonly revision: number;
  /** The work is not saved: the print says so. */
  readonly draft: boolean;
}
