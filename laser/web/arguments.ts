// `--name value` arguments of the laser's programs.
import { parseArgs } from 'node:util';

/** Ends the program with a sentence when one that is needed is missing. */
export function readArguments<const Needed extends string, const Other extends string = never>(
  needed: readonly Needed[],
  other: readonly Other[] = [],
): Record<Needed, string> & Partial<Record<Other, string>> {
  const options = Object.fromEntries(
    [...needed, ...other].map((name) => [name, { type: 'string' as const }]),
  );
  try {
    const { values } = parseArgs({ options, strict: true });
    const missing = needed.find((name) => typeof values[name] !== 'string');
    if (missing) throw new Error(`--${missing} is missing`);
    return values as Record<Needed, string> & Partial<Record<Other, string>>;
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
