// The library ships no types that TypeScript finds; what Ward calls are tests by their names.
declare module '@secvisogram/csaf-validator-lib/*' {
  export const csaf_2_0_strict: unknown;
}
