// The package has no types of its own (version 4.0.0).
declare module 'spdx-expression-parse' {
  export type SpdxNode =
    | { readonly left: SpdxNode; readonly conjunction: 'and' | 'or'; readonly right: SpdxNode }
    | { readonly license: string; readonly plus?: true; readonly exception?: string };
  /** Throws on what is no expression. */
  // biome-ignore lint/style/noDefaultExport: the package is this one function.
  export default function parse(text: string): SpdxNode;
}
