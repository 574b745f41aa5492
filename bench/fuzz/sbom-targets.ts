// What a fuzzer drives in the SBOM readers: whatever the bytes are, the outcome is an SBOM or a refusal with a code `sbom.*`.

import { gzipSync } from 'node:zlib';
import { isWardError } from '../../workbench/kernel/errors.ts';
import { readSbom } from '../../workbench/rooms/components/sbom/read-sbom.ts';
import { samples } from '../../workbench/rooms/components/sbom/samples.ts';

export interface FuzzTarget {
  readonly name: string;
  /** Sound inputs that a fuzzer starts from. */
  readonly seeds: readonly Uint8Array[];
  /** Throws when the target breaks its promise; its answer is the outcome, for counting. */
  run(bytes: Uint8Array): string;
}

function run(bytes: Uint8Array): string {
  try {
    const sbom = readSbom(bytes, 'fuzz', { maxMilliseconds: 10_000 });
    JSON.stringify(sbom);
    return sbom.warnings.length > 0 ? 'warned' : 'read';
  } catch (error) {
    if (!isWardError(error) || !error.code.startsWith('sbom.')) throw error;
    if (!error.at || !error.remedy)
      throw new Error(`${error.code} has no place or no remedy`, { cause: error });
    return error.code;
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

export const sbomTargets: readonly FuzzTarget[] = [
  ...Object.entries(samples).map(([name, text]) => ({ name: `sbom: ${name}`, seeds: [encode(text)], run })),
  { name: 'sbom: gzip', seeds: Object.values(samples).map((text) => new Uint8Array(gzipSync(text))), run },
];
